"""Coverage on days: who serves, who of them is certified, how much of it is known."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from app.kernel.dated import ONE_DAY
from app.kernel.small_numbers import SMALLEST_TOLD, is_small
from app.training.turnover.values import CertificateLife, Coverage, PostTerm


def coverage_on(
    days: Sequence[date], terms: Iterable[PostTerm], holdings: Iterable[CertificateLife]
) -> tuple[Coverage, ...]:
    """Returns one coverage for each day; `days` ascending.

    Each person is a row of bits, one bit a day.
    """
    serving: defaultdict[int, int] = defaultdict(int)
    known: defaultdict[int, int] = defaultdict(int)
    certified: defaultdict[int, int] = defaultdict(int)
    for term in terms:
        bits = _days_within(days, term.starts_on, term.ends_on)
        serving[term.person_id] |= bits
        if term.known_until is not None:
            known[term.person_id] |= bits & _days_within(
                days, term.starts_on, term.known_until + ONE_DAY
            )
    for held in holdings:
        certified[held.person_id] |= _days_within(days, held.starts_on, held.ends_on)
    alike = Counter(
        (bits, known[person], certified[person] & bits) for person, bits in serving.items()
    )
    return tuple(_coverage_of(day, 1 << place, alike) for place, day in enumerate(days))


def _coverage_of(day: date, bit: int, alike: Counter[tuple[int, int, int]]) -> Coverage:
    serving = certified = sure = unconfirmed = 0
    for (served, known, held), people in alike.items():
        if served & bit:
            serving += people
            unconfirmed += 0 if known & bit else people
            certified += people if held & bit else 0
            sure += people if held & known & bit else 0
    return Coverage(
        on=day, serving=serving, certified=certified, sure=sure, unconfirmed=unconfirmed
    )


def _days_within(days: Sequence[date], starts_on: date, ends_on: date | None) -> int:
    first = bisect_left(days, starts_on)
    last = len(days) if ends_on is None else bisect_left(days, ends_on)
    return (1 << last) - (1 << first) if last > first else 0


def month_days(today: date, months: int) -> tuple[date, ...]:
    """Returns the first days of the last so many months, ascending, and today at the end."""
    index = today.year * 12 + today.month - 1
    firsts = [date(n // 12, n % 12 + 1, 1) for n in range(index - months + 1, index + 1)]
    return (*firsts, today) if firsts[-1] != today else tuple(firsts)


def in_public(coverage: Coverage) -> Coverage | None:
    """Returns what may be seen outside the country: None when a cell is under 5, without bounds
    when theirs would be.

    The cells are certified and not certified: with 38 of 40 certified the two others can be told
    from the number.
    """
    if min(coverage.certified, coverage.serving - coverage.certified) < SMALLEST_TOLD:
        return None
    if coverage.sure is None or coverage.unconfirmed is None:
        return coverage
    unsure = coverage.certified - coverage.sure
    rest = coverage.unconfirmed - unsure
    cells = (coverage.sure, unsure, coverage.serving - coverage.certified - rest, rest)
    return (
        replace(coverage, sure=None, unconfirmed=None)
        if any(is_small(n) for n in cells)
        else coverage
    )
