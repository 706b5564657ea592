"""The connection, the meetings kept for events, and which reports are due."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.refusal import Sentence
from app.participation.meetings.models import EventMeeting, MeetingConnection
from app.participation.meetings.values import ConnectionShown, MeetingState
from app.planning.events.models import Event
from app.planning.events.rules.joining import MeetingProvider

CONNECTION = select(MeetingConnection).limit(1)
DUE = (
    select(EventMeeting.event_id)
    .where(EventMeeting.report_at <= bindparam("now"), EventMeeting.state == MeetingState.MADE)
    .order_by(EventMeeting.report_at)
    .limit(50)
)
IN_TROUBLE = (
    select(EventMeeting.event_id)
    .join(Event, Event.id == EventMeeting.event_id)
    .where(EventMeeting.problem != "", Event.ends_at > bindparam("now"))
    .order_by(Event.starts_at)
)


def connection_row(db: Session) -> MeetingConnection | None:
    return db.scalar(CONNECTION)


def connection(db: Session) -> ConnectionShown | None:
    """The connection without its keys; None where there is none."""
    row = connection_row(db)
    if row is None:
        return None
    return ConnectionShown(MeetingProvider(row.provider), row.host, row.ending, row.checked_at)


def meeting_of(db: Session, *, event_id: UUID) -> EventMeeting | None:
    return db.get(EventMeeting, event_id)


def reports_due(db: Session, *, now: datetime) -> list[UUID]:
    """Events whose meeting is over and whose report is to be asked for, longest due first."""
    return list(db.scalars(DUE, {"now": now}))


def meetings_in_trouble(db: Session, *, now: datetime) -> list[UUID]:
    """Events to come whose meeting does not follow them."""
    return list(db.scalars(IN_TROUBLE, {"now": now}))


def problem_of(row: EventMeeting) -> Sentence | None:
    if not row.problem:
        return None
    msgid, params = json.loads(row.problem)
    return Sentence(msgid, params)
