"""Minutes by hand or by machine, with the trace of what stood there before."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Kind, NotAllowed, Sentence
from app.kernel.text import N_
from app.participation.attendance import policy
from app.participation.attendance.facts import AttendanceCorrected
from app.participation.attendance.models import AttendanceChange
from app.participation.attendance.queries.candidates import kept_event, known_people, people_at
from app.participation.attendance.rules import recording as rules
from app.participation.attendance.rules.matching import address, person_of
from app.participation.attendance.values import MatchDecision, RowChoice
from app.people.directory.queries.people import names_of
from app.planning.events.facts import AttendanceRecorded
from app.planning.events.models import Attendance, Event
from app.planning.events.queries.locking import locked_event
from app.planning.events.queries.references import slugs_of_groups
from app.planning.events.rules.presence import most_minutes
from app.planning.events.values import EventStatus

NOBODY = N_("This person is not in the directory.")
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
    query = select(Attendance).where(
        Attendance.event_id == event_id, Attendance.person_id.in_(minutes)
    )
    before = {row.person_id: row.minutes for row in db.scalars(query)}
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
    """Records by hand somebody who may not be on the list yet: the name or address of one on it,
    or, for who acts for the region, the whole address of anybody in the directory. Raises
    InvalidInput at "other" for nobody, or for more than one.
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


def record_attendance(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    minutes: Mapping[int, int],
    now: datetime,
    source: str = "manual",
) -> int:
    """Writes minutes by person id and returns how many changed. What stays the same is not written
    again.

    Refuses before the event has started (at the door: before the door opens), of a cancelled or
    closed event, and more minutes than the event lasts. Source: manual, import, check-in.
    """
    event = locked_event(db, actor=actor, event_id=event_id)
    if not policy.may_keep_list(actor, slugs_of_groups(db, [event_id])):
        raise NotAllowed
    rules.require_not_closed(event.closed_at)
    early = rules.DOOR_OPENS if source == "check-in" else rules.NO_TIME
    rules.require_held(EventStatus(event.status), event.starts_at, now, early=early)
    _require_sensible(db, event, minutes)
    known = {
        row.person_id: row
        for row in db.scalars(select(Attendance).where(Attendance.event_id == event_id))
    }
    before = {person: known[person].minutes if person in known else None for person in minutes}
    changed = {
        person: spent for person, spent in sorted(minutes.items()) if before[person] != spent
    }
    for person, spent in changed.items():
        row = known.get(person) or Attendance(event_id=event_id, person_id=person)
        row.minutes, row.source, row.recorded_at, row.recorded_by = (
            spent,
            source,
            now,
            actor.account_id or None,
        )
        db.add(row)
    db.flush()
    if changed:
        previous = tuple(before[person] for person in changed)
        fact = AttendanceRecorded(
            event_id=event_id,
            person_ids=tuple(changed),
            source=source,
            minutes=tuple(changed.values()),
            previous_minutes=previous,
        )
        journal.record(db, fact, actor=actor, now=now)
    return len(changed)


def _require_sensible(db: Session, event: Event, minutes: Mapping[int, int]) -> None:
    known = names_of(db, minutes)
    most = most_minutes(event.starts_at, event.ends_at) if event.starts_at and event.ends_at else 0
    errors = {f"minutes-{person}": Sentence(NOBODY) for person in minutes if person not in known}
    errors |= {
        f"minutes-{person}": Sentence(rules.NOT_MINUTES, {"most": most})
        for person, spent in minutes.items()
        if not 0 <= spent <= most
    }
    if errors:
        raise InvalidInput(errors)
