"""Reads of season planning, in as many statements however many wishes there are."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.infra.body import current_body
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import Country, Person, WorkingGroup
from app.people.directory.rules.people import plain_key
from app.planning.arranging.queries.asking import Asking, Stored
from app.planning.arranging.queries.planning import Delegates, delegates_within, holidays_around
from app.planning.events.models import Event
from app.planning.events.queries.references import GroupReference, References, groups_called
from app.planning.events.values import (
    EventDraft,
    EventKind,
    EventStatus,
    Mode,
    Participant,
    holder_of,
)
from app.planning.holidays.queries import invited_countries
from app.planning.scheduling.queries import calendar
from app.planning.scheduling.rules.limits import reach
from app.planning.scheduling.values import Finding, Holiday, InvitedCountry, Party
from app.planning.seasons import policy
from app.planning.seasons.models import Season, SeasonWish
from app.planning.seasons.rules import Board, Duplicate, Intent, Wish, duplicates
from app.planning.seasons.values import SeasonLimits, SeasonState

# Seasons as their planners see them. The number of statements does not grow with the wishes.


@dataclass(frozen=True)
class SeasonSummary:
    id: UUID
    title: str
    state: SeasonState
    starts_on: date
    ends_on: date
    wishes: int
    created_at: datetime


@dataclass(frozen=True)
class WishDetail:
    """`published_at` and `published_zone`: where its published event is today; None for a new
    webinar, and where the event was cancelled meanwhile (`is_gone`). `refused_at`: the time that
    came nearest where there was no place.
    """

    position: int
    title: LocalizedText
    groups: tuple[str, ...]
    people: tuple[int, ...]
    countries: tuple[str, ...]
    minutes: int
    earliest: date | None
    latest: date | None
    spacing: int
    after: tuple[int, ...]
    proposed_at: datetime | None
    chosen_at: datetime | None
    refused_at: datetime | None
    pinned_event_id: UUID | None
    published_at: datetime | None
    is_gone: bool
    event_id: UUID | None

    @property
    def is_asked(self) -> bool:
        """Returns True where the presidency was asked for its time: it is an event of its own by
        now.
        """
        return self.event_id is not None and self.place is None

    @property
    def takes_part(self) -> bool:
        return not self.is_gone and not self.is_asked

    @property
    def place(self) -> datetime | None:
        """Returns where the wish would be: a person's choice goes before the proposal."""
        return None if self.is_gone else self.chosen_at or self.proposed_at

    @property
    def span(self) -> Timespan | None:
        return (
            Timespan(self.place, self.place + timedelta(minutes=self.minutes))
            if self.place
            else None
        )

    @property
    def is_moved(self) -> bool:
        """Returns True where accepting the season moves a published event."""
        return (
            self.published_at is not None
            and self.place is not None
            and self.place != self.published_at
        )


@dataclass(frozen=True)
class SeasonDetail:
    id: UUID
    title: str
    state: SeasonState
    starts_on: date
    ends_on: date
    timezone: str
    progress: int
    cost: int | None
    error: str
    run: int
    limits: SeasonLimits
    created_at: datetime
    solved_at: datetime | None
    accepted_at: datetime | None
    wishes: tuple[WishDetail, ...] = ()


def seasons(db: Session, *, actor: Actor) -> tuple[SeasonSummary, ...]:
    """Returns all seasons, the newest first; none for an actor who may not plan seasons."""
    if not policy.may_plan_seasons(actor):
        return ()
    rows = db.execute(
        select(Season, func.count(SeasonWish.id))
        .outerjoin(SeasonWish, SeasonWish.season_id == Season.id)
        .group_by(Season.id)
        .order_by(Season.created_at.desc(), Season.id)
    )
    return tuple(
        SeasonSummary(
            id=s.id,
            title=s.title,
            state=SeasonState(s.state),
            starts_on=s.starts_on,
            ends_on=s.ends_on,
            wishes=count,
            created_at=s.created_at,
        )
        for s, count in rows
    )


def season_of(db: Session, *, actor: Actor, season_id: UUID) -> SeasonDetail:
    """Returns a season. Raises NotFound where there is none or the actor may not see it."""
    row = db.get(Season, season_id) if policy.may_plan_seasons(actor) else None
    if row is None:
        raise NotFound
    return detail(row, _wishes(db, row))


