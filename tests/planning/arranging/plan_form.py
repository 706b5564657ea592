"""The planning form, sent as a browser sends it, and the event that came of it."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading
from app.infra.orm import text_in
from app.planning.events.models import Event
from app.planning.events.queries.events import event_of
from tests.planning.events.planning_builders import ORGANIZER, typed
from tests.support.actors import csrf_token

PLAN = "/events/plan"


def send(client: FlaskClient, path: str = PLAN, **changes: Any) -> Any:
    return client.post(path, data={**typed(**changes), "csrf_token": csrf_token(client)})


def event_titled(app: Flask, title: str) -> Any:
    with app.app_context(), reading() as db:
        event_id = db.scalars(select(Event.id).where(text_in(Event.title, "es") == title)).one()
        return event_of(db, actor=ORGANIZER, event_id=event_id)
