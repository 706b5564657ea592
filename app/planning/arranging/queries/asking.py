"""What an event asks of the calendar of record, and what there is to say before anybody presses a button."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.reference import reference_day
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.queries.planning import (
    NO_DELEGATES,
    Delegates,
    cycle_of,
    delegates_within,
    holidays_around,
    session_details,
)
from app.planning.arranging.queries.plans import lacks_of
from app.planning.arranging.queries.seats import Seats, seats_needed, with_delegates_of
from app.planning.arranging.rules import clock
from app.planning.arranging.rules.agenda import SessionsOutside, carried
from app.planning.arranging.rules.clock import MIDNIGHT, moved_span
from app.planning.arranging.rules.cycle import (
    CycleEvent,
    EditionTaken,
    OutOfOrder,
    breach_of,
    nearest_lawful_wish,
)
from app.planning.events.models import Event
from app.planning.events.queries.references import References, parties_of, references_of
from app.planning.events.values import EventDraft, EventKind, Mode, SessionDetail, holder_of
from app.planning.scheduling.queries import calendar
from app.planning.scheduling.rules.clock import zone_of
from app.planning.scheduling.rules.slots import HORIZON, Search, on_weekend
from app.planning.scheduling.rules.spec import Question, Terms
from app.planning.scheduling.values import (
    Finding,
    FreeSlot,
    Holiday,
    InvitedCountry,
    OverrideAsked,
    Party,
    Standing,
)

STANDS = select(Event.starts_at, Event.ends_at, Event.published_at).where(
    Event.id == bindparam("event_id")
)


@dataclass(frozen=True)
class Stored:
    """Where an event stands already. `announced_for`: the start that was published, from which on
    nobody who was told gets less notice than before. `sessions`: the parts that have people of
    their own or must find room.
    """

    span: Timespan | None = None
    announced_for: datetime | None = None
    sessions: tuple[SessionDetail, ...] = ()


NOWHERE = Stored()


@dataclass(frozen=True)
class Asking:
    """A draft with all that its question to the calendar depends on, for any day of the window that
    was read.

    `seats` are given when the draft needs the delegates of its groups, who may be others on another
    day.
    """

    draft: EventDraft
    known: References
    now: datetime
    event_id: UUID | None
    stored: Stored
    holidays: tuple[Holiday, ...]
    delegates: Delegates
    seats: Seats | None = None
    also: tuple[Standing, ...] = ()
    _by_day: dict[tuple[date, date], Question] = field(default_factory=dict, compare=False)

    def at(self, span: Timespan) -> Question:
        """Returns the question with the event at the span. Reads nothing."""
        days = (
            span.starts_at.astimezone(zone_of(self.draft.timezone)).date(),
            reference_day(span.starts_at),
        )
        if days not in self._by_day:
            self._by_day[days] = self._on(span)
        return replace(
            self._by_day[days],
            span=span,
            is_timely=self._is_timely(span),
            sittings=self._sittings_at(span),
        )

    @cached_property
    def everybody(self) -> tuple[Party, ...]:
        """Returns the parties of all days, and whoever is needed in a session alone."""
        seated = self.seats.people if self.seats else {}
        parties = parties_of(
            self.draft, replace(self.known, people={**self.known.people, **seated})
        )
        return (*parties, *(party for _session, people in self._sessions for party in people))

    def holds_sessions(self, span: Timespan) -> bool:
        """Returns True where every session has room within the span."""
        try:
            self._carried(span)
        except SessionsOutside:
            return False
        return True

    def _on(self, span: Timespan) -> Question:
        draft, known = self.draft, self.known
        if self.seats is not None:
            draft = with_delegates_of(replace(draft, span=span, needs_delegates=True), self.seats)
            names = {**known.people, **self.seats.people}
            known = replace(
                known, people={person.person_id: names[person.person_id] for person in draft.people}
            )
        return Question(
            span=span,
            parties=parties_of(draft, known),
            now=self.now,
            holder=holder_of(self.event_id) if self.event_id else None,
            countries=known.countries,
            holidays=self.holidays,
            in_person=draft.mode is not Mode.ONLINE,
            delegations=self.delegates.on(reference_day(span.starts_at)),
            side_event_of=holder_of(draft.side_event_of) if draft.side_event_of else "",
            also=self.also,
        )

    def _is_timely(self, span: Timespan) -> bool:
        announced_for = self.stored.announced_for
        return span.starts_at > self.now and (
            announced_for is None or span.starts_at < announced_for
        )

    @cached_property
    def _sessions(self) -> tuple[tuple[SessionDetail, tuple[Party, ...]], ...]:
        named = {person.person_id for person in self.draft.people}
        return tuple(
            (
                one,
                tuple(
                    Party.person(person.id, person.name)
                    for person in one.people
                    if person.id not in named
                ),
            )
            for one in self.stored.sessions
        )

    def _carried(self, span: Timespan) -> list[Timespan]:
        if self.stored.span is None:
            return []
        return carried(
            [(one.title, one.span) for one, _people in self._sessions], self.stored.span, span
        )

    def _sittings_at(self, span: Timespan) -> tuple[tuple[Timespan, tuple[Party, ...]], ...]:
        if not self._sessions or not self.holds_sessions(span):
            return ()
        people = (party for _session, party in self._sessions)
        return tuple(
            (where, who) for where, who in zip(self._carried(span), people, strict=True) if who
        )


def asking_of(
    db: Session,
    *,
    draft: EventDraft,
    known: References,
    now: datetime,
    event_id: UUID | None = None,
    seats: Seats | None = None,
    also: Sequence[Standing] = (),
    days: int = 0,
    holidays: Sequence[Holiday] | None = None,
) -> Asking | None:
    """Reads what the draft's question depends on, for its own day and so many `days` before and
    after it; the `holidays` of these days unless they are given.

    None when the draft occupies nothing (partial dates, other processes' meetings). With `days` its
    sessions are read too, as they go where the event goes.
    """
    if draft.span is None or draft.kind is EventKind.EXTERNAL:
        return None
    day = reference_day(draft.span.starts_at)
    if holidays is None:
        holidays = holidays_around(db, span=draft.span, days=days)
    reach = timedelta(days=days)
    return Asking(
        draft=draft,
        known=known,
        now=now,
        event_id=event_id,
        stored=_stored(db, event_id, with_sessions=days > 0),
        holidays=tuple(holiday for holiday in holidays if not holiday.is_binding),
        delegates=delegates_within(db, first=day - reach, last=day + reach)
        if draft.groups
        else NO_DELEGATES,
        seats=seats,
        also=tuple(also),
    )


def _stored(db: Session, event_id: UUID | None, *, with_sessions: bool) -> Stored:
    if event_id is None:
        return NOWHERE
    row = db.execute(STANDS, {"event_id": event_id}).first()
    if row is None or row.starts_at is None or row.ends_at is None:
        return NOWHERE
    sessions = session_details(db, event_id=event_id) if with_sessions else ()
    return Stored(
        Timespan(row.starts_at, row.ends_at),
        row.starts_at if row.published_at is not None else None,
        sessions,
    )


# What there is to say about a proposed time before anybody presses a button; values only, the
# words come later.

SLOTS = 3
READ_DAYS = HORIZON + 14
"""Days before and after the wish of which holidays and delegates are read: the horizon, and a week
before the wish.
"""


@dataclass(frozen=True)
class CountryHours:
    """What the clock of a country's capital says of the slot. `starts` is local and aware."""

    country: InvitedCountry
    starts: datetime
    ends: datetime
    part: clock.DayPart
    holiday: LocalizedText | None


@dataclass(frozen=True)
class Advice:
    findings: tuple[Finding, ...] = ()
    breach: OutOfOrder | None = None
    slots: tuple[FreeSlot, ...] = ()
    hours: tuple[CountryHours, ...] = ()

    @property
    def is_refused(self) -> bool:
        return self.breach is not None or any(finding.is_refused for finding in self.findings)


def advice(
    db: Session,
    *,
    actor: Actor,
    draft: EventDraft,
    span: Timespan,
    now: datetime,
    event_id: UUID | None = None,
    overrides: Sequence[OverrideAsked] = (),
    also: Sequence[Standing] = (),
    with_slots: bool = True,
    known: References | None = None,
    terms: Terms | None = None,
) -> Advice:
    """Returns findings, what breaks a cycle, and (when refused) free slots. `also` would be claimed
    in the same act. What the draft names is looked up unless it is `known`, and the `terms` are
    read unless they are given: who asks about many times reads both once.

    Refuses with InvalidInput what the draft names and does not exist.
    """
    wanted = replace(draft, span=span)
    seats = seats_needed(db, wanted)
    draft = with_delegates_of(wanted, seats).settled()
    known = known or references_of(db, draft)
    holidays = holidays_around(db, span=span)
    asking = asking_of(db, draft=draft, known=known, now=now, event_id=event_id, holidays=holidays)
    cycle = cycle_of(
        db, actor=actor, editions={link.edition for link in draft.links}, leaving_out=event_id
    )
    breach = breach_of(span, draft.links, cycle)
    findings: tuple[Finding, ...] = ()
    if asking is not None:
        permitted = frozenset((str(one.rule), one.against) for one in overrides)
        question = replace(asking.at(span), permitted=permitted, also=tuple(also))
        findings = calendar.findings(db, question, terms=terms)
    hours = hours_of(span, known.countries, holidays)
    advised = Advice(findings=findings, breach=breach, slots=(), hours=hours)
    if not (with_slots and advised.is_refused) or asking is None:
        return advised
    read = _Read(proposed=wanted, settled=draft, seats=seats, known=known, cycle=cycle)
    slots = _slots(db, read, actor=actor, now=now, event_id=event_id, also=also)
    return replace(advised, slots=slots)


def free_slots(
    db: Session,
    *,
    actor: Actor,
    draft: EventDraft,
    now: datetime,
    event_id: UUID | None = None,
    also: Sequence[Standing] = (),
    avoiding: Sequence[Timespan] = (),
    since: datetime | None = None,
    limit: int = SLOTS,
    is_refused: bool = True,
) -> tuple[FreeSlot, ...]:
    """Returns times near the draft's own, each on another day, at which the actor may publish it
    without a reason.

    The whole rule book is asked, the order of its cycle, and the annual plan of the year. `also`:
    what is claimed in the same act; `avoiding`: spans that must not overlap; none starts before
    `since`. The time asked for is not among them, as it `is_refused`, nor the one at which the
    event stands.
    """
    if draft.span is None:
        return ()
    seats = seats_needed(db, draft)
    settled = with_delegates_of(draft, seats).settled()
    known = references_of(db, settled)
    cycle = cycle_of(
        db, actor=actor, editions={link.edition for link in draft.links}, leaving_out=event_id
    )
    return _slots(
        db,
        _Read(proposed=draft, settled=settled, seats=seats, known=known, cycle=cycle),
        actor=actor,
        now=now,
        event_id=event_id,
        also=also,
        avoiding=avoiding,
        since=since,
        limit=limit,
        is_refused=is_refused,
    )


@dataclass(frozen=True)
class _Read:
    """A draft as it was proposed and with its delegates, and what was read of it."""

    proposed: EventDraft
    settled: EventDraft
    seats: Seats | None
    known: References
    cycle: tuple[CycleEvent, ...]


def _slots(
    db: Session,
    read: _Read,
    *,
    actor: Actor,
    now: datetime,
    event_id: UUID | None,
    also: Sequence[Standing],
    avoiding: Sequence[Timespan] = (),
    since: datetime | None = None,
    limit: int = SLOTS,
    is_refused: bool = True,
) -> tuple[FreeSlot, ...]:
    draft, settled, cycle = read.proposed, read.settled, read.cycle
    if draft.span is None:
        return ()
    asking = asking_of(
        db,
        draft=settled,
        known=read.known,
        now=now,
        event_id=event_id,
        seats=read.seats,
        also=also,
        days=READ_DAYS,
    )
    wish = nearest_lawful_wish(draft.span, draft.links, cycle)
    if asking is None or isinstance(breach_of(wish, draft.links, cycle), EditionTaken):
        return ()
    is_planned = _LacksNothingMore(db, actor, settled, event_id)

    def accepts(span: Timespan) -> bool:
        return (
            (since is None or span.starts_at >= since)
            and not any(map(span.overlaps, avoiding))
            and breach_of(span, draft.links, cycle) is None
            and asking.holds_sessions(span)
            and is_planned.at(span)
        )

    search = Search(
        wish=wish,
        at=asking.at,
        parties=asking.everybody,
        accepts=accepts,
        leaving_out=frozenset(
            span for span in (draft.span, asking.stored.span) if span is not None and is_refused
        ),
        spans_on=_whole_days(settled) if settled.is_all_day else None,
    )
    return calendar.slots(db, search, limit=limit)


def _whole_days(draft: EventDraft) -> Callable[[date], list[Timespan]]:
    """Returns the one span that an event of whole days may have from a day on; none where it would
    touch a weekend.
    """
    span, zone = draft.span, draft.timezone
    assert span is not None  # noqa: S101 - asked by free_slots

    def spans_on(day: date) -> list[Timespan]:
        moved = moved_span(
            span, on=day, start=MIDNIGHT, typed_in=zone, timezone=zone, is_all_day=True
        )
        return [] if on_weekend(moved) else [moved]

    return spans_on


class _LacksNothingMore:
    """Tells whether publishing at another time would lack what it does not lack at the time asked
    for: the congress's preparatory webinar, the annual plan of another year.
    """

    def __init__(self, db: Session, actor: Actor, draft: EventDraft, event_id: UUID | None) -> None:
        self._db, self._actor, self._draft, self._event_id = db, actor, draft, event_id
        self._by_day: dict[object, frozenset[str]] = {}

    def at(self, span: Timespan) -> bool:
        wished = self._draft.span
        assert wished is not None  # noqa: S101 - asked by free_slots
        is_same_year = self._year(span) == self._year(wished)
        if is_same_year and (
            self._draft.kind is not EventKind.CONGRESS or span.starts_at >= wished.starts_at
        ):
            return True
        return self._lacks(span) <= self._lacks(wished)

    def _year(self, span: Timespan) -> int:
        return span.starts_at.astimezone(ZoneInfo(self._draft.timezone)).year

    def _lacks(self, span: Timespan) -> frozenset[str]:
        key = span if self._draft.kind is EventKind.CONGRESS else self._year(span)
        if key not in self._by_day:
            draft = replace(self._draft, span=span)
            lacks = lacks_of(self._db, actor=self._actor, draft=draft, event_id=self._event_id)
            self._by_day[key] = frozenset(lack.rule for lack in lacks)
        return self._by_day[key]


def hours_of(
    span: Timespan, countries: tuple[InvitedCountry, ...], holidays: tuple[Holiday, ...]
) -> tuple[CountryHours, ...]:
    rows = []
    for country in countries:
        zone = ZoneInfo(country.timezone)
        starts, ends = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
        names = [
            h.name
            for h in holidays
            if h.country_code == country.code and starts.date() <= h.on <= ends.date()
        ]
        part = clock.day_part(span, country.timezone, bool(names))
        rows.append(
            CountryHours(
                country=country,
                starts=starts,
                ends=ends,
                part=part,
                holiday=names[0] if names else None,
            )
        )
    return tuple(rows)
