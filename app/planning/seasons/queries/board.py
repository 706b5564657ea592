"""Reads the calendar of record around a season, with the season's webinars in it. The number of
statements does not grow with these.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.timespan import Timespan
from app.people.directory.models import Person
from app.planning.arranging.queries.asking import Asking, Stored
from app.planning.arranging.queries.planning import Delegates, delegates_within, holidays_around
from app.planning.events.models import Event
from app.planning.events.queries.references import GroupReference, References, groups_called
from app.planning.events.values import EventDraft, EventKind, Mode, Participant, holder_of
from app.planning.holidays.queries import invited_countries
from app.planning.scheduling import queries as scheduling
from app.planning.scheduling.rules.limits import reach
from app.planning.scheduling.values import Holiday, InvitedCountry, Party
from app.planning.seasons.queries.seasons import SeasonDetail, WishDetail
from app.planning.seasons.rules.board import Board, Wish


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
    asked = {wish.position: known.asking(season, wish, now) for wish in part}
    board_wishes = {wish.position: _wish(season, wish, asked[wish.position]) for wish in part}
    parties: dict[tuple[str, str], Party] = {}
    for one in asked.values():
        parties |= {(party.kind.value, party.key): party for party in one.everybody}
    terms = scheduling.terms_of(db)
    span = _days(season.starts_on, season.ends_on, season.timezone)
    own = {wish.holder for wish in board_wishes.values()}
    everybody = tuple(parties.values())
    standing = scheduling.standing_around(db, span=span, parties=everybody, now=now, terms=terms)
    around = scheduling.engagements_during(db, span=reach(span), parties=everybody, now=now)
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
