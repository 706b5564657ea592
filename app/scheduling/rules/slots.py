"""Free slots: a grid over the weeks around the time wished for, without what would be refused, best first."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.kernel.timespan import Timespan
from app.scheduling.rules.book import ORDINARY, Terms, clash_with, licences_taken, of_kind
from app.scheduling.rules.clock import local_days, remarks
from app.scheduling.values import FreeSlot, Holiday, InvitedCountry, Party, PartyKind, Rule, Standing

REFERENCE_ZONE = "America/Costa_Rica"
# 08:00–17:00 of all eleven capitals at once, all year round, is 08:00–15:00 in Costa Rica.
COMMON_OPENS, COMMON_CLOSES = time(8), time(15)
STEP = timedelta(minutes=15)
LOOK_BACK = timedelta(days=7)
SATURDAY = 5

Burden = Callable[[FreeSlot], int]


def no_burden(_slot: FreeSlot) -> int:
    """Nothing has to be confirmed."""
    return 0


def search_window(wish: Timespan, *, days: int, now: datetime) -> Timespan:
    """The days searched: from a week before the wish, never the past."""
    starts_at = max(now, wish.starts_at - LOOK_BACK)
    return Timespan(starts_at, starts_at + timedelta(days=days))


def grid(window: Timespan, duration: timedelta) -> Iterator[Timespan]:
    """Spans every quarter of an hour, on weekdays, in the common hours; what is longer than these starts with them."""
    zone = ZoneInfo(REFERENCE_ZONE)
    for day in local_days(window, REFERENCE_ZONE):
        opens, closes = (datetime.combine(day, hour, zone) for hour in (COMMON_OPENS, COMMON_CLOSES))
        latest = max(opens, closes - duration)
        for n in range((latest - opens) // STEP + 1):
            span = Timespan(opens + n * STEP, opens + n * STEP + duration)
            days = local_days(span, REFERENCE_ZONE)
            on_weekend = days[0].weekday() >= SATURDAY or days[-1].weekday() >= SATURDAY
            if span.starts_at >= window.starts_at and span.starts_at < window.ends_at and not on_weekend:
                yield span


def free(
    spans: Iterable[Timespan],
    *,
    parties: Sequence[Party],
    standing: Iterable[Standing],
    countries: Sequence[InvitedCountry] = (),
    holidays: Sequence[Holiday] = (),
    terms: Terms = ORDINARY,
) -> Iterator[FreeSlot]:
    """Those spans that no rule of the book refuses, each with what the clock has to say about it."""
    around = tuple(standing)
    licences = of_kind(PartyKind.LICENCE, parties)
    taken = merged(_kept_clear(other, terms) for other in around if _is_in_the_way(other, parties, terms))
    ends = [other.ends_at for other in taken]
    for span in spans:
        quiet = Timespan(span.starts_at, span.ends_at + terms.buffer(span))
        next_one = bisect_right(ends, span.starts_at)  # the first that ends after this one starts
        if next_one != len(taken) and taken[next_one].overlaps(quiet):
            continue
        if not (licences and licences_taken(span, licences, around, terms)):
            yield FreeSlot(span, remarks(span, countries, holidays, terms.book))


def _is_in_the_way(other: Standing, parties: Sequence[Party], terms: Terms) -> bool:
    found = clash_with(other, other.span, parties, terms)
    return found is not None and found.is_refused


def _kept_clear(other: Standing, terms: Terms) -> Timespan:
    return Timespan(other.span.starts_at, other.span.ends_at + terms.buffer(other.span))


def merged(spans: Iterable[Timespan]) -> list[Timespan]:
    """The same time in order and without overlaps."""
    disjoint: list[Timespan] = []
    for span in sorted(spans):
        if disjoint and span.starts_at <= disjoint[-1].ends_at:
            last = disjoint.pop()
            span = Timespan(last.starts_at, max(last.ends_at, span.ends_at))  # noqa: PLW2901 - grown, not replaced
        disjoint.append(span)
    return disjoint


def nearest_first(spans: Iterable[Timespan], wish: Timespan) -> list[Timespan]:
    return sorted(spans, key=lambda span: (abs(span.starts_at - wish.starts_at), span.starts_at))


def best(slots: Iterable[FreeSlot], *, limit: int, burden: Burden = no_burden) -> tuple[FreeSlot, ...]:
    """Fewest to confirm, then fewest countries on holiday, then fewest outside office hours, then nearest to the wish;
    no two overlap.

    Takes them nearest first, and stops as soon as enough make nobody unhappy: what is farther need not be weighed.
    """
    chosen: list[FreeSlot] = []
    weighed: list[tuple[tuple[int, int, int], FreeSlot]] = []
    for slot in slots:
        countries = slot.countries_found(Rule.HOLIDAY), slot.countries_found(Rule.OUTSIDE_HOURS)
        unhappy = (burden(slot), *countries)
        if any(unhappy):
            weighed.append((unhappy, slot))
        elif _is_apart(slot, chosen):
            chosen.append(slot)
            if len(chosen) == limit:
                return tuple(chosen)
    for _, slot in sorted(weighed, key=lambda pair: pair[0]):
        if len(chosen) < limit and _is_apart(slot, chosen):
            chosen.append(slot)
    return tuple(chosen)


def _is_apart(slot: FreeSlot, others: Iterable[FreeSlot]) -> bool:
    return not any(slot.span.overlaps(other.span) for other in others)
