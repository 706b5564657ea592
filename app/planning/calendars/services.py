"""Use cases of other people's calendars, the only writers of their tables. Reading files and
addresses is slow, so it happens before, outside of any transaction; what comes in here is values.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.language import both
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal, Sentence
from app.kernel.text import N_, field_in, untranslated
from app.people.directory.queries.people import person_of
from app.planning.calendars import policy
from app.planning.calendars.facts import (
    CalendarAdded,
    CalendarAwaited,
    CalendarFailed,
    CalendarRefreshed,
    CalendarRemoved,
)
from app.planning.calendars.models import CalendarSource
from app.planning.calendars.values import (
    CalendarEntry,
    CalendarReading,
    Errand,
    ReadingProblem,
    SourceDraft,
    SourceKind,
)
from app.planning.scheduling.services.claims import keep_soft
from app.planning.scheduling.values import EngagementDraft, Nature, Party

PAUSE = timedelta(hours=1)
LONGEST_PAUSE = timedelta(days=1)
MOST_FAILURES = 10
MOST_SOURCES = 20
BUSY = N_("Busy")
NOBODY = N_("Nobody in the directory has this number.")
NO_NAME = N_("Write what the calendar is called.")
OF_WHOM = N_("Say whose busy hours these are.")


class TooManyCalendars(Refusal):
    kind = Kind.TOO_MANY
    rule = "too-many-calendars"
    msgid = N_("There are %(most)s calendars of this sort already. Remove one first.")


def add_source(
    db: Session,
    *,
    actor: Actor,
    draft: SourceDraft,
    reading: CalendarReading | None = None,
    sha256: str = "",
    now: datetime,
) -> int:
    """Adds a calendar. A file comes with its reading; an address is read by the background as soon
    as this is committed.
    """
    policy.require_may_add(actor, draft.kind, draft.person_id)
    name = draft.name
    if draft.kind is SourceKind.PERSON:
        person = person_of(db, draft.person_id)
        if person is None:
            raise InvalidInput(
                {"person_id": Sentence(OF_WHOM if draft.person_id is None else NOBODY)}
            )
        name = untranslated(person.full_name)
    elif not name:
        raise InvalidInput({field_in("name"): Sentence(NO_NAME)})
    _require_room(db, draft)
    source = CalendarSource(
        kind=draft.kind.value,
        name=name,
        person_id=draft.person_id if draft.kind is SourceKind.PERSON else None,
        url=draft.url,
        problems=[],
        created_by=actor.account_id or None,
        created_at=now,
        next_at=now if draft.url else None,
    )
    db.add(source)
    db.flush()
    journal.record(db, CalendarAdded(source.id, draft.kind, source.person_id), actor=actor, now=now)
    if reading is not None:
        _keep(db, source, reading, sha256, actor=actor, now=now)
    return source.id


def ask_reading(db: Session, *, actor: Actor, source_id: int, now: datetime) -> None:
    """Has the background read it next, whatever failed before. Does nothing to a file."""
    source = _mine(db, actor, source_id)
    if not source.url:
        return
    source.next_at = now
    journal.record(db, CalendarAwaited(source.id), actor=actor, now=now)


def keep_reading(
    db: Session,
    *,
    errand: Errand,
    reading: CalendarReading | None,
    sha256: str = "",
    etag: str = "",
    last_modified: str = "",
    now: datetime,
) -> None:
    """Keeps what the background found at an address; no reading means that nothing has changed
    there. What was removed, or read by another worker meanwhile, stays as it is.
    """
    source = db.get(CalendarSource, errand.source_id, with_for_update=True)
    if source is None or source.url != errand.url or source.refreshed_at != errand.refreshed_at:
        return
    source.failures, source.error = 0, ""
    source.next_at = now + PAUSE
    if reading is None:
        source.refreshed_at = now
        return
    source.etag, source.last_modified = etag[:200], last_modified[:60]
    _keep(db, source, reading, sha256, actor=SYSTEM, now=now)


def note_failure(db: Session, *, errand: Errand, sentence: Sentence, now: datetime) -> None:
    """Notes a failure; what was read before stays. Each doubles the pause, up to a day; after ten
    nothing is tried any more until somebody asks.
    """
    source = db.get(CalendarSource, errand.source_id, with_for_update=True)
    if source is None or source.url != errand.url or source.refreshed_at != errand.refreshed_at:
        return
    source.failures += 1
    source.error = json.dumps(
        [sentence.msgid, dict(sentence.params)]
    )  # each reader has it in their language
    given_up = source.failures >= MOST_FAILURES
    source.next_at = None if given_up else now + pause_after(source.failures)
    journal.record(db, CalendarFailed(source.id, source.failures), actor=SYSTEM, now=now)


def remove_source(db: Session, *, actor: Actor, source_id: int, now: datetime) -> None:
    """Removes the calendar and everything it said."""
    source = _mine(db, actor, source_id)
    keep_soft(db, prefix=_prefix(source.id), party=_party(source), wanted=())
    journal.record(db, CalendarRemoved(source.id, SourceKind(source.kind)), actor=actor, now=now)
    db.delete(source)


def pause_after(failures: int) -> timedelta:
    """Returns 1 hour, then 2, 4, 8, 16, at most 24."""
    doubled: timedelta = PAUSE * 2 ** min(failures - 1, 8)
    return min(doubled, LONGEST_PAUSE)


def _mine(db: Session, actor: Actor, source_id: int) -> CalendarSource:
    source = db.get(CalendarSource, source_id, with_for_update=True)
    if source is None:
        raise NotFound
    policy.require_may_keep(actor, SourceKind(source.kind), source.person_id)
    return source


def _require_room(db: Session, draft: SourceDraft) -> None:
    """Refuses with TooManyCalendars more than twenty of a person, or a hundred of processes."""
    most = MOST_SOURCES if draft.kind is SourceKind.PERSON else MOST_SOURCES * 5
    kept = (
        select(func.count())
        .select_from(CalendarSource)
        .where(CalendarSource.kind == draft.kind.value)
    )
    if draft.kind is SourceKind.PERSON:
        kept = kept.where(CalendarSource.person_id == draft.person_id)
    if (db.scalar(kept) or 0) >= most:
        raise TooManyCalendars(most=str(most))


def _keep(
    db: Session,
    source: CalendarSource,
    reading: CalendarReading,
    sha256: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Keeps exactly what was read; a reading that says the same as before changes
    nothing.
    """
    drafts = [_draft(source, entry) for entry in reading.entries]
    changed = keep_soft(db, prefix=_prefix(source.id), party=_party(source), wanted=drafts)
    problems = _problems(reading.problems)
    if changed or problems != source.problems:
        source.version += 1
        fact = CalendarRefreshed(source.id, source.version, len(drafts), len(problems))
        journal.record(db, fact, actor=actor, now=now)
    source.entries, source.problems = len(drafts), problems
    source.content_sha256, source.refreshed_at = sha256, now