def detail(row: Season, wishes: Iterable[WishDetail]) -> SeasonDetail:
    options = row.options
    return SeasonDetail(
        id=row.id,
        title=row.title,
        state=SeasonState(row.state),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        timezone=row.timezone,
        progress=row.progress,
        cost=row.cost,
        error=row.error,
        run=options["run"],
        limits=limits_in(options),
        created_at=row.created_at,
        solved_at=row.solved_at,
        accepted_at=row.accepted_at,
        wishes=tuple(wishes),
    )


def limits_in(options: Mapping[str, Any]) -> SeasonLimits:
    """Returns the limits; seasons of old hold some that are the rule book's."""
    kept = options["limits"]
    return SeasonLimits(
        opens=time.fromisoformat(kept["opens"]),
        closes=time.fromisoformat(kept["closes"]),
        per_day=kept["per_day"],
    )


def _wishes(db: Session, season: Season) -> Iterable[WishDetail]:
    rows = db.execute(
        select(SeasonWish, Event.starts_at, Event.status)
        .outerjoin(Event, Event.id == SeasonWish.pinned_event_id)
        .where(SeasonWish.season_id == season.id)
        .order_by(SeasonWish.position)
    )
    parents = season.options.get("after", {})
    for wish, starts_at, status in rows:
        is_gone = wish.pinned_event_id is not None and (
            status == EventStatus.CANCELLED or starts_at is None
        )
        yield WishDetail(
            position=wish.position,
            title=wish.title,
            groups=tuple(wish.groups),
            people=tuple(wish.people),
            countries=tuple(wish.countries),
            minutes=wish.minutes,
            earliest=wish.earliest,
            latest=wish.latest,
            spacing=wish.spacing,
            after=tuple(parents.get(str(wish.position), ())),
            proposed_at=wish.proposed_at,
            chosen_at=wish.chosen_at,
            refused_at=wish.refused_at,
            pinned_event_id=wish.pinned_event_id,
            published_at=None if is_gone else starts_at,
            is_gone=is_gone,
            event_id=wish.event_id,
        )


def names_of_groups(db: Session) -> Mapping[str, LocalizedText]:
    """Returns the name of each group by its slug."""
    return {row.slug: row.name for row in db.scalars(select(WorkingGroup))}


# Reads the calendar of record around a season, with the season's webinars in it. The number of
# statements does not grow with these.


def board_of(
    db: Session,
    season: SeasonDetail,
    *,
    now: datetime,
    wishes: Sequence[WishDetail] | None = None,
) -> Board:
    """Returns the board of a season, or of other `wishes` within its days, with each wish where it
    is now. Whatever was cancelled meanwhile, or waits for the presidency, takes no part.
    """
    part = [wish for wish in wishes or season.wishes if wish.takes_part]
    known = _Known.read(db, season, part)
    askings = {wish.position: known.asking(season, wish, now) for wish in part}
    board_wishes = {wish.position: _wish(season, wish, askings[wish.position]) for wish in part}
    parties: dict[tuple[str, str], Party] = {}
    for one in askings.values():
        parties |= {(party.kind.value, party.key): party for party in one.everybody}
    terms = calendar.terms_of(db)
    span = _days(season.starts_on, season.ends_on, season.timezone)
    own = {wish.holder for wish in board_wishes.values()}
    everybody = tuple(parties.values())
    standing = calendar.standing_around(db, span=span, parties=everybody, now=now, terms=terms)
    around = calendar.engagements_during(db, span=reach(span), parties=everybody, now=now)
    board = Board(
        limits=season.limits,
        timezone=season.timezone,
        terms=terms,
        now=now,
        wishes=board_wishes,
        standing=[other for other in standing if other.holder not in own],
        around=[other for other in around if other.holder not in own],
    )
    for wish in part:
        if wish.place is not None:
            board.place(wish.position, wish.place)
    return board


def draft_of_wish(season: SeasonDetail, wish: WishDetail, span: Timespan | None) -> EventDraft:
    """Returns the event that a wish becomes at a time."""
    return EventDraft(
        kind=EventKind.WEBINAR,
        title=wish.title,
        span=span,
        timezone=season.timezone,
        groups=wish.groups,
        people=tuple(Participant(person) for person in wish.people),
        countries=wish.countries,
    ).settled()


