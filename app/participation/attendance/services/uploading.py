"""A participant report arrives: it is kept, and its people are looked for in the background."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.files import files
from app.kernel.actor import Actor
from app.participation.attendance.facts import ImportUploaded
from app.participation.attendance.models import AttendanceImport, AttendanceParticipant
from app.participation.attendance.queries.candidates import kept_event
from app.participation.attendance.rules import recording as rules
from app.participation.attendance.values import (
    ImportState,
    MatchDecision,
    MatchProposal,
    ParticipantReport,
    ReportParticipant,
    Verdict,
)
from app.planning.events.queries.locking import locked_event


@dataclass(frozen=True)
class Uploaded:
    """`is_new` is false for bytes that this event has had before, read in the same way: nothing was
    written then.
    """

    import_id: UUID
    is_new: bool


def upload_report(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    content: bytes,
    filename: str,
    report: ParticipantReport,
    zone: str = "",
    now: datetime,
) -> Uploaded:
    """Keeps the file once for an event; sent with the hours of another `zone` it is read anew, to
    be applied again.

    Refuses who does not keep the event's list, what is closed or has not begun.
    """
    event = kept_event(db, actor=actor, event_id=event_id)
    rules.require_not_closed(locked_event(db, actor=actor, event_id=event_id).closed_at)
    rules.require_held(event.status, event.starts_at, now)
    sha256 = hashlib.sha256(content).hexdigest()
    before = select(AttendanceImport).where(
        AttendanceImport.event_id == event_id, AttendanceImport.sha256 == sha256
    )
    row = db.scalar(before.with_for_update())
    if row is None:
        row = AttendanceImport(event_id=event_id, sha256=sha256)
        db.add(row)
    elif (row.starts_at, row.ends_at) == covers(report):
        return Uploaded(row.id, is_new=False)
    row.filename, row.provider, row.file_key = (
        filename[-200:],
        report.provider.value,
        files().put(content),
    )
    row.rows, row.skipped, (row.starts_at, row.ends_at) = (
        len(report.stays),
        report.skipped,
        covers(report),
    )
    row.state, row.progress, row.uploaded_at, row.uploaded_by = (
        ImportState.UPLOADED.value,
        0,
        now,
        actor.account_id or None,
    )
    db.flush()
    journal.record(db, ImportUploaded(event_id, row.id, zone), actor=actor, now=now)
    return Uploaded(row.id, is_new=True)


def covers(report: ParticipantReport) -> tuple[datetime, datetime]:
    """Returns the span from the first who joined to the last who left."""
    return min(one.span.starts_at for one in report.stays), max(
        one.span.ends_at for one in report.stays
    )


def note_progress(db: Session, *, import_id: UUID, percent: int) -> None:
    row = db.get(AttendanceImport, import_id, with_for_update=True)
    if row is not None and row.state == ImportState.UPLOADED:
        row.progress = max(row.progress, percent)


def keep_participants(
    db: Session,
    *,
    import_id: UUID,
    proposals: Iterable[tuple[ReportParticipant, MatchProposal]],
    covered: tuple[datetime, datetime],
) -> bool:
    """Writes who is in the report, and makes it ready; False when that was done before, or it was
    sent again meanwhile with other hours. All or nothing, so that after a killed worker another
    begins again. What is sure is decided, and a person may say otherwise.
    """
    row = db.get(AttendanceImport, import_id, with_for_update=True)
    if row is None or row.state != ImportState.UPLOADED or (row.starts_at, row.ends_at) != covered:
        return False
    db.execute(delete(AttendanceParticipant).where(AttendanceParticipant.import_id == import_id))
    for position, (participant, proposal) in enumerate(proposals):
        sure = proposal.verdict is Verdict.SURE
        db.add(
            AttendanceParticipant(
                import_id=import_id,
                position=position,
                name=participant.name,
                email=participant.email,
                minutes=participant.minutes,
                spans=[
                    [span.starts_at.isoformat(), span.ends_at.isoformat()]
                    for span in participant.spans
                ],
                verdict=proposal.verdict.value,
                by_email=proposal.by_email,
                suggestions=[list(asdict(one).values()) for one in proposal.suggestions],
                decision=(MatchDecision.PERSON if sure else MatchDecision.OPEN).value,
                person_id=proposal.suggestions[0].person_id if sure else None,
            )
        )
    row.state, row.progress = ImportState.READY.value, 100
    db.flush()
    return True
