"""The day by which newcomers finish a course: given once, reminded of once a step, reported."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.infra import clock, journal
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.reference import REFERENCE_ZONE
from app.office.notifications.tasks import training
from app.office.outbox.models import Message
from app.people.directory.facts import AppointmentStarted
from app.people.directory.models import Appointment, FocalPoint, Person
from app.training.deadlines.models import CourseDue
from app.training.deadlines.queries import own_due
from app.training.deadlines.rules import digest_is_due, state_on, step_on
from app.training.deadlines.services import set_deadline
from app.training.deadlines.values import DeadlineState, DeadlineStep
from app.training.learning.models import Completion
from tests.training.certificates.builders import Finished, finished
from tests.training.learning.visitor import Visitor

ENTERED = date(2027, 1, 4)
DUE = ENTERED + timedelta(days=90)
OFFICE = Actor(account_id=7, grants=frozenset({Grant(Role.ORGANIZER)}))


class Today:
    """The day it is; noon in the reference zone."""

    on = ENTERED

    def now(self) -> datetime:
        return datetime.combine(self.on, time(12), ZoneInfo(REFERENCE_ZONE)).astimezone(UTC)


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Today:
    today = Today()
    monkeypatch.setattr(clock, "today", lambda *_zone: today.on)
    monkeypatch.setattr(clock, "now", today.now)
    return today


@pytest.fixture
def newcomer(app: Flask, day: Today) -> Finished:
    """Enters a post of migration in Honduras; the office gave the course 90 days."""
    with app.app_context(), transaction() as db:
        somebody = finished(db, name="Ana Paz", country="HN", completed=False)
        answers = Person(
            full_name="Olga Mejía", sort_key="o", email="olga@example.org", timezone="UTC"
        )
        db.add(answers)
        db.flush()
        db.add(FocalPoint(person_id=answers.id, country_code="HN", valid_from=date(2020, 1, 1)))
        db.execute(
            update(Person)
            .where(Person.id == somebody.person_id)
            .values(email="ana@example.org", language="es")
        )
        db.execute(update(Appointment).values(valid_from=ENTERED))
        set_deadline(
            db,
            actor=OFFICE,
            course_slug="guidelines",
            days=90,
            kinds=["migration"],
            now=day.now(),
        )
    enter(app, somebody, day)
    return somebody


def enter(app: Flask, somebody: Finished, day: Today) -> None:
    """The fact that follows from a focal point's press, told twice."""
    with app.app_context():
        for _ in range(2):
            with transaction() as db:
                appointment = db.scalars(
                    select(Appointment).where(Appointment.person_id == somebody.person_id)
                ).one()
                fact = AppointmentStarted(appointment.id, somebody.person_id, "HN", ENTERED)
                journal.record(db, fact, actor=SYSTEM, now=day.now())
        platform(app).jobs.drain()


def sent(app: Flask, recipient: str = "ana@example.org") -> list[str]:
    with app.app_context(), reading() as db:
        query = select(Message.dedupe).where(
            Message.recipient == recipient, Message.dedupe.startswith("course-due")
        )
        return [dedupe.split(".")[2] for dedupe in db.scalars(query.order_by(Message.id))]


def go_round(app: Flask, day: Today, on: date) -> int:
    day.on = on
    with app.app_context():
        return training.remind_of_deadlines()