@dataclass(frozen=True)
class _Known:
    """What the wishes name, and what their questions to the calendar depend on."""

    groups: Mapping[str, GroupReference]
    people: Mapping[int, str]
    countries: tuple[InvitedCountry, ...]
    holidays: tuple[Holiday, ...]
    delegates: Delegates
    published: Mapping[UUID, Event]

    @classmethod
    def read(cls, db: Session, season: SeasonDetail, wishes: Iterable[WishDetail]) -> "_Known":
        wanted = list(wishes)
        people = {person for wish in wanted for person in wish.people}
        groups = groups_called(db, {slug for wish in wanted for slug in wish.groups})
        named = db.execute(select(Person.id, Person.full_name).where(Person.id.in_(people)))
        events = [wish.pinned_event_id for wish in wanted if wish.pinned_event_id is not None]
        rows = db.scalars(select(Event).where(Event.id.in_(events))) if events else ()
        days = _days(season.starts_on, season.ends_on, season.timezone)
        return cls(
            groups={group.slug: group for group in groups},
            people={row.id: row.full_name for row in named},
            countries=invited_countries(db),
            holidays=tuple(
                holiday for holiday in holidays_around(db, span=days) if not holiday.is_binding
            ),
            delegates=delegates_within(db, first=season.starts_on, last=season.ends_on),
            published={event.id: event for event in rows},
        )

    def asking(self, season: SeasonDetail, wish: WishDetail, now: datetime) -> Asking:
        draft, stored = draft_of_wish(season, wish, None), Stored()
        event = self.published.get(wish.pinned_event_id) if wish.pinned_event_id else None
        if event is not None and event.starts_at and event.ends_at:
            draft = replace(draft, mode=Mode(event.mode), timezone=event.timezone)
            stored = Stored(Timespan(event.starts_at, event.ends_at), event.starts_at)
        return Asking(
            draft=draft,
            known=References(
                groups=tuple(self.groups[slug] for slug in draft.groups if slug in self.groups),
                editions={},
                people={
                    person.person_id: self.people[person.person_id]
                    for person in draft.people
                    if person.person_id in self.people
                },
                countries=tuple(
                    one
                    for one in self.countries
                    if not draft.countries or one.code in draft.countries
                ),
            ),
            now=now,
            event_id=wish.pinned_event_id,
            stored=stored,
            holidays=self.holidays,
            delegates=self.delegates,
        )


def _wish(season: SeasonDetail, wish: WishDetail, asking: Asking) -> Wish:
    """Returns the wish. Its preferred day is the middle of the days that it names, where it names
    both.
    """
    middle = (
        wish.earliest + (wish.latest - wish.earliest) / 2 if wish.earliest and wish.latest else None
    )
    return Wish(
        key=wish.position,
        holder=holder_of(wish.pinned_event_id) if wish.pinned_event_id else f"wish:{wish.position}",
        title=wish.title,
        minutes=wish.minutes,
        at=asking.at,
        first=max(season.starts_on, wish.earliest or season.starts_on),
        last=min(season.ends_on, wish.latest or season.ends_on),
        spacing=wish.spacing,
        wished_on=middle,
        after=frozenset(wish.after),
        published_at=wish.published_at,
        chosen_at=wish.chosen_at,
    )


def _days(first: date, last: date, timezone: str) -> Timespan:
    """Returns the span of whole days, both included."""
    zone = ZoneInfo(timezone)
    ends_on = last + timedelta(days=1)
    return Timespan(datetime.combine(first, time(), zone), datetime.combine(ends_on, time(), zone))


# Several seasons as one view: all their wishes in order of time, their clashes and their
# duplicates.


@dataclass(frozen=True)
class MergedWish:
    """A wish with the number that it has in the merged view."""

    key: int
    season: SeasonDetail
    wish: WishDetail


@dataclass(frozen=True)
class PlanClash:
    """What the rule book says of a wish beside wishes of other plans; `keys`: that wish, then
    these.
    """

    keys: tuple[int, ...]
    finding: Finding


