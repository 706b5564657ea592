"""The report of who was there: asked for when it is due, handed to attendance as a file is."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.meetings.port import MeetingOrder
from app.kernel.actor import SYSTEM
from app.kernel.refusal import Sentence
from app.participation.attendance.services.uploading import upload_report
from app.participation.attendance.values import ParticipantReport
from app.participation.meetings.facts import MeetingReported
from app.participation.meetings.models import EventMeeting
from app.participation.meetings.queries import connection_row
from app.participation.meetings.rules import DISCONNECTED, report_due_at
from app.participation.meetings.services.following import LEASE
from app.participation.meetings.values import Errands, MeetingAct, MeetingState
from app.planning.events.queries.locking import locked_event
from app.planning.events.rules.joining import MeetingProvider


def take_up_report(db: Session, *, event_id: UUID, now: datetime) -> Errands | None:
    """Returns what is to be asked for; None when it is not due.

    Meanwhile no other worker asks: should this one be killed, it is due again when the lease ends.
    """
    row = db.get(EventMeeting, event_id, with_for_update=True)
    if row is None or row.state != MeetingState.MADE or row.import_id is not None:
        return None
    if row.report_at is None or row.report_at > now:
        return None
    known = connection_row(db)
    if known is None or known.provider != row.provider:
        _miss(row, Sentence(DISCONNECTED), now)
        return None
    busy_until = row.report_at = now + LEASE
    order = MeetingOrder(
        key=row.key, topic=row.topic, starts_at=row.starts_at, ends_at=row.ends_at, timezone="UTC"
    )
    return Errands(
        event_id=event_id,
        act=MeetingAct.NOTHING,
        provider=MeetingProvider(row.provider),
        sealed=known.sealed,
        external_id=row.external_id,
        was_asked=True,
        order=order,
        busy_until=busy_until,
    )


def note_missed(db: Session, *, errand: Errands, sentence: Sentence, now: datetime) -> None:
    """Notes that there was no report, or none that could be read: it is asked for again later, in
    the end no more.
    """
    row = db.get(EventMeeting, errand.event_id, with_for_update=True)
    if row is not None and row.import_id is None and row.report_at == errand.busy_until:
        _miss(row, sentence, now)


def hand_over(
    db: Session,
    *,
    event_id: UUID,
    content: bytes,
    filename: str,
    report: ParticipantReport,
    now: datetime,
) -> None:
    """Makes the report an import of attendance, for somebody to look through and apply. Refuses
    what a file would be refused for.
    """
    locked_event(db, actor=SYSTEM, event_id=event_id)  # its lock comes before the meeting's
    row = db.get(EventMeeting, event_id, with_for_update=True)
    if row is None or row.import_id is not None:
        return
    made = upload_report(
        db,
        actor=SYSTEM,
        event_id=event_id,
        content=content,
        filename=filename,
        report=report,
        zone="UTC",
        now=now,
    )
    row.import_id, row.report_at, row.problem, row.changed_at = made.import_id, None, "", now
    journal.record(db, MeetingReported(event_id, made.import_id), actor=SYSTEM, now=now)


def _miss(row: EventMeeting, sentence: Sentence, now: datetime) -> None:
    row.report_tries += 1
    row.report_at = report_due_at(row.ends_at, row.report_tries, now)
    row.problem = json.dumps([sentence.msgid, dict(sentence.params)])
    row.changed_at = now
