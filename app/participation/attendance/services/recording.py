"""Minutes recorded by hand and at the entrance, copies of the list, erasing and expiry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import reading
from app.infra.files import files
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import InvalidInput, Kind, NotAllowed, Refusal, Sentence
from app.kernel.text import N_
from app.participation.attendance import policy
from app.participation.attendance.facts import AttendanceCorrected, OriginalDropped, PersonCheckedIn
from app.participation.attendance.models import (
    AttendanceChange,
    AttendanceImport,
    AttendanceInterval,
    AttendanceParticipant,
)
from app.participation.attendance.queries.sheet import (
    SheetRow,
    around_of,
    caller_of,
    kept_event,
    known_people,
    people_at,
    whole_sheet,
)
from app.participation.attendance.rules import recording as rules
from app.participation.attendance.rules.matching import address, person_of
from app.participation.attendance.rules.recording import minutes_in, union
from app.participation.attendance.values import MatchDecision, RowChoice, Span
from app.participation.registrations.rules import require_not_over
from app.people.directory.facts import ExportMade
from app.people.directory.queries.people import emails_of_others, emails_of_person, names_of
from app.people.identity.queries import accounts_of_person
from app.planning.events.facts import AttendanceRecorded
from app.planning.events.models import Attendance, Event
from app.planning.events.queries.locking import locked_event
from app.planning.events.queries.references import slugs_of_groups
from app.planning.events.rules.presence import most_minutes
from app.planning.events.values import EventDetail, EventStatus

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


# The door of an event in person: a code is read, somebody is in.
#
# Nobody checks people out, so that who comes in counts from now, or from the start, until the end.
# Who leaves early is corrected by hand, with a reason.


class NoPlace(Refusal):
    rule = "check-in-without-place"
    msgid = N_(
        "%(name)s has no place at this event: it was cancelled or not given yet. An organizer can give one."
    )


@dataclass(frozen=True)
class CheckedIn:
    """`is_new` is false for somebody who was in already."""

    name: str
    is_new: bool


def check_in(db: Session, *, actor: Actor, event_id: UUID, code: str, now: datetime) -> CheckedIn:
    """Refuses unknown codes (missing), people without a place, before the door opens and after the
    end.
    """
    event = kept_event(db, actor=actor, event_id=event_id)
    around = around_of(event)
    rules.require_not_closed(locked_event(db, actor=actor, event_id=event_id).closed_at)
    require_not_over(event.status, around.ends_at, now)
    rules.require_held(event.status, around.starts_at, now, early=rules.DOOR_OPENS)
    caller = caller_of(db, actor=actor, event_id=event_id, code=code)
    if not caller.has_place:
        raise NoPlace(name=caller.name)
    if caller.came_at is not None:
        return CheckedIn(caller.name, is_new=False)
    span = Span(max(now, around.starts_at), around.ends_at)
    minutes = _let_in(db, event_id=event_id, person_id=caller.person_id, span=span)
    journal.record(db, PersonCheckedIn(event_id, caller.person_id), actor=actor, now=now)
    record(
        db, actor=actor, event_id=event_id, minutes=minutes, reason="", source="check-in", now=now
    )
    return CheckedIn(caller.name, is_new=True)


def _let_in(db: Session, *, event_id: UUID, person_id: int, span: Span) -> dict[int, int]:
    """Adds the span; returns the minutes to write, with what a report says of the same person, and
    none where somebody wrote them by hand.
    """
    where = (AttendanceInterval.event_id == event_id, AttendanceInterval.person_id == person_id)
    others = [
        Span(row.starts_at, row.ends_at)
        for row in db.scalars(select(AttendanceInterval).where(*where))
    ]
    db.add(
        AttendanceInterval(
            event_id=event_id,
            person_id=person_id,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            source="check-in",
        )
    )
    db.flush()
    by_hand = select(Attendance.id).where(
        Attendance.event_id == event_id,
        Attendance.person_id == person_id,
        Attendance.source == "manual",
    )
    return {} if db.scalar(by_hand) else {person_id: minutes_in(union([*others, span]))}


def export_list(
    db: Session, *, actor: Actor, event_id: UUID, kind: str, now: datetime
) -> tuple[EventDetail, tuple[SheetRow, ...]]:
    """Returns the rows the actor may see, by country, and records that they were taken (R59).
    `kind`: print, pdf or xlsx.
    """
    event, _most, rows = whole_sheet(db, actor=actor, event_id=event_id)
    journal.record(
        db, ExportMade(f"attendance-{kind}", str(event_id), len(rows)), actor=actor, now=now
    )
    return event, rows


# What is left of a person who asked to be erased: minutes without a name, and nothing of what
# reports said.


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Times of joining and leaving go, reasons lose their words, names in reports too, also those
    that nobody matched and that have the person's address; the original files of those reports are
    dropped. The minutes themselves are for events to keep or not.
    """
    db.execute(delete(AttendanceInterval).where(AttendanceInterval.person_id == person_id))
    db.execute(
        update(AttendanceChange).where(AttendanceChange.person_id == person_id).values(reason="")
    )
    at_hers = AttendanceParticipant.email.in_(_addresses(db, person_id))
    is_hers = or_(
        AttendanceParticipant.person_id == person_id,
        and_(AttendanceParticipant.person_id.is_(None), at_hers),
    )
    imports = set(db.scalars(select(AttendanceParticipant.import_id).where(is_hers)))
    drop_originals(db, AttendanceImport.id.in_(imports), now=now)
    db.execute(
        update(AttendanceParticipant)
        .where(is_hers)
        .values(
            name="",
            email="",
            spans=[],
            suggestions=[],
            decision=MatchDecision.KEPT.value,
            person_id=None,
        )
    )
    db.flush()


