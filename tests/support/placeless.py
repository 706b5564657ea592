"""The same application without the rule of capacity and without its lock: the control arm of the
rush.

It counts as a careless program does: first it looks whether there is capacity left, and then, a moment
later, it writes.
"""

import threading
import time
from collections import Counter
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app as real_app
from app.infra.database import database, reading, writing_engine
from app.participation.registrations import api as door
from app.participation.registrations.queries.capacity import capacity_of
from app.participation.registrations.rules import Capacity
from app.participation.registrations.services import registering
from app.planning.events.models import Event
from tests.participation.registrations.builders import capacity_rule_dropped

MOMENT = 0.02
_seen = threading.local()


def create_app() -> Flask:
    def careless(db: Session, *, event_id: UUID, **asked: Any) -> registering.Registered:
        with reading() as before:
            _seen.registered = capacity_of(before, event_id).registered
        time.sleep(MOMENT)
        return registering.register(db, event_id=event_id, **asked)

    def unlocked(db: Session, *, event_id: UUID, **_asked: Any) -> Event:
        return db.scalars(select(Event).where(Event.id == event_id)).one()

    def capacity_seen_before(db: Session, event_id: UUID) -> Capacity:
        return Capacity(capacity_of(db, event_id).limits, _seen.registered, Counter())

    vars(registering).update(capacity_of=capacity_seen_before, locked_event=unlocked)
    vars(door).update(register=careless)
    app = real_app()
    with app.app_context(), writing_engine().begin() as connection:
        capacity_rule_dropped(connection)
        connection.commit()
    with app.app_context():
        # made before the fork; no worker may share its connection with another
        database.engine.dispose()
    return app
