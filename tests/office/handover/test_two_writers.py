"""Two at the note of a handover, at the terms of the presidency, or at who speaks for a country:
the second is told.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM, Role
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.text import LocalizedText
from app.office.handover.models import HandoverNote
from app.office.handover.services import write_note
from app.office.handover.values import OfficeKind as Handed
from app.people.directory.models import Appointment, Institution, Post
from app.people.directory.queries.designations import holders_of
from app.people.directory.services.designations import designate
from app.people.directory.values import Office
from app.people.identity.services.offices import designate_presidency
from tests.planning.events.planning_builders import ORGANIZER, act_as, actor, furnish
from tests.security.test_races import together
from tests.support.actors import csrf_token
from tests.support.two_writers import CHANGED, carried, second_is_told

NOW, TODAY = datetime(2026, 11, 24, 15, tzinfo=UTC), date(2026, 11, 24)
NEW_YEAR, YEAR_AFTER = date(2027, 1, 1), date(2028, 1, 1)
ANA, BERTA, CARLA = 1, 2, 3


@pytest.fixture(autouse=True)
def _world(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), app.app_context():
        with transaction() as db:
            furnish(db)
            place = Institution(
                country_code="HN",
                name=LocalizedText(es="Instituto", en="Institute"),
                kind="migration",
            )
            db.add(place)
            db.flush()
            for person in (BERTA, CARLA):
                post = Post(institution_id=place.id, title=LocalizedText(es="Puesto", en="Post"))
                db.add(post)
                db.flush()
                db.add(Appointment(person_id=person, post_id=post.id, valid_from=date(2025, 1, 1)))
        yield


def test_at_the_note_of_a_handover(app: Flask, client: FlaskClient) -> None:
    with transaction() as db:
        designate(
            db,
            actor=SYSTEM,
            office=Office("HN"),
            person_id=BERTA,
            valid_from=TODAY,
            today=TODAY,
            now=NOW,
        )
    act_as(app, actor(Role.FOCAL_POINT, "HN", 6, person_id=BERTA))
    second_is_told(
        client,
        "/handover/countries/HN",
        {"text": "Llamar a Managua."},
        {"text": "Llamar a «Belmopán»."},
        "«Belmopán»",
        to="/handover/countries/HN/note",
    )
    with reading() as db:
        assert len(db.scalars(select(HandoverNote.id)).all()) == 3, (
            "a button pressed twice is one version"
        )
    token = csrf_token(client)
    empty = client.post(
        "/handover/countries/HN/note",
        data={"text": " ", "seen": "0123456789abcdef", "csrf_token": token},
    )
    assert (empty.status_code, carried(empty.text, "seen")) == (422, "0123456789abcdef")


def test_at_the_terms_of_the_presidency(app: Flask, client: FlaskClient) -> None:
    act_as(app, ORGANIZER)
    theirs = {"country": "HN", "valid_from": "2027-01-01", "valid_until": "2028-01-01"}
    mine = {"country": "GT", "valid_from": "2027-01-01", "valid_until": "2027-12-01"}
    second_is_told(client, "/presidency", theirs, mine, 'value="2027-12-0')


@pytest.mark.parametrize("office", ["focal-point", "protection"])
def test_at_who_speaks_for_a_country(app: Flask, client: FlaskClient, office: str) -> None:
    act_as(app, ORGANIZER)
    theirs = {"person": str(BERTA), "valid_from": "2027-01-01"}
    mine = {"person": str(CARLA), "valid_from": "2027-01-01", "words": "Carla"}
    second_is_told(client, f"/delegations/HN/{office}", theirs, mine, "Carla Díaz")


def test_whoever_ends_an_office_is_told_that_another_holds_it_now(
    app: Flask, client: FlaskClient
) -> None:
    act_as(app, ORGANIZER)
    page, end = "/delegations/HN/focal-point", {"valid_until": "2027-03-01"}

    def sent(to: str, data: dict[str, str], seen: str) -> Any:
        return client.post(to, data={**data, "seen": seen, "csrf_token": csrf_token(client)})

    sent(page, {"person": str(BERTA), "valid_from": "2026-11-24"}, "")
    seen = carried(client.get(page).text, "seen")
    sent(page, {"person": str(CARLA), "valid_from": "2026-11-24"}, seen)
    refused = sent(f"{page}/end", end, seen)
    assert (
        refused.status_code,
        CHANGED["es"] in refused.text,
        'value="2027-03-01"' in refused.text,
    ) == (
        409,
        True,
        True,
    )
    assert sent(f"{page}/end", end, carried(refused.text, "seen")).status_code == 303
    assert sent(f"{page}/end", end, seen).status_code == 303, "what stands already is no change"


@pytest.mark.both_databases
def test_of_two_who_save_at_the_same_moment_one_is_told(app: Flask) -> None:
    with transaction() as db:
        designate(
            db,
            actor=SYSTEM,
            office=Office("HN"),
            person_id=BERTA,
            valid_from=TODAY,
            today=TODAY,
            now=NOW,
        )
    focal_point = actor(Role.FOCAL_POINT, "HN", 6, person_id=BERTA)
    with reading() as db:
        known = mark_of(holders_of(db, office=Office("HN")))
    about = {"today": TODAY, "now": NOW}
    writes: tuple[tuple[Any, dict[str, Any], str, tuple[Any, Any]], ...] = (
        (
            write_note,
            {
                "actor": focal_point,
                "office": Handed.FOCAL_POINT,
                "country_code": "HN",
                "seen": mark_of(""),
            },
            "text",
            ("Una", "Otra"),
        ),
        (
            designate_presidency,
            {
                "actor": SYSTEM,
                "valid_from": NEW_YEAR,
                "valid_until": YEAR_AFTER,
                "seen": mark_of(()),
            },
            "country_code",
            ("HN", "GT"),
        ),
        (
            designate,
            {
                "actor": SYSTEM,
                "office": Office("HN"),
                "person_id": CARLA,
                "replacing": True,
                "seen": known,
            },
            "valid_from",
            (NEW_YEAR, YEAR_AFTER),
        ),
    )
    for service, given, name, both in writes:

        def saving(
            value: Any, service: Any = service, given: Any = given, name: str = name
        ) -> Callable[[], object]:
            def task() -> object:
                with transaction() as db:
                    return service(db, **given, **about, **{name: value})

            return task

        results = together(app, [saving(value) for value in both])
        assert [type(one) for one in results].count(ChangedMeanwhile) == 1, (
            service.__name__,
            results,
        )