def _addresses(db: Session, person_id: int) -> set[str]:
    """Returns the person's own addresses: a letter to a shared mailbox may be about others as well."""
    owned = accounts_of_person(db, person_id).values()
    folded = {email.lower() for email in (*emails_of_person(db, person_id), *owned) if email}
    return folded - emails_of_others(db, person_id, folded)


def drop_originals(db: Session, which: ColumnElement[bool], *, now: datetime) -> None:
    """Drops the files that reports came in; each goes from the store after the commit, when no
    other report names it.
    """
    for row in db.scalars(select(AttendanceImport).where(which, AttendanceImport.file_key != "")):
        journal.record(
            db, OriginalDropped(row.event_id, row.id, row.file_key), actor=SYSTEM, now=now
        )
        row.file_key = ""


def drop_file(key: str) -> None:
    """Removes a file from the store, unless another report is the same file."""
    with reading() as db:
        query = (
            select(func.count())
            .select_from(AttendanceImport)
            .where(AttendanceImport.file_key == key)
        )
        is_named = bool(db.scalar(query))
    if not is_named:
        files().delete(key)


def expire_details(db: Session, *, before: datetime, now: datetime, dry_run: bool) -> int:
    """Deletes times of joining and leaving, corrections and what reports said, of events that ended
    before that instant; the reports' original files are dropped.
    """
    events = select(Event.id).where(Event.ends_at < before)
    imports = select(AttendanceImport.id).where(AttendanceImport.event_id.in_(events))
    old = (
        (AttendanceInterval, AttendanceInterval.event_id.in_(events)),
        (AttendanceChange, AttendanceChange.event_id.in_(events)),
        (AttendanceParticipant, AttendanceParticipant.import_id.in_(imports)),
    )
    number = sum(
        db.scalar(select(func.count()).select_from(table).where(where)) or 0 for table, where in old
    )
    if not dry_run:
        for table, where in old:
            db.execute(delete(table).where(where))
        drop_originals(db, AttendanceImport.id.in_(imports), now=now)
        db.flush()
    return number


def expire_attendance(db: Session, *, before: datetime, dry_run: bool) -> int:
    """Removes the minutes of people at events that ended before that instant; returns how many
    rows. What was counted stands in the events' reports.
    """
    old = Attendance.event_id.in_(select(Event.id).where(Event.ends_at < before))
    number = db.scalar(select(func.count()).select_from(Attendance).where(old)) or 0
    if not dry_run:
        db.execute(delete(Attendance).where(old))
        db.flush()
    return number
