"""The office's account at a meeting program: entered, replaced, removed. The program has been asked
before, outside of any transaction.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.locks import lock_by_name
from app.kernel.actor import Actor
from app.participation.meetings import policy
from app.participation.meetings.facts import (
    MeetingAwaited,
    MeetingsConnected,
    MeetingsDisconnected,
)
from app.participation.meetings.models import MeetingConnection
from app.participation.meetings.queries import connection_row, meetings_in_trouble
from app.planning.events.rules.joining import MeetingProvider

CONNECTION = "meeting-connection"


def connect(
    db: Session,
    *,
    actor: Actor,
    provider: MeetingProvider,
    sealed: str,
    host: str,
    ending: str,
    now: datetime,
) -> None:
    """Keeps the keys in place of any before. Meetings that were in trouble are tried again."""
    policy.require_may_connect(actor)
    lock_by_name(db, CONNECTION)
    db.execute(delete(MeetingConnection))
    db.add(
        MeetingConnection(
            provider=provider.value, sealed=sealed, host=host, ending=ending, checked_at=now
        )
    )
    db.flush()
    waiting = [MeetingAwaited(event_id) for event_id in meetings_in_trouble(db, now=now)]
    journal.record_all(db, [MeetingsConnected(provider.value), *waiting], actor=actor, now=now)


def disconnect(db: Session, *, actor: Actor, now: datetime) -> None:
    """Removes the keys; what was made with them stays in the program as it is."""
    policy.require_may_connect(actor)
    lock_by_name(db, CONNECTION)
    row = connection_row(db)
    if row is None:
        return
    journal.record(db, MeetingsDisconnected(row.provider), actor=actor, now=now)
    db.delete(row)