@pytest.mark.both_databases
def test_one_letter_a_step_then_one_line_to_the_focal_point(
    app: Flask, newcomer: Finished, day: Today, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), reading() as db:
        due = db.scalars(select(CourseDue)).one()
        assert (due.starts_on, due.due_on) == (ENTERED, DUE)
    with monkeypatch.context() as broken:
        broken.setattr(training, "queue_messages", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            go_round(app, day, ENTERED)
    told = []
    on = ENTERED
    while on <= DUE + timedelta(days=30):
        if go_round(app, day, on):
            told.append((on - DUE).days)
            assert not go_round(app, day, on)
        on += timedelta(days=1)
    assert told[:4] == [-90, -14, -3, 7]
    assert sent(app) == ["start", "ahead-14", "ahead-3", "passed-7"]
    digest_on = DUE + timedelta(days=told[4])
    assert digest_on.weekday() == 0
    assert len(told) == 5
    with app.app_context(), reading() as db:
        digest = db.scalars(select(Message).where(Message.recipient == "olga@example.org")).one()
        assert "– Ana Paz: Lineamientos en la práctica" not in digest.subject
        assert "Ana Paz" in digest.body


def test_finishing_stops_the_letters_and_late_is_reported_as_late(
    app: Flask, client: FlaskClient, newcomer: Finished, day: Today
) -> None:
    visitor = Visitor(client, newcomer.actor("HN"))
    go_round(app, day, ENTERED)
    assert "a más tardar el 4" in visitor.get("/courses/guidelines")
    day.on = DUE + timedelta(days=2)
    page = visitor.get("/courses/guidelines")
    assert "Esa fecha pasó; todavía puede terminarlo" in page
    with app.app_context(), transaction() as db:
        db.add(
            Completion(
                enrolment_id=newcomer.enrolment_id,
                module_id=None,
                rule_version="1",
                decided_at=day.now(),
            )
        )
        db.flush()
        newcomer.certificate(db, now=day.now())
    go_round(app, day, DUE + timedelta(days=8))
    assert sent(app) == ["start"]
    with app.app_context(), reading() as db:
        assert own_due(db, person_id=newcomer.person_id, on=day.on) == {}
    rows = Visitor(client, OFFICE).get("/deadlines")
    assert 'data-label="Terminaron después">1</td>' in rows
    focal = Actor(account_id=8, grants=frozenset({Grant(Role.FOCAL_POINT, "HN")}))
    assert "Ana Paz" in Visitor(client, focal).get("/deadlines")
    assert "Ana Paz" not in rows, "the office reads counts"
    other = Actor(account_id=9, grants=frozenset({Grant(Role.FOCAL_POINT, "CR")}))
    page = Visitor(client, other).get("/deadlines")
    assert "Ana Paz" not in page
    assert "Honduras" not in page


def test_the_office_gives_days_by_kind_of_institution_and_takes_them_away(
    app: Flask, client: FlaskClient, newcomer: Finished, day: Today
) -> None:
    """Off by default; who holds the certificate and who enters another kind of post get no day."""
    visitor = Visitor(client, OFFICE)
    assert "90 días desde que asume el puesto" in visitor.get("/deadlines")
    refused = visitor.press("/deadlines/guidelines", **{"guidelines-days": "6"})
    assert refused.status_code == 422
    assert "Escriba un número de días de 7 a 730" in refused.get_data(as_text=True)
    assert 'value="6"' in refused.get_data(as_text=True)
    changed = visitor.press(
        "/deadlines/guidelines", **{"guidelines-days": "60", "guidelines-kinds": "labour"}
    )
    assert changed.status_code == 303
    with app.app_context(), transaction() as db:
        second = finished(db, name="Eva Luz", country="HN", completed=False)
        third = finished(db, name="Sol Gil", country="HN", edition_id=newcomer.edition_id)
        third.certificate(db)
    enter(app, second, day)
    assert visitor.press("/deadlines/guidelines", **{"guidelines-days": "60"}).status_code == 303
    enter(app, third, day)
    with app.app_context(), reading() as db:
        assert [due.person_id for due in db.scalars(select(CourseDue))] == [newcomer.person_id]
    assert visitor.press("/deadlines/guidelines", **{"guidelines-days": ""}).status_code == 303
    assert "Sin plazo" in visitor.get("/deadlines")


@pytest.mark.parametrize(
    ("days", "told", "step"),
    [
        (-1, None, None),
        (0, None, DeadlineStep.START),
        (75, DeadlineStep.START, None),
        (76, DeadlineStep.START, DeadlineStep.AHEAD_14),
        (87, DeadlineStep.AHEAD_14, DeadlineStep.AHEAD_3),
        (88, None, DeadlineStep.AHEAD_3),
        (96, DeadlineStep.AHEAD_3, None),
        (97, DeadlineStep.START, DeadlineStep.PASSED_7),
        (400, DeadlineStep.PASSED_7, None),
    ],
)
def test_which_letter_is_sent_on_a_day(
    days: int, told: DeadlineStep | None, step: DeadlineStep | None
) -> None:
    on = ENTERED + timedelta(days=days)
    assert step_on(on, starts_on=ENTERED, due_on=DUE, told=told) is step


def test_states_and_the_monday_of_the_digest() -> None:
    assert state_on(DUE, due_on=DUE, done_on=None) is DeadlineState.OPEN
    assert state_on(DUE + timedelta(days=1), due_on=DUE, done_on=None) is DeadlineState.OVERDUE
    assert state_on(DUE, due_on=DUE, done_on=DUE) is DeadlineState.IN_TIME
    assert state_on(DUE, due_on=DUE, done_on=DUE + timedelta(days=1)) is DeadlineState.LATE
    monday, tuesday = date(2027, 4, 12), date(2027, 4, 13)
    assert digest_is_due(monday, [monday])
    assert not digest_is_due(monday, [])
    assert not digest_is_due(tuesday, [tuesday - timedelta(days=13)])
    assert digest_is_due(tuesday, [tuesday - timedelta(days=14)])