def _problems(problems: Iterable[ReadingProblem]) -> list[dict[str, Any]]:
    """Returns the problems in every language, because readers of each are shown them."""
    kept = []
    for problem in problems:
        words = both(problem.sentence.msgid, **problem.sentence.params)
        kept.append({"component": problem.component, "line": problem.line, **words.as_dict()})
    return kept


def _prefix(source_id: int) -> str:
    return f"calendar:{source_id}:"


def _party(source: CalendarSource) -> Party:
    """Returns whose time it is: a process is the region's affair; busy hours are one person's."""
    if source.kind == SourceKind.PERSON.value and source.person_id is not None:
        return Party.person(source.person_id, source.name["es"])
    return Party.region(exclusive=False)


def _draft(source: CalendarSource, entry: CalendarEntry) -> EngagementDraft:
    is_person = source.kind == SourceKind.PERSON.value
    title = untranslated(entry.title) if entry.title else source.name
    return EngagementDraft(
        holder=_prefix(source.id) + entry.key,
        title=both(BUSY) if is_person else title,
        span=entry.span,
        timezone=entry.timezone,
        nature=Nature.BUSY if is_person else Nature.EXTERNAL,
    )


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Removes the person's busy hours and where they came from."""
    own_calendars = select(CalendarSource.id).where(CalendarSource.person_id == person_id)
    for source_id in db.scalars(own_calendars.order_by(CalendarSource.id)).all():
        remove_source(db, actor=SYSTEM, source_id=source_id, now=now)
    db.flush()
