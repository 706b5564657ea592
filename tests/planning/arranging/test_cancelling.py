"""What can no longer be cancelled, as people were there."""

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.planning.arranging.services import cancel_event
from app.planning.events.models import Attendance, Event
from tests.planning.events.planning_builders import (
    HOUR,
    NINE,
    ORGANIZER,
    a_draft,
    act_as,
    furnished,
    plan,
)
from tests.support.actors import csrf_token

AFTER = NINE + 3 * HOUR


def test_what_people_attended_did_take_place(app: Flask, client: FlaskClient) -> None:
    furnished(app)
    event_id = plan(app, a_draft())
    with app.app_context(), transaction() as db:
        db.add(
            Attendance(
                event_id=event_id, person_id=1, minutes=40, source="manual", recorded_at=AFTER
            )
        )
    act_as(app, ORGANIZER)
    with time_machine.travel(AFTER, tick=False):
        path = f"/events/{event_id}/cancel"
        refused = client.post(path, data={"csrf_token": csrf_token(client)})
    assert refused.status_code == 409
    assert "Consta que hubo asistentes" in refused.text
    with app.app_context(), transaction() as db:
        db.scalars(select(Attendance)).one().minutes = 0
    with app.app_context(), transaction() as db:
        cancel_event(db, actor=ORGANIZER, event_id=event_id, now=AFTER)
    with app.app_context(), reading() as db:
        assert db.get_one(Event, event_id).status == "cancelled"
