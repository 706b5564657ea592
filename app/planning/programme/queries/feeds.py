"""What a calendar feed holds: the events, and in one cheap query whether anything of them
changed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    String,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from app.kernel.refusal import NotFound
from app.kernel.text import Language, LocalizedText, as_language
from app.kernel.timespan import Timespan
from app.people.directory.models import Person, WorkingGroup
from app.people.identity.models import Account
from app.people.identity.queries import feed_key
from app.people.identity.values import FeedKey
from app.planning.events.models import (
    REGISTRATION,
    Event,
    EventGroup,
    EventPerson,
    EventSession,
    SessionPerson,
)
from app.planning.events.values import REGISTERED, EventStatus, Mode

BEFORE = timedelta(days=90)
AHEAD = timedelta(days=400)
CANCELLED_FOR = timedelta(days=30)
"""Some readers hide a cancelled event at once, others strike it through: both have had the time to
notice.
"""

NOTHING = LocalizedText()
STATUSES = {status.value: status for status in EventStatus}
MODES = {mode.value: mode for mode in Mode}
Where = ColumnElement[bool]
e = Event.__table__.c
ID = type_coerce(e.id, String)
"""As the database has it: making a UUID of each and text of it again is a twentieth of a poll."""


class FeedEntry(NamedTuple):
    """An event as a calendar may show it. `join_url` only for somebody registered; a confidential
    title is not here.

    A tuple, because a poll makes a thousand of them and a frozen dataclass takes five times as
    long. The id is text for the same reason.
    """

    id: str
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

    def __hash__(self) -> int:
        """Returns the hash of what nearly always differs; equality still looks at everything."""
        return hash((self.id, self.sequence))


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
    """Says that an event is published, or was cancelled after it had been published; with instants,
    because a partial date fills no cell.
    """
    shown = or_(
        e.status == EventStatus.PUBLISHED,
        and_(e.status == EventStatus.CANCELLED, e.published_at.is_not(None)),
    )
    return and_(shown, e.starts_at.is_not(None), e.ends_at.is_not(None))


IN_WINDOW = and_(
    is_public(),
    or_(e.status == EventStatus.PUBLISHED, e.cancelled_at > bindparam("cancelled_after")),
    e.starts_at < bindparam("starts_before"),
    e.ends_at > bindparam("ends_after"),
)
OF_GROUPS = exists().where(
    EventGroup.event_id == e.id,
    EventGroup.working_group_id == WorkingGroup.id,
    WorkingGroup.slug.in_(bindparam("groups", expanding=True)),
)
STATE = select(
    func.count(),
    func.max(e.changed_at),
    func.sum(e.sequence),
    func.min(e.starts_at),
    func.max(e.starts_at),
).where(IN_WINDOW)
STATE_OF_GROUPS = STATE.where(OF_GROUPS)
ENTRIES = select(
    ID,
    *(
        e.status,
        e.title,
        e.summary,
        e.starts_at,
        e.ends_at,
        e.timezone,
    ),
    *(e.is_all_day, e.mode, e.place, e.sequence, e.is_confidential, e.changed_at),
).order_by(e.starts_at, e.id)
ENTRIES_IN_WINDOW = ENTRIES.where(IN_WINDOW)
ENTRIES_OF_GROUPS = ENTRIES_IN_WINDOW.where(OF_GROUPS)


def _window(now: datetime) -> dict[str, Any]:
    """Returns the parameters of IN_WINDOW, which every feed shares."""
    return {
        "cancelled_after": now - CANCELLED_FOR,
        "starts_before": now + AHEAD,
        "ends_after": now - BEFORE,
    }


def feed_state(db: Session, now: datetime, groups: Sequence[str] = ()) -> FeedState:
    """Returns one aggregate by which a feed is known to be unchanged: what enters or leaves the
    window changes the count, the first or the last start. With slugs of groups, of the events of
    any of them only.
    """
    if groups:
        row = db.execute(STATE_OF_GROUPS, {**_window(now), "groups": groups}).one()
    else:
        row = db.execute(STATE, _window(now)).one()
    return FeedState(_mark(map(str, row)))


def _mark(parts: Any) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def feed_entries(db: Session, now: datetime, groups: Sequence[str] = ()) -> list[FeedEntry]:
    """Returns the events that `feed_state` speaks of."""
    if groups:
        rows = db.execute(ENTRIES_OF_GROUPS, {**_window(now), "groups": groups})
    else:
        rows = db.execute(ENTRIES_IN_WINDOW, _window(now))
    return [_entry(row) for row in rows.all()]


def _entry(row: Sequence[Any], *, is_own: bool = False, join_url: str = "") -> FeedEntry:
    """Own: the reader has a part in it, so its place is told even where it is confidential. A title
    never is.
    """
    (
        number,
        status,
        title,
        summary,
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
        id=_hyphenated(number),
        status=STATUSES[status],
        title=NOTHING if is_hidden else title,
        summary=NOTHING if is_hidden else summary,
        starts_at=starts_at,
        ends_at=ends_at,
        timezone=timezone,
        is_all_day=is_all_day,
        mode=MODES[mode],
        place="" if is_hidden and not is_own else place,
        sequence=sequence,
        is_confidential=is_hidden,
        changed_at=changed_at,
        join_url=join_url,
    )


def _hyphenated(number: str | UUID) -> str:
    """Returns an id as PostgreSQL (a UUID) or SQLite (32 digits) has it, as text."""
    if isinstance(number, UUID):
        return str(number)
    return f"{number[:8]}-{number[8:12]}-{number[12:16]}-{number[16:20]}-{number[20:]}"


def event_entry(db: Session, event_id: UUID) -> FeedEntry | None:
    """Returns one event whatever its age, as a file of its own; None when there is nothing public
    with a date.
    """
    row = db.execute(ENTRIES.where(is_public(), e.id == event_id)).one_or_none()
    return _entry(row) if row else None


def undated_entry(db: Session, event_id: UUID, span: Timespan) -> FeedEntry | None:
    """Returns one event that has lost its date, at the span it had: to let calendars go of it. None
    for what has a date.
    """
    was_told, has_none = e.published_at.is_not(None), e.starts_at.is_(None)
    row = db.execute(ENTRIES.where(e.id == event_id, was_told, has_none)).one_or_none()
    return _entry(row)._replace(starts_at=span.starts_at, ends_at=span.ends_at) if row else None


READER: BindParameter[int] = bindparam("person_id")
OWN_REGISTRATION = and_(
    REGISTRATION.c.event_id == e.id,
    REGISTRATION.c.person_id == READER,
    REGISTRATION.c.status == REGISTERED,
)
IS_REGISTERED = REGISTRATION.c.id.is_not(None)
HAS_PART = exists().where(EventPerson.event_id == e.id, EventPerson.person_id == READER)
HAS_AGENDA_ITEM = exists().where(
    EventSession.event_id == e.id,
    SessionPerson.session_id == EventSession.id,
    SessionPerson.person_id == READER,
)
OWN_OR_COMMON_URL = func.coalesce(func.nullif(REGISTRATION.c.own_url, ""), e.join_url).label(
    "join_url"
)
OWN_ENTRIES = (
    ENTRIES_IN_WINDOW.add_columns(OWN_OR_COMMON_URL, IS_REGISTERED.label("is_registered"))
    .select_from(Event.__table__.outerjoin(REGISTRATION, OWN_REGISTRATION))
    .where(or_(IS_REGISTERED, HAS_PART, HAS_AGENDA_ITEM))
)


def personal_entries(db: Session, *, person_id: int, now: datetime) -> list[FeedEntry]:
    """Returns what the person registered for and where they have a part.

    The link to join is for those who registered.
    """
    rows = db.execute(OWN_ENTRIES, {**_window(now), "person_id": person_id})
    return [
        _entry(row[:-2], is_own=True, join_url=row.join_url if row.is_registered else "")
        for row in rows
    ]


def personal_state(entries: Sequence[FeedEntry]) -> FeedState:
    """Returns the state of a personal feed, worked out from its few rows themselves."""
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
