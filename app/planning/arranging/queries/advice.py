"""What there is to say about a proposed time before anybody presses a button; values only, the
words come later.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging import rules
from app.planning.arranging.queries.asking import asking_of
from app.planning.arranging.queries.planning import cycle_of, holidays_around
from app.planning.arranging.queries.readiness import lacks_of
from app.planning.arranging.queries.seats import Seats, seats_needed, with_delegates_of
from app.planning.arranging.rules.moves import MIDNIGHT, moved_span
from app.planning.events.queries.references import References, references_of
from app.planning.events.values import (
    EventDraft,
    EventKind,
)
from app.planning.scheduling import queries as scheduling
from app.planning.scheduling.rules.slots import HORIZON, on_weekend
from app.planning.scheduling.rules.spec import Terms
from app.planning.scheduling.values import (
    Finding,
    FreeSlot,
    Holiday,
    InvitedCountry,
    OverrideAsked,
    Standing,
)

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
    part: rules.DayPart
    holiday: LocalizedText | None


@dataclass(frozen=True)
class Advice:
    findings: tuple[Finding, ...] = ()
    breach: rules.OutOfOrder | None = None
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
    breach = rules.breach(span, draft.links, cycle)
    findings: tuple[Finding, ...] = ()
    if asking is not None:
        permitted = frozenset((str(one.rule), one.against) for one in overrides)
        question = replace(asking.at(span), permitted=permitted, also=tuple(also))
        findings = scheduling.findings(db, question, terms=terms)
    hours = hours_of(span, known.countries, holidays)
    found = Advice(findings=findings, breach=breach, slots=(), hours=hours)
    if not (with_slots and found.is_refused) or asking is None:
        return found
    read = _Read(proposed=wanted, settled=draft, seats=seats, known=known, cycle=cycle)
    slots = _slots(db, read, actor=actor, now=now, event_id=event_id, also=also)
    return replace(found, slots=slots)


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
    cycle: tuple[rules.CycleEvent, ...]


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
    wish = rules.nearest_lawful_wish(draft.span, draft.links, cycle)
    if asking is None or isinstance(rules.breach(wish, draft.links, cycle), rules.EditionTaken):
        return ()
    is_planned = _LacksNothingMore(db, actor, settled, event_id)

    def accepts(span: Timespan) -> bool:
        return (
            (since is None or span.starts_at >= since)
            and not any(map(span.overlaps, avoiding))
            and rules.breach(span, draft.links, cycle) is None
            and asking.holds_sessions(span)
            and is_planned.at(span)
        )

    search = scheduling.Search(
        wish=wish,
        at=asking.at,
        parties=asking.everybody,
        accepts=accepts,
        leaving_out=frozenset(
            span for span in (draft.span, asking.stored.span) if span is not None and is_refused
        ),
        spans_on=_whole_days(settled) if settled.is_all_day else None,
    )
    return scheduling.slots(db, search, limit=limit)


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
            found = lacks_of(self._db, actor=self._actor, draft=draft, event_id=self._event_id)
            self._by_day[key] = frozenset(lack.rule for lack in found)
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
        part = rules.day_part(span, country.timezone, bool(names))
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
