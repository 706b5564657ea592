"""The whole platform on PostgreSQL: every page for every reader, and one write of each kind, as on
SQLite.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import is_sqlite, reading
from app.infra.platform import platform
from app.office.outbox.models import Message
from app.participation.registrations.models import Registration
from app.participation.registrations.values import CONSENT_VERSION
from app.people.directory.models import Appointment, Institution, Person
from app.planning.events.models import Attendance, Event, EventGroup
from app.training.certificates.models import Certificate
from app.training.learning.models import (
    Attempt,
    AttemptItem,
    Course,
    CourseEdition,
    ItemOption,
    Module,
    Unit,
)
from tests.security.crawl import COUNTRIES, addresses, crawl, objects_in
from tests.security.matrix import ANONYMOUS, TRUTH
from tests.security.world import belongings
from tests.support import apps, databases
from tests.support.actors import actor_of, bearer, sign_in
from tests.support.drawn import drawn_once
from tests.support.lifetime import close_app
from tests.training.turnover.pressing import press_twice

READERS = ("organizer", "focal-point-hn", "official-hn", ANONYMOUS)
"""Between them they ask the database everything; who may read what is asked on SQLite."""
pytestmark = pytest.mark.both_databases


@pytest.fixture
def demo(database_url: str, tmp_path: Path) -> Any:
    with databases.demo_copy(database_url, tmp_path / "var") as url:
        app = apps.made(databases.settings_for(url, tmp_path / "var", demo=True))
        app.config["WTF_CSRF_ENABLED"] = False
        with drawn_once():
            yield app
        close_app(app)


def test_every_page_and_every_kind_of_write(demo: Flask, database_url: str) -> None:
    outcome = written(demo)
    assert outcome == {
        "planned": 201,
        "moved": 200,
        "registered": 1,
        "cancelled": "cancelled",
        "attended": 1,
        "ended": 1,
        "confirmed": 1,
        "came": 1,
        "screen": 302,
        "answered": True,
        "submitted": True,
        "certificate": 1,
        "letters": True,
    }
    with demo.app_context():
        usual = belongings_of_another(demo)
        with reading() as db:
            assert is_sqlite(db) == database_url.startswith("sqlite")
    if database_url.startswith("sqlite"):
        return  # its pages are walked by the tests of headers and canaries
    few = {name: values[:3] for name, values in objects_in(demo).items()}
    few |= {"country_code": ["HN", "XX"], "country": ["HN", "XX"]}
    for who in READERS:
        # statements differ by who asks, hardly by which event is asked about
        # and what a guard turns away asks the database nothing of its own
        is_first = who == READERS[0]
        pages = [
            page
            for page in addresses(demo, few, usual, most_of=two if is_first else one)
            if is_first or who in TRUTH[page[0]]
        ]
        statuses = {page.status for page in crawl(demo, who, pages)}
        assert 200 in statuses


def two(_endpoint: str, kind: str) -> int:
    return 0 if kind in COUNTRIES else 2


def one(_endpoint: str, kind: str) -> int:
    return 0 if kind in COUNTRIES else 1


def belongings_of_another(app: Flask) -> dict[str, str]:
    return belongings(actor_of(app, "official-gt"))


def written(app: Flask) -> dict[str, Any]:
    done = planned_and_cancelled(app) | attended(app) | roster_kept(app) | studied(app)
    with app.app_context():  # never around a client: requests would share its g
        platform(app).jobs.drain()
    with app.app_context(), reading() as db:
        person = db.scalar(select(Person.id).where(Person.email == "official-hn@example.org"))
        done["certificate"] = db.scalar(select(func.count()).where(Certificate.person_id == person))
        done["letters"] = bool(
            db.scalar(select(func.count(Message.id)).where(Message.sent_at.is_not(None)))
        )
    return done


def signed_in(app: Flask, who: str) -> FlaskClient:
    client = app.test_client()
    sign_in(client, who)
    return client


def planned_and_cancelled(app: Flask) -> dict[str, Any]:
    headers, starts = (
        bearer(app, "organizer"),
        clock.now().astimezone(ZoneInfo("America/Costa_Rica")),
    )
    client, made = app.test_client(), None
    day = starts.replace(hour=3, minute=0, second=0, microsecond=0) + timedelta(days=400)
    while made is None or made.status_code == 409:
        day += timedelta(days=1)
        body = {
            "kind": "webinar",
            "title": {"es": "Prueba", "en": "Trial"},
            "starts_at": day.isoformat(),
            "publish": True,
            "ends_at": (day + timedelta(hours=1)).isoformat(),
            "working_groups": ["protection"],
        }
        made = client.post("/api/v1/events", json=body, headers=headers)
    path = f"/api/v1/events/{made.get_json()['id']}"
    moved = {"starts_at": body["ends_at"], "ends_at": (day + timedelta(hours=2)).isoformat()}
    done: dict[str, Any] = {"planned": made.status_code}
    agreed = {"consent": "attendance-list", "consent_version": CONSENT_VERSION}
    signed_in(app, "official-hn").post(
        f"/events/{made.get_json()['id']}/registrations", data=agreed
    )
    done["moved"] = client.patch(path, json=moved, headers=headers).status_code
    with app.app_context(), reading() as db:
        wanted = (
            select(func.count(Registration.id))
            .join(Event)
            .where(Event.id == UUID(made.get_json()["id"]))
        )
        done["registered"] = db.scalar(wanted)
    done["cancelled"] = client.delete(path, headers=headers).get_json()["status"]
    return done


def attended(app: Flask) -> dict[str, Any]:
    with app.app_context(), reading() as db:
        event, person = db.execute(
            select(Registration.event_id, Registration.person_id)
            .join(Event)
            .join(EventGroup)
            .outerjoin(
                Attendance,
                (Attendance.event_id == Event.id)
                & (Attendance.person_id == Registration.person_id),
            )
            .where(
                Event.starts_at < clock.now(),
                Event.status == "published",
                Event.closed_at.is_(None),
                Attendance.id.is_(None),
            )
            .order_by(Event.starts_at, Registration.id)
            .limit(1)
        ).one()
    signed_in(app, "organizer").post(f"/events/{event}/attendance", data={f"minutes-{person}": "7"})
    with app.app_context(), reading() as db:
        found = select(func.count()).where(
            Attendance.event_id == event, Attendance.person_id == person
        )
        return {"attended": db.scalar(found)}


def roster_kept(app: Flask) -> dict[str, Any]:
    today, client = clock.today("America/Tegucigalpa"), signed_in(app, "focal-point-hn")
    with app.app_context(), reading() as db:
        held = db.scalars(
            select(Appointment.id)
            .join(Person)
            .where(
                Person.country_code == "HN",
                Appointment.valid_until.is_(None),
                Person.email.like("hn%"),
            )
            .where(Appointment.confirmed_on.is_(None) | (Appointment.confirmed_on < today))
            .order_by(Appointment.id)
            .limit(2)
        ).all()
        institution = db.scalar(
            select(Institution.id).where(Institution.country_code == "HN").limit(1)
        )
    client.post(
        "/countries/HN/roster",
        data={f"row-{held[0]}": "left", f"on-{held[0]}": f"{today}", f"row-{held[1]}": "here"},
    )
    press_twice(
        client,
        "/countries/HN/officials/new",
        {
            "full_name": "Nueva Persona",
            "email": "llegada@example.org",
            "institution_id": institution,
            "post_title": "Analista",
            "valid_from": f"{today}",
        },
    )
    with app.app_context(), reading() as db:
        count = select(func.count(Appointment.id))
        return {
            "ended": db.scalar(
                count.where(Appointment.id == held[0], Appointment.valid_until == today)
            ),
            "confirmed": db.scalar(
                count.where(Appointment.id == held[1], Appointment.confirmed_on == today)
            ),
            "came": db.scalar(count.join(Person).where(Person.full_name == "Nueva Persona")),
        }


def studied(app: Flask) -> dict[str, Any]:
    """Takes a whole course: reads every screen, answers the quiz rightly. A certificate is due."""
    client, done = signed_in(app, "official-hn"), {"answered": False, "submitted": False}
    client.post("/courses/psea/enrolments")
    result: dict[str, Any] = {**done, "screen": 0}
    for module, unit, kind, screens in units_of(app, "psea"):
        page = f"/courses/psea/{module}/{unit}"
        if kind == "quiz":
            path = client.post(f"{page}/attempt").headers["Location"]
            result |= quiz_taken(app, client, path)
        for screen in range(1, screens + 1) if kind != "quiz" else ():
            answer = client.post(f"{page}/{screen}")
            if answer.status_code < 400:
                result["screen"] = answer.status_code
    return result


def units_of(app: Flask, course: str) -> list[tuple[str, str, str, int]]:
    """Module, code, kind and number of screens, in order."""
    with app.app_context(), reading() as db:
        found = (
            select(Module.slug, Unit.code, Unit.kind, Unit.screens)
            .join(Unit, Unit.module_id == Module.id)
            .join(CourseEdition, CourseEdition.id == Module.edition_id)
            .join(Course, Course.id == CourseEdition.course_id)
            .where(Course.slug == course)
            .order_by(Module.number, Unit.position)
        )
        return [(row[0], row[1], row[2], row[3]) for row in db.execute(found)]


def what_is_right(db: Session, asked: AttemptItem) -> dict[str, Any]:
    """The form that answers a question right."""
    held = select(ItemOption).where(ItemOption.item_id == asked.item_id)
    options = db.scalars(held.order_by(ItemOption.position)).all()
    right = [option.id for option in options if option.is_correct]
    rows = [asked.option_order.index(option.id) + 1 for option in options]
    in_order = {f"place-{row}": place for place, row in enumerate(rows, start=1)}
    return {"option": right} if right else in_order


def quiz_taken(app: Flask, client: FlaskClient, path: str) -> dict[str, bool]:
    attempt = path.rpartition("/")[2]
    with app.app_context(), reading() as db:
        asked = db.scalars(
            select(AttemptItem).join(Attempt).where(Attempt.submitted_at.is_(None))
        ).all()
        right = {item.position: what_is_right(db, item) for item in asked}
    answers = [client.post(f"{path}/{position}", data=data) for position, data in right.items()]
    client.post(f"{path}/submission")
    with app.app_context(), reading() as db:
        passed = [one.is_passed for one in db.scalars(select(Attempt)) if str(one.id) == attempt]
    return {
        "answered": all(answer.status_code == 302 for answer in answers),
        "submitted": passed == [True],
    }
