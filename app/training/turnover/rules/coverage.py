"""Coverage: what counts on a day, and how much of it is told outside the country."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from app.kernel.dated import ONE_DAY
from app.kernel.small_numbers import is_small, may_split
from app.people.directory.values import Mandate
from app.training.turnover.rules.spans import Part, is_on
from app.training.turnover.values import CertificateLife, Coverage, CoveragePart, PostTerm


def coverage_on(
    days: Sequence[date],
    terms: Iterable[PostTerm],
    holdings: Iterable[CertificateLife],
    elsewhere: Iterable[CertificateLife] = (),
) -> tuple[Coverage, ...]:
    """Returns one coverage for each day; `days` ascending. `elsewhere` is training of other
    platforms that was recognised, counted apart for those who hold no certificate of ours.

    Each person is a row of bits, one bit a day.
    """
    serving: defaultdict[int, int] = defaultdict(int)
    known: defaultdict[int, int] = defaultdict(int)
    certified: defaultdict[int, int] = defaultdict(int)
    recognised: defaultdict[int, int] = defaultdict(int)
    begin = days[0]
    for term in terms:
        if term.valid_until is not None and term.valid_until <= begin:
            continue
        bits = _days_within(days, term.valid_from, term.valid_until)
        serving[term.person_id] |= bits
        if term.last_known_on is not None:
            known[term.person_id] |= bits & _days_within(
                days, term.valid_from, term.last_known_on + ONE_DAY
            )
    for person_id, valid_from, valid_until, _edition in holdings:
        if valid_until is None or valid_until > begin:
            certified[person_id] |= _days_within(days, valid_from, valid_until)
    for training in elsewhere:
        recognised[training.person_id] |= _days_within(
            days, training.valid_from, training.valid_until
        )
    alike = Counter(
        (
            bits,
            known[person],
            certified[person] & bits,
            recognised[person] & bits & ~certified[person],
        )
        for person, bits in serving.items()
    )
    return tuple(_coverage_of(day, 1 << place, alike) for place, day in enumerate(days))


def _coverage_of(day: date, bit: int, alike: Counter[tuple[int, int, int, int]]) -> Coverage:
    serving = certified = sure = unconfirmed = recognised = 0
    for (served, known, held, trained), people in alike.items():
        if served & bit:
            serving += people
            unconfirmed += 0 if known & bit else people
            certified += people if held & bit else 0
            sure += people if held & known & bit else 0
            recognised += people if trained & bit else 0
    return Coverage(
        on=day,
        serving=serving,
        certified=certified,
        sure=sure,
        unconfirmed=unconfirmed,
        recognised=recognised,
    )


def _days_within(days: Sequence[date], valid_from: date, valid_until: date | None) -> int:
    first = bisect_left(days, valid_from)
    last = len(days) if valid_until is None else bisect_left(days, valid_until)
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
    from the number, and with 40 of 40 each of them. Those who are not are recognised or neither, two cells more.
    """
    if not may_split((coverage.certified, coverage.serving - coverage.certified)):
        return None
    if coverage.recognised is not None and any(
        map(is_small, (coverage.recognised, _untrained(coverage, coverage.recognised)))
    ):
        coverage = replace(coverage, recognised=None)
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


def _untrained(coverage: Coverage, recognised: int) -> int:
    return coverage.serving - coverage.certified - recognised


def by_part(
    on: date,
    terms: Iterable[PostTerm],
    holdings: Iterable[CertificateLife],
    elsewhere: Iterable[CertificateLife] = (),
    *,
    key: Callable[[PostTerm], Part],
) -> dict[Part, Coverage]:
    """Returns the coverage on a day of each part of the staff, such as an institution. Somebody with
    posts in two parts counts in both; where nobody serves there is no part.
    """
    holders = {held.person_id for held in holdings if is_on(held, on)}
    trained = {one.person_id for one in elsewhere if is_on(one, on)} - holders
    parts: defaultdict[Part, dict[int, bool]] = defaultdict(dict)
    for term in terms:
        if is_on(term, on):
            people = parts[key(term)]
            is_known = term.last_known_on is not None and on <= term.last_known_on
            people[term.person_id] = is_known or people.get(term.person_id, False)
    return {
        part: Coverage(
            on=on,
            serving=len(people),
            certified=sum(person in holders for person in people),
            sure=sum(is_known and person in holders for person, is_known in people.items()),
            unconfirmed=sum(not is_known for is_known in people.values()),
            recognised=sum(person in trained for person in people),
        )
        for part, people in parts.items()
    }


def by_mandate(
    on: date,
    terms: Iterable[PostTerm],
    holdings: Iterable[CertificateLife],
    elsewhere: Iterable[CertificateLife] = (),
) -> tuple[CoveragePart, ...]:
    """Returns the coverage on a day by what the institutions deal with (requirement R36 of the
    first user): migration, gender, both, and last neither.
    """
    parts = by_part(on, terms, holdings, elsewhere, key=lambda term: term.mandate)
    return tuple(
        CoveragePart(mandate, parts[mandate]) for mandate in (*Mandate, None) if mandate in parts
    )


def by_edition(
    on: date, terms: Iterable[PostTerm], holdings: Iterable[CertificateLife]
) -> dict[int, int]:
    """Returns how many of the certified who serve on the day stand on each edition of the course.
    Whoever holds certificates of two stands on the one that was completed last.
    """
    serving = {term.person_id for term in terms if is_on(term, on)}
    last: dict[int, tuple[date, int]] = {}
    for held in holdings:
        if held.person_id in serving and is_on(held, on):
            one = (held.valid_from, held.edition_id)
            last[held.person_id] = max(one, last.get(held.person_id, one))
    return dict(Counter(edition_id for _day, edition_id in last.values()))


def parts_in_public(parts: Sequence[CoveragePart]) -> tuple[CoveragePart, ...] | None:
    """Returns the parts as they may be seen outside the country, without bounds: the whole would
    tell those of a part that is left out. None when a cell of one part is under 5.
    """
    if any(in_public(part.coverage) is None for part in parts):
        return None
    return tuple(
        replace(part, coverage=replace(part.coverage, sure=None, unconfirmed=None, recognised=None))
        for part in parts
    )


def sum_of_parts(
    on: date, of_countries: Iterable[Sequence[CoveragePart]]
) -> tuple[CoveragePart, ...]:
    """Returns the parts of several countries together, without bounds."""
    serving: Counter[Mandate | None] = Counter()
    certified: Counter[Mandate | None] = Counter()
    for parts in of_countries:
        for part in parts:
            serving[part.mandate] += part.coverage.serving
            certified[part.mandate] += part.coverage.certified
    return tuple(
        CoveragePart(mandate, Coverage(on, serving[mandate], certified[mandate], None, None, None))
        for mandate in (*Mandate, None)
        if serving[mandate]
    )
