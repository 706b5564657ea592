"""What a calendar feed holds: the events, and in one cheap query whether anything of them
changed.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.kernel.refusal import NotFound
from app.kernel.text import Language, LocalizedText, as_language
from app.kernel.timespan import Timespan
from app.people.directory.models import Person, WorkingGroup
from app.people.identity.models import Account
from app.people.identity.queries import feed_key
from app.people.identity.values import FeedKey
from app.planning.events.models import (
    Event,
    EventGroup,
    EventPerson,
    EventSession,
    Registration,
    SessionPerson,
)
from app.planning.events.values import EventStatus, Mode

BEFORE = timedelta(days=90)
AHEAD = timedelta(days=400)
CANCELLED_FOR = timedelta(days=30)
"""Some readers hide a cancelled event at once, others strike it through: both have had the time to
notice.
"""

REGISTERED = "registered"
NOTHING = LocalizedText("", "")
STATUSES = {status.value: status for status in EventStatus}
MODES = {mode.value: mode for mode in Mode}
Where = ColumnElement[bool]
e = Event.__table__.c


class FeedEntry(NamedTuple):
    """An event as a calendar may show it. `join_url` only for somebody registered; a confidential
    title is not here.

    A tuple, because a poll makes a thousand of them and a frozen dataclass takes five times as
    long.
    """

    id: UUID
    status: EventStatus
    title: LocalizedText
    summary: LocalizedText
    starts_at: datetime
    ends_at: datetime
    timezone: str
    is_all_day: bool
    mode: Mode
    place: str
    sequence: int
    is_confidential: bool
    changed_at: datetime
    join_url: str = ""


@dataclass(frozen=True)
class FeedState:
    """`mark` differs whenever the feed would be written differently."""

    mark: str


@dataclass(frozen=True)
class Subscriber:
    """Whose personal feed it is, in which language they read, and by which key they came."""

    person_id: int
    language: Language
    key: FeedKey


def is_public() -> Where:
    """Published, or cancelled after it had been published; with instants, because a partial date
    fills no cell.
    """
    shown = or_(
        e.status == EventStatus.PUBLISHED,
        and_(e.status == EventStatus.CANCELLED, e.published_at.is_not(None)),
    )
    return and_(shown, e.starts_at.is_not(None), e.ends_at.is_not(None))


def in_feed(now: datetime, groups: Collection[str] = ()) -> Where:
    """The window of every feed; with slugs of groups, the events of any of them only."""
    still_told = or_(e.status == EventStatus.PUBLISHED, e.cancelled_at > now - CANCELLED_FOR)
    window = and_(is_public(), still_told, e.starts_at < now + AHEAD, e.ends_at > now - BEFORE)
    return and_(window, _is_of(groups)) if groups else window


def _is_of(groups: Collection[str]) -> Where:
    same = EventGroup.working_group_id == WorkingGroup.id
    return exists().where(EventGroup.event_id == e.id, same, WorkingGroup.slug.in_(groups))


def feed_state(db: Session, where: Where) -> FeedState:
    """One aggregate: what enters or leaves the window changes the count, the first or the last
    start.
    """
    row = db.execute(
        select(
            func.count(),
            func.max(e.changed_at),
            func.sum(e.sequence),
            func.min(e.starts_at),
            func.max(e.starts_at),
        ).where(where)
    ).one()
    return FeedState(_mark(map(str, row)))


def _mark(parts: Any) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def feed_entries(db: Session, where: Where) -> list[FeedEntry]:
    return [_entry(row) for row in db.execute(_entries().where(where))]


def _entries() -> Any:
    return select(
        e.id,
        e.status,
        e.title_es,
        e.title_en,
        e.summary_es,
        e.summary_en,
        e.starts_at,
        e.ends_at,
        e.timezone,
        e.is_all_day,
        e.mode,
        e.place,
        e.sequence,
        e.is_confidential,
        e.changed_at,
    ).order_by(e.starts_at, e.id)


def _entry(row: Sequence[Any], *, is_own: bool = False, join_url: str = "") -> FeedEntry:
    """Own: the reader has a part in it, so its place is told even where it is confidential. A title
    never is.
    """
    (
        number,
        status,
        title_es,
        title_en,
        summary_es,
        summary_en,
        starts_at,
        ends_at,
        timezone,
        is_all_day,
        mode,
        place,
        sequence,
        is_hidden,
        changed_at,
    ) = row
    return FeedEntry(
        number,
        STATUSES[status],
        NOTHING if is_hidden else LocalizedText(title_es, title_en),
        NOTHING if is_hidden else LocalizedText(summary_es, summary_en),
        starts_at,
        ends_at,
        timezone,
        is_all_day,
        MODES[mode],
        "" if is_hidden and not is_own else place,
        sequence,
        is_hidden,
        changed_at,
        join_url,
    )


def event_entry(db: Session, event_id: UUID) -> FeedEntry | None:
    """One event whatever its age, as a file of its own; None when there is nothing public with a
    date.
    """
    found = feed_entries(db, and_(is_public(), e.id == event_id))
    return found[0] if found else None


def undated_entry(db: Session, event_id: UUID, span: Timespan) -> FeedEntry | None:
    """One event that has lost its date, at the span it had: to let calendars go of it. None for
    what has a date.
    """
    was_told, has_none = e.published_at.is_not(None), e.starts_at.is_(None)
    found = feed_entries(db, and_(e.id == event_id, was_told, has_none))
    return found[0]._replace(starts_at=span.starts_at, ends_at=span.ends_at) if found else None


def personal_entries(db: Session, *, person_id: int, now: datetime) -> list[FeedEntry]:
    """What the person registered for and where they have a part. The link to join is for those who
    registered.
    """
    mine = and_(
        Registration.event_id == e.id,
        Registration.person_id == person_id,
        Registration.status == REGISTERED,
    )
    part = exists().where(EventPerson.event_id == e.id, EventPerson.person_id == person_id)
    sitting = exists().where(
        EventSession.event_id == e.id,
        SessionPerson.session_id == EventSession.id,
        SessionPerson.person_id == person_id,
    )
    registered = Registration.id.is_not(None)
    rows = db.execute(
        _entries()
        .add_columns(e.join_url, registered.label("is_registered"))
        .select_from(Event.__table__.outerjoin(Registration.__table__, mine))
        .where(in_feed(now), or_(registered, part, sitting))
    )
    return [
        _entry(row[:-2], is_own=True, join_url=row.join_url if row.is_registered else "")
        for row in rows
    ]


def personal_state(entries: Sequence[FeedEntry]) -> FeedState:
    """From the few rows themselves."""
    return FeedState(
        _mark(f"{x.id} {x.sequence} {x.changed_at.timestamp()} {x.join_url}" for x in entries)
    )


def subscriber(db: Session, token: str) -> Subscriber:
    """Refuses with NotFound a token that never was, with FeedTokenRevoked one that was replaced."""
    key = feed_key(db, token)
    row = db.execute(
        select(Person.id, Person.language)
        .join(Account, Account.person_id == Person.id)
        .where(Account.id == key.account_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return Subscriber(row.id, as_language(row.language), key)
