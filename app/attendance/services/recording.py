"""Minutes by hand or by machine, with the trace of what stood there before."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.attendance.facts import AttendanceCorrected
from app.attendance.models import AttendanceChange
from app.events.models import Attendance
from app.events.services.attendance import record_attendance
from app.events.services.registration import locked_event
from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_

SHORTEST_REASON = 10
LONGEST_REASON = 500
NO_REASON = N_("Minutes that were written down before are changed: say why, in %(least)s letters or more.")
LONG_REASON = N_("Up to %(most)s letters, please.")


def record(
    db: Session, *, actor: Actor, event_id: UUID, minutes: Mapping[int, int], reason: str, source: str, now: datetime
) -> int:
    """Writes minutes by person id and returns how many changed. By hand, changing what stood there needs a reason.

    Each change of minutes that stood there is a row of the history; the first minutes of a person are none.
    """
    locked_event(db, actor=actor, event_id=event_id)
    asked = select(Attendance).where(Attendance.event_id == event_id, Attendance.person_id.in_(minutes))
    before = {row.person_id: row.minutes for row in db.scalars(asked)}
    corrected = {who: spent for who, spent in sorted(minutes.items()) if who in before and before[who] != spent}
    words = " ".join(reason.split())
    if corrected and source == "manual":
        _require_reason(words)
    changed = record_attendance(db, actor=actor, event_id=event_id, minutes=minutes, now=now, source=source)
    if corrected:
        rows = [
            AttendanceChange(event_id=event_id, person_id=who, before=before[who], after=spent, reason=words,
                             source=source, at=now, by=actor.account_id or None)
            for who, spent in corrected.items()
        ]  # fmt: skip
        db.add_all(rows)
        db.flush()
        fact = AttendanceCorrected(event_id, tuple(row.id for row in rows), tuple(corrected))
        journal.record(db, fact, actor=actor, now=now)
    return changed


def _require_reason(words: str) -> None:
    if len(words) < SHORTEST_REASON:
        raise InvalidInput({"reason": Sentence(NO_REASON, {"least": SHORTEST_REASON})})
    if len(words) > LONGEST_REASON:
        raise InvalidInput({"reason": Sentence(LONG_REASON, {"most": LONGEST_REASON})})
