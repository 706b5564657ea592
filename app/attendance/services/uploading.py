"""A participant report arrives: it is kept, and its people are looked for in the background."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.attendance.facts import ImportUploaded
from app.attendance.models import AttendanceImport, AttendanceParticipant
from app.attendance.queries.candidates import kept_event
from app.attendance.values import Decision, ImportState, Participant, Proposal, Report, Verdict
from app.events.rules import participation as rules
from app.events.services.registration import locked_event
from app.infra import journal
from app.infra.files import files
from app.kernel.actor import Actor


@dataclass(frozen=True)
class Uploaded:
    """`is_new` is false for bytes that this event has had before: nothing was written then."""

    import_id: UUID
    is_new: bool


def upload_report(
    db: Session, *, actor: Actor, event_id: UUID, content: bytes, filename: str, report: Report, now: datetime
) -> Uploaded:
    """Keeps the file once for an event. Refuses who does not keep its list, what is closed or has not begun."""
    event = kept_event(db, actor=actor, event_id=event_id)
    rules.require_not_closed(locked_event(db, actor=actor, event_id=event_id).closed_at)
    rules.require_held(event.status, event.starts_at, now)
    sha256 = hashlib.sha256(content).hexdigest()
    before = select(AttendanceImport.id).where(AttendanceImport.event_id == event_id, AttendanceImport.sha256 == sha256)
    if (found := db.scalar(before)) is not None:
        return Uploaded(found, is_new=False)
    row = AttendanceImport(
        event_id=event_id, sha256=sha256, file_key=files().put(content), filename=filename[-200:],
        provider=report.provider.value, rows=len(report.stays), skipped=report.skipped,
        starts_at=min(stay.span.starts_at for stay in report.stays),
        ends_at=max(stay.span.ends_at for stay in report.stays), uploaded_at=now, uploaded_by=actor.account_id or None,
    )  # fmt: skip
    db.add(row)
    db.flush()
    journal.record(db, ImportUploaded(event_id, row.id), actor=actor, now=now)
    return Uploaded(row.id, is_new=True)


def note_progress(db: Session, *, import_id: UUID, percent: int) -> None:
    row = db.get(AttendanceImport, import_id, with_for_update=True)
    if row is not None and row.state == ImportState.UPLOADED:
        row.progress = max(row.progress, percent)


def keep_participants(db: Session, *, import_id: UUID, found: Iterable[tuple[Participant, Proposal]]) -> bool:
    """Writes who is in the report, and makes it ready; False when that was done before. All or nothing, so that after
    a killed worker another begins again. What is sure is decided, and a person may say otherwise."""
    row = db.get(AttendanceImport, import_id, with_for_update=True)
    if row is None or row.state != ImportState.UPLOADED:
        return False
    db.execute(delete(AttendanceParticipant).where(AttendanceParticipant.import_id == import_id))
    for position, (participant, proposal) in enumerate(found):
        sure = proposal.verdict is Verdict.SURE
        db.add(AttendanceParticipant(
            import_id=import_id, position=position, name=participant.name, email=participant.email,
            minutes=participant.minutes,
            spans=[[span.starts_at.isoformat(), span.ends_at.isoformat()] for span in participant.spans],
            verdict=proposal.verdict.value, by_email=proposal.by_email,
            suggestions=[list(asdict(one).values()) for one in proposal.suggestions],
            decision=(Decision.PERSON if sure else Decision.OPEN).value,
            person_id=proposal.suggestions[0].person_id if sure else None,
        ))  # fmt: skip
    row.state, row.progress = ImportState.READY.value, 100
    db.flush()
    return True