@dataclass(frozen=True)
class Merged:
    seasons: tuple[SeasonDetail, ...]
    entries: tuple[MergedWish, ...]
    clashes: tuple[PlanClash, ...]
    duplicates: tuple[Duplicate, ...]


def merged(db: Session, *, actor: Actor, season_ids: Sequence[UUID], now: datetime) -> Merged:
    """Returns the view.

    `clashes` are those between the plans; clashes within one plan are on its own page. A published
    event that several plans may move is listed once.
    """
    plans = [
        season_of(db, actor=actor, season_id=season_id) for season_id in dict.fromkeys(season_ids)
    ]
    entries = _entries(plans)
    span = replace(
        plans[0], starts_on=min(p.starts_on for p in plans), ends_on=max(p.ends_on for p in plans)
    )
    renumbered = [replace(entry.wish, position=entry.key, after=()) for entry in entries]
    board = board_of(db, span, now=now, wishes=renumbered)
    of_plan = {entry.key: entry.season.id for entry in entries}
    clashes = tuple(
        clash for clash in _clashes(board) if len({of_plan[key] for key in clash.keys}) > 1
    )
    return Merged(
        seasons=tuple(plans),
        entries=entries,
        clashes=clashes,
        duplicates=duplicates(map(_intent, entries)),
    )


def _clashes(board: Board) -> Iterator[PlanClash]:
    """Yields each clash once: a wish is judged beside those that come before it in time."""
    places = sorted(board.plan().items(), key=lambda place: (place[1], place[0]))
    board.placed.clear()
    for key, starts_at in places:
        board.place(key, starts_at)
        for finding in board.findings(key):
            others = board.wishes_in(finding)
            if others:
                yield PlanClash((key, *sorted(others)), finding)


def _entries(plans: Sequence[SeasonDetail]) -> tuple[MergedWish, ...]:
    seen: set[UUID] = set()
    entries: list[tuple[SeasonDetail, WishDetail]] = []
    for plan in plans:
        for wish in plan.wishes:
            if wish.is_gone or (wish.pinned_event_id is not None and wish.pinned_event_id in seen):
                continue
            if wish.pinned_event_id is not None:
                seen.add(wish.pinned_event_id)
            entries.append((plan, wish))
    return tuple(MergedWish(key, plan, wish) for key, (plan, wish) in enumerate(entries, start=1))


def _intent(entry: MergedWish) -> Intent:
    season, wish = entry.season, entry.wish
    first, last = wish.earliest or season.starts_on, wish.latest or season.ends_on
    return Intent(key=entry.key, plan=str(season.id), title=wish.title, first=first, last=last)


# How the rows of a pasted table may name groups, countries and people.

AROUND = re.compile(
    r"^(?:el |the )?(?:(?:grupo|gt|mesa)(?: de trabajo)?(?: de| sobre)?|(?:working )?group on) "
    r"| (?:working group|wg|group)$"
)


def groups_by_key(db: Session) -> dict[str, str]:
    """Returns the slug of each group by the keys of its slug, its code, its names and its short
    names.
    """
    short = current_body().short_names
    return {
        group_key(name): group.slug
        for group in db.scalars(select(WorkingGroup))
        for names in (group.name, short.get(group.slug, group.name))
        for name in (group.slug, group.code, *names.values())
    }


def group_key(name: str) -> str:
    """Returns what a name says of a group beyond being one: "Grupo de Trabajo de Protección",
    "el grupo de protección" and "Protection WG" say what their short names say.
    """
    key = re.sub(r"[\s_-]+", " ", plain_key(name)).strip(" «»“”\"'.")
    return AROUND.sub("", key).strip() or key


def countries_by_key(db: Session) -> dict[str, str]:
    """Returns the code of each country by its code and its names."""
    return {
        key: country.code
        for country in db.scalars(select(Country))
        for key in (plain_key(country.code), *map(plain_key, country.name.values()))
    }


def slugs_of_kind(db: Session, kind: str) -> dict[int, str]:
    rows = db.execute(select(WorkingGroup.id, WorkingGroup.slug).where(WorkingGroup.kind == kind))
    return {row.id: row.slug for row in rows}


def all_people(db: Session) -> Sequence[Row[int, str]]:
    """Returns number and name of everybody, by number."""
    return db.execute(select(Person.id, Person.full_name).order_by(Person.id)).all()
