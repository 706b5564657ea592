"""Minutes by hand or by machine, with the trace of what stood there before."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Kind, Sentence
from app.kernel.text import N_
from app.participation.attendance import policy
from app.participation.attendance.facts import AttendanceCorrected
from app.participation.attendance.models import AttendanceChange
from app.participation.attendance.queries.candidates import kept_event, known_people, people_at
from app.participation.attendance.rules.matching import address
from app.participation.attendance.services.deciding import RowChoice, person_of
from app.participation.attendance.values import MatchDecision
from app.participation.registrations.services.attendance import record_attendance
from app.participation.registrations.services.registration import locked_event
from app.planning.events.models import Attendance

NOT_TOLD: Mapping[int, int | None] = {}
SHORTEST_REASON = 10
LONGEST_REASON = 500
NO_REASON = N_(
    "You are changing minutes that were already recorded: say why, in %(least)s letters or more."
)
LONG_REASON = N_("Up to %(most)s letters, please.")
CHANGED = N_(
    "Somebody else wrote %(minutes)s here while you were writing. What you wrote is not saved yet; if you save it now, "
    "it replaces what is stored."
)


class MinutesChanged(InvalidInput):
    kind = Kind.CONFLICT
    rule = "changed-meanwhile"


def record(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    minutes: Mapping[int, int],
    reason: str,
    source: str,
    now: datetime,
    seen: Mapping[int, int | None] = NOT_TOLD,
) -> int:
    """Writes minutes by person id and returns how many changed. By hand, changing what stood there
    needs a reason.

    Each change of minutes that stood there is a row of the history; the first minutes of a person
    are none. `seen`: what stood there when the writer began; refuses MinutesChanged, by field, what
    is neither that now nor the same.
    """
    locked_event(db, actor=actor, event_id=event_id)
    asked = select(Attendance).where(
        Attendance.event_id == event_id, Attendance.person_id.in_(minutes)
    )
    before = {row.person_id: row.minutes for row in db.scalars(asked)}
    _require_as_seen(seen, before, minutes)
    corrected = {
        who: spent
        for who, spent in sorted(minutes.items())
        if who in before and before[who] != spent
    }
    words = " ".join(reason.split())
    if corrected and source == "manual":
        _require_reason(words)
    changed = record_attendance(
        db, actor=actor, event_id=event_id, minutes=minutes, now=now, source=source
    )
    if corrected:
        rows = [
            AttendanceChange(
                event_id=event_id,
                person_id=who,
                before=before[who],
                after=spent,
                reason=words,
                source=source,
                at=now,
                by=actor.account_id or None,
            )
            for who, spent in corrected.items()
        ]
        db.add_all(rows)
        db.flush()
        fact = AttendanceCorrected(event_id, tuple(row.id for row in rows), tuple(corrected))
        journal.record(db, fact, actor=actor, now=now)
    return changed


def record_other(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    words: str,
    minutes: int,
    reason: str,
    now: datetime,
) -> int:
    """By hand, somebody who may not be on the list yet: the name or address of one on it, or, for
    who acts for the region, the whole address of anybody in the directory. InvalidInput at "other"
    for nobody, or for more than one.
    """
    kept_event(db, actor=actor, event_id=event_id)
    known = known_people(db, event_id=event_id)
    if policy.may_look_anybody_up(actor):
        listed = {one.person_id for one in known}
        known += tuple(
            one for one in people_at(db, {address(words)}) if one.person_id not in listed
        )
    try:
        who = person_of(RowChoice(MatchDecision.PERSON, words=words), known)
    except ValueError as wrong:
        raise InvalidInput({"other": Sentence(str(wrong))}) from None
    told = {who: minutes} if who else {}
    return record(
        db, actor=actor, event_id=event_id, minutes=told, reason=reason, source="manual", now=now
    )


def _require_as_seen(
    seen: Mapping[int, int | None], before: Mapping[int, int], minutes: Mapping[int, int]
) -> None:
    overtaken = [
        who
        for who, spent in minutes.items()
        if who in seen and before.get(who) not in (seen[who], spent)
    ]
    if overtaken:
        said = {who: Sentence(CHANGED, {"minutes": before.get(who, 0)}) for who in overtaken}
        raise MinutesChanged({f"minutes-{who}": sentence for who, sentence in said.items()})


def _require_reason(words: str) -> None:
    if len(words) < SHORTEST_REASON:
        raise InvalidInput({"reason": Sentence(NO_REASON, {"least": SHORTEST_REASON})})
    if len(words) > LONGEST_REASON:
        raise InvalidInput({"reason": Sentence(LONG_REASON, {"most": LONGEST_REASON})})
