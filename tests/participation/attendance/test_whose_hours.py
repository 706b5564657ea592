"""A report writes the hours of some zone: which one is told when it is sent, and mended by sending
it again.
"""

from uuid import UUID

import pytest
from flask import Flask

from app.infra.database import reading
from app.participation.attendance.models import AttendanceParticipant
from app.participation.attendance.queries.imports import import_page
from tests.participation.attendance.held import (
    AFTER,
    applied,
    decisions,
    drain,
    held,
    minutes_in,
    person,
    read_again,
    rows_in,
    uploaded,
    zoom,
)
from tests.support.actors import actor_of

pytestmark = pytest.mark.at(AFTER)
HN = "official-hn"


def test_a_report_in_the_hours_of_another_zone_is_told_and_sent_again(app: Flask) -> None:
    """09:00 in Costa Rica is 16:00 in Zurich; a report of an account there lies beside the
    event.
    """
    event_id, hn = held(app, HN), person(app, HN)
    content = (
        zoom(("María José Ñáñez Güell", "", "09:00", "10:30"))
        .replace(b"09:00:00 AM", b"04:00:00 PM")
        .replace(b"10:30:00 AM", b"05:30:00 PM")
    )
    import_id = uploaded(app, event_id, content)
    assert is_beside_its_event(app, import_id)
    applied(app, import_id)
    assert minutes_in(app, event_id) == {hn: 0}
    assert uploaded(app, event_id, content, zone="Europe/Zurich") == import_id
    assert not is_beside_its_event(app, import_id)
    read_again(app, import_id)  # the first reading comes late and changes nothing
    assert applied(app, import_id).changed == 1
    assert minutes_in(app, event_id) == {hn: 90}
    assert uploaded(app, event_id, content, zone="Europe/Zurich") == import_id
    assert applied(app, import_id).changed == 0
    assert rows_in(app, AttendanceParticipant) == 1


def test_a_late_reading_in_the_wrong_zone_is_not_kept(app: Flask) -> None:
    event_id, content = held(app, HN), zoom(("María José Ñáñez Güell", "", "09:00", "10:30"))
    import_id = uploaded(app, event_id, content, is_read=False)
    uploaded(app, event_id, content, zone="America/Panama", is_read=False)
    read_again(app, import_id)
    assert decisions(app, import_id) == {}
    drain(app)
    assert applied(app, import_id).changed == 1
    assert minutes_in(app, event_id) == {person(app, HN): 30}


def is_beside_its_event(app: Flask, import_id: UUID) -> bool:
    with app.app_context(), reading() as db:
        return import_page(db, actor=actor_of(app, "organizer"), import_id=import_id).is_beside
