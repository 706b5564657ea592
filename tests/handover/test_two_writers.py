"""Two at the note of a handover, at the terms of the presidency, or at who speaks for a country: the second is told."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.directory.models import Appointment, Institution, Post
from app.directory.services.designations import designate
from app.directory.values import Office
from app.handover.models import HandoverNote
from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM, Role
from app.kernel.text import LocalizedText
from tests.events.planning_builders import act_as, actor, csrf_of, furnish
from tests.support.two_writers import carried, second_is_told

NOW, TODAY = datetime(2026, 11, 24, 15, tzinfo=UTC), date(2026, 11, 24)
NEW_YEAR, YEAR_AFTER = date(2027, 1, 1), date(2028, 1, 1)
ANA, BERTA, CARLA = 1, 2, 3


@pytest.fixture(autouse=True)
def _world(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), app.app_context():
        with transaction() as db:
            furnish(db)
            place = Institution(country_code="HN", name=LocalizedText("Instituto", "Institute"), kind="migration")
            db.add(place)
            db.flush()
            for person in (BERTA, CARLA):
                post = Post(institution_id=place.id, title=LocalizedText("Puesto", "Post"))
                db.add(post)
                db.flush()
                db.add(Appointment(person_id=person, post_id=post.id, valid_from=date(2025, 1, 1)))
        yield


def test_at_the_note_of_a_handover(app: Flask, client: FlaskClient) -> None:
    with transaction() as db:
        designate(db, actor=SYSTEM, office=Office("HN"), person_id=BERTA, valid_from=TODAY, today=TODAY, now=NOW)
    act_as(app, actor(Role.FOCAL_POINT, "HN", 6, person_id=BERTA))
    second_is_told(client, "/handover/countries/HN", {"text": "Llamar a Managua."}, {"text": "Llamar a «Belmopán»."},
                   "«Belmopán»", to="/handover/countries/HN/note")  # fmt: skip
    with reading() as db:
        assert len(db.scalars(select(HandoverNote.id)).all()) == 3, "a button pressed twice is one version"
    token = csrf_of(client, "/handover/countries/HN")
    empty = client.post(
        "/handover/countries/HN/note", data={"text": " ", "seen": "0123456789abcdef", "csrf_token": token}
    )
    assert (empty.status_code, carried(empty.text, "seen")) == (422, "0123456789abcdef")
