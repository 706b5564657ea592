"""Coverage: what counts on a day, how fast it is lost, whom that concerns, and how it is drawn."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from math import ceil, comb, exp, lgamma, log, sqrt
from statistics import NormalDist

from app.kernel.dated import ONE_DAY, in_force, last_day
from app.kernel.small_numbers import SMALLEST_TOLD, is_small
from app.people.directory.values import Mandate
from app.planning.events.values import GroupSummary
from app.planning.programme.rules import monday_of
from app.training.certificates.rules import RENEWABLE_DAYS
from app.training.turnover.values import (
    CertificateLife,
    Concern,
    Coverage,
    CoveragePart,
    Estimate,
    Exposure,
    Forecast,
    PostTerm,
    Retention,
    ToAct,
    WeekLoad,
)


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
    for term in terms:
        bits = _days_within(days, term.valid_from, term.valid_until)
        serving[term.person_id] |= bits
        if term.last_known_on is not None:
            known[term.person_id] |= bits & _days_within(
                days, term.valid_from, term.last_known_on + ONE_DAY
            )
    for held in holdings:
        certified[held.person_id] |= _days_within(days, held.valid_from, held.valid_until)
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
    from the number. Those who are not are recognised or neither, two cells more.
    """
    if min(coverage.certified, coverage.serving - coverage.certified) < SMALLEST_TOLD:
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


def by_mandate(
    on: date,
    terms: Iterable[PostTerm],
    holdings: Iterable[CertificateLife],
    elsewhere: Iterable[CertificateLife] = (),
) -> tuple[CoveragePart, ...]:
    """Returns the coverage on a day by what the institutions deal with (requirement R36 of the
    first user): migration, gender, both, and last neither. Where nobody serves there is no part.
    """
    held, trained = tuple(holdings), tuple(elsewhere)
    served: defaultdict[Mandate | None, list[PostTerm]] = defaultdict(list)
    for term in terms:
        served[term.mandate].append(term)
    parts = (
        CoveragePart(mandate, coverage_on((on,), served[mandate], held, trained)[0])
        for mandate in (*Mandate, None)
        if mandate in served
    )
    return tuple(part for part in parts if part.coverage.serving)


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


# How fast coverage is lost: person-time, the Gamma–Poisson rate, the forecast, survival in post.
#
# λ is departures, δ is certificates that end while their holders serve, both per person-year served
# with a certificate (domain: "Decay and forecast"). Whoever leaves is replaced by somebody untrained;
# nobody is trained meanwhile.

DAYS_A_YEAR = 365.25
MIN_DEPARTURES = 10
"""Survival and half-life are not shown under it."""

PRIOR_SHAPE, PRIOR_YEARS = 2, 8.0
"""Gamma(2, 8): what is believed before any count, worth two losses in eight person-years (25 % a
year).
"""

FLOOR = 0.60
HALF = 0.5
INTERVAL = (0.10, 0.90)
EXACT = 200
AHEAD_MONTHS = 6

Span = tuple[date, date]


def months_ahead(on: date, months: int = AHEAD_MONTHS) -> date:
    """Returns the first day of the month that the forecast is about."""
    count = on.year * 12 + on.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def exposure(
    terms: Iterable[PostTerm], holdings: Iterable[CertificateLife], since: date, until: date
) -> Exposure:
    """Counts within the window: days from `since` before `until`; what ended after `since` and by
    `until`.
    """
    days = departures = certified_days = certified_departures = lapses = 0
    held = _by_person(holdings)
    for person_id, served in _by_person(terms).items():
        trained = _overlap(served, held.get(person_id, []))
        ends = {end for _, end in served}
        days += _days_in(served, since, until)
        certified_days += _days_in(trained, since, until)
        departures += sum(since < end <= until for end in ends)
        certified_departures += sum(since < end <= until and end in ends for _, end in trained)
        lapses += sum(since < end <= until and end not in ends for _, end in trained)
    return Exposure(
        years=days / DAYS_A_YEAR,
        departures=departures,
        certified_years=certified_days / DAYS_A_YEAR,
        certified_departures=certified_departures,
        lapses=lapses,
    )


@lru_cache(maxsize=512)
def forecast(
    now: Coverage, counted: Exposure, *, months: int = AHEAD_MONTHS, floor: float = FLOOR
) -> Forecast | None:
    """Forecasts how many of the certified still serve after some months, with an 80 % interval.

    K(t) = K0·e^{−(λ+δ)t} with λ+δ ~ Gamma(2 + losses, 8 + person-years), of the certified group,
    from both ends of what is known today: the low end goes on from `sure`, the high end from
    `certified`, the median from the middle between them. The base is the headcount of today.
    Returns None when nobody is certified, and where the low end of today must stay hidden.

    Medians, because the transform of a median is the median of the transform. The interval of the
    count knows both that the rate is not known and that few people leave by chance; the others only
    the former.

    Results are kept by the arguments, which are all that they depend on: the same figures come with
    every view of a country until somebody joins, leaves or passes, and working them out was half of
    the page.
    """
    if not now.certified or not now.serving or now.sure is None:
        return None
    losses = counted.certified_departures + counted.lapses
    rate = gamma(PRIOR_SHAPE + losses, PRIOR_YEARS + counted.certified_years)
    chances = [exp(-r * months / 12) for r in _sampled(losses, counted.certified_years)]
    middle = (now.sure + now.certified) / 2
    return Forecast(
        months=months,
        certified=Estimate(
            _remaining(now.sure, chances)[0],
            middle * exp(-rate.median * months / 12),
            _remaining(now.certified, chances)[1],
        ),
        rate=rate,
        half_life_years=_falling(rate, lambda r: log(2) / r),
        floor=floor,
        months_to_floor=Estimate(
            _months_until(floor, now.sure / now.serving, rate.high),
            _months_until(floor, middle / now.serving, rate.median),
            _months_until(floor, now.certified / now.serving, rate.low),
        )
        if now.certified / now.serving > floor
        else None,
    )


def missing_to_floor(now: Coverage, *, floor: float = FLOOR) -> tuple[int, int]:
    """Returns how many more certified officials reach the floor, at least and at most.

    At least, if all who are not confirmed serve; at most, if none of them does. Both are 0 from the
    floor on.
    """
    needed = ceil(floor * now.serving - 1e-9)
    sure = now.certified if now.sure is None else now.sure
    return max(0, needed - now.certified), max(0, needed - sure)


def retention(
    terms: Iterable[PostTerm], holdings: Iterable[CertificateLife], on: date
) -> Retention:
    """Returns the survival in post from the day of the certificate; whoever still serves on the day
    is censored.
    """
    first_held = {
        person: min(start for start, _ in spans) for person, spans in _by_person(holdings).items()
    }
    lives: list[tuple[int, bool]] = []
    for person_id, served in _by_person(terms).items():
        trained_on = first_held.get(person_id, date.max)
        for start, end in served:
            clock = max(start, trained_on)
            if clock < min(end, on):
                lives.append(((min(end, on) - clock).days, end <= on))
    departures = sum(left for _, left in lives)
    return Retention(
        len(lives), departures, median_survival(lives) if departures >= MIN_DEPARTURES else None
    )


def median_survival(lives: Iterable[tuple[int, bool]]) -> int | None:
    """Returns the first duration at which Ŝ = ∏(1 − dᵢ/nᵢ) is a half or less (Kaplan–Meier).

    `lives` are pairs of a duration in days and whether it ended.
    """
    ended: defaultdict[int, int] = defaultdict(int)
    gone: defaultdict[int, int] = defaultdict(int)
    at_risk = 0
    for duration, has_ended in lives:
        at_risk += 1
        gone[duration] += 1
        ended[duration] += has_ended
    surviving = 1.0
    for duration in sorted(gone):
        surviving *= 1 - ended[duration] / at_risk
        if surviving <= HALF + 1e-12:
            return duration
        at_risk -= gone[duration]
    return None


def _sampled(losses: int, years: float) -> list[float]:
    """Returns rates that stand for the whole belief, each for the same part of it."""
    parts = 25
    return [
        gamma_quantile((n + HALF) / parts, PRIOR_SHAPE + losses, PRIOR_YEARS + years)
        for n in range(parts)
    ]


def _remaining(certified: int, chances: Sequence[float]) -> tuple[int, int]:
    """Returns how many of the certified remain, 80 %, when each does so with one of the chances."""
    counts = range(certified + 1)
    low, high = (
        bisect_left(
            counts, p, key=lambda k: sum(at_most(k, certified, c) for c in chances) / len(chances)
        )
        for p in INTERVAL
    )
    return low, min(high, certified)


def at_most(k: int, n: int, chance: float) -> float:
    """Returns P(Binomial(n, chance) ≤ k): summed for few, by the normal curve for many."""
    if k >= n:
        return 1.0
    if n > EXACT:
        return NormalDist(n * chance, sqrt(n * chance * (1 - chance))).cdf(k + HALF)
    return sum(comb(n, m) * chance**m * (1 - chance) ** (n - m) for m in range(k + 1))


def gamma(shape: int, years: float) -> Estimate:
    """Returns the median and the 80 % interval of Gamma(shape, years)."""
    low, high = INTERVAL
    return Estimate(*(gamma_quantile(p, shape, years) for p in (low, HALF, high)))


def gamma_quantile(p: float, shape: int, rate: float) -> float:
    """Returns the quantile of Gamma(shape, rate) with a whole shape, by halving.

    P(X ≤ x) is the chance of `shape` Poisson events by x. Above 200 it uses Wilson and Hilferty's
    cube, which is right to four digits there.
    """
    if shape > EXACT:
        return (
            shape / rate * (1 - 1 / (9 * shape) + NormalDist().inv_cdf(p) / (3 * sqrt(shape))) ** 3
        )
    low, high = 0.0, (shape + 10 * sqrt(shape) + 20) / rate
    for _ in range(60):
        middle = (low + high) / 2
        if _at_least(shape, rate * middle) < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_least(events: int, mean: float) -> float:
    """Returns P(Poisson(mean) ≥ events), summed away from the mode on the lighter side, until
    nothing more is added.
    """
    if mean <= 0:
        return 0.0
    if mean < events:
        return _summed(events, mean, lambda k, term: term * mean / (k + 1), 1)
    return 1 - _summed(events - 1, mean, lambda k, term: term * k / mean, -1)


def _summed(k: int, mean: float, following: Callable[[int, float], float], step: int) -> float:
    term = exp(k * log(mean) - mean - lgamma(k + 1))
    total = 0.0
    while k >= 0 and term > total * 1e-16:
        total += term
        term = following(k, term)
        k += step
    return total


def _months_until(floor: float, share: float, rate: float) -> float:
    """Returns the months until a share that falls at a yearly rate is at the floor; 0 when it is
    there.
    """
    return 12 * log(share / floor) / rate if share > floor else 0.0


def _falling(rate: Estimate, value: Callable[[float], float]) -> Estimate:
    """Returns the estimate of what falls as the rate grows, so the bounds change places."""
    return Estimate(value(rate.high), value(rate.median), value(rate.low))


def _by_person(rows: Iterable[PostTerm] | Iterable[CertificateLife]) -> dict[int, list[Span]]:
    """Returns each person's days as spans that neither touch nor overlap; no end is the last day of
    all.
    """
    spans: defaultdict[int, list[Span]] = defaultdict(list)
    for row in rows:
        end = row.valid_until or date.max
        if row.valid_from < end:
            spans[row.person_id].append((row.valid_from, end))
    return {person: _merged(sorted(own)) for person, own in spans.items()}


def _merged(spans: list[Span]) -> list[Span]:
    merged = spans[:1]
    for start, end in spans[1:]:
        if start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _overlap(one: list[Span], other: list[Span]) -> list[Span]:
    shared = [(max(a, c), min(b, d)) for a, b in one for c, d in other]
    return [(start, end) for start, end in shared if start < end]


def _days_in(spans: Iterable[Span], since: date, until: date) -> int:
    return sum(max(0, (min(end, until) - max(start, since)).days) for start, end in spans)


# Whom to act on. A list for a focal point's work, the longest waiting first; never a ranking of
# persons.

NEW = timedelta(days=90)
SOON = timedelta(days=RENEWABLE_DAYS)
"""As for the holder, who is offered to renew from the same day on."""
LATELY = timedelta(days=365)


def to_act(
    terms: Sequence[PostTerm],
    holdings: Sequence[CertificateLife],
    enrolled: Collection[int],
    on: date,
) -> ToAct:
    return ToAct(
        not_certified=not_certified(terms, holdings, on),
        newcomers=newcomers(terms, enrolled, on),
        lapsing=lapsing(terms, holdings, on),
        certified_left=certified_left(terms, holdings, on),
    )


def not_certified(
    terms: Iterable[PostTerm], holdings: Iterable[CertificateLife], on: date
) -> tuple[Concern, ...]:
    """Returns who serves without a valid certificate, the longest in post first."""
    holders = {held.person_id for held in holdings if _is_on(held, on)}
    return _by_day(
        {person: since for person, since in _serving(terms, on).items() if person not in holders}
    )


def newcomers(
    terms: Iterable[PostTerm], enrolled: Collection[int], on: date
) -> tuple[Concern, ...]:
    """Returns who joined within 90 days and never enrolled in the course; the first to join first.

    Who only moved is not new.
    """
    terms = tuple(terms)
    known = {term.person_id for term in terms if term.valid_from <= on - NEW}
    return _by_day(
        {
            p: since
            for p, since in _serving(terms, on).items()
            if p not in known and p not in enrolled
        }
    )


def lapsing(
    terms: Iterable[PostTerm], holdings: Iterable[CertificateLife], on: date
) -> tuple[Concern, ...]:
    """Returns who serves and is certified today, with a last valid day within 90 days; the first to
    lapse first.

    The day given is the last valid one.
    """
    serving, last_days = _serving(terms, on), _last_valid_days(holdings, on)
    soon = on + SOON
    return _by_day(
        {person: last for person, last in last_days.items() if person in serving and last <= soon}
    )


def certified_left(
    terms: Iterable[PostTerm], holdings: Iterable[CertificateLife], on: date
) -> tuple[Concern, ...]:
    """Returns who left all target posts within a year while holding a valid certificate; the last
    to leave first.
    """
    terms = tuple(terms)
    serving = _serving(terms, on)
    left: dict[int, date] = {}
    for term in terms:
        if (
            term.valid_until is not None
            and on - LATELY < term.valid_until <= on
            and term.person_id not in serving
        ):
            left[term.person_id] = max(term.valid_until, left.get(term.person_id, term.valid_until))
    trained = {
        held.person_id
        for held in holdings
        if held.person_id in left and _is_on(held, left[held.person_id])
    }
    return tuple(
        reversed(_by_day({person: end for person, end in left.items() if person in trained}))
    )


def _serving(terms: Iterable[PostTerm], on: date) -> dict[int, date]:
    """Returns since when each person serves, by the earliest of the appointments that are open."""
    since: dict[int, date] = {}
    for term in terms:
        if _is_on(term, on):
            since[term.person_id] = min(term.valid_from, since.get(term.person_id, term.valid_from))
    return since


def _last_valid_days(holdings: Iterable[CertificateLife], on: date) -> dict[int, date]:
    """Returns the last valid day, as paper and pages say it, of those who hold a certificate today."""
    until: dict[int, date] = {}
    for held in holdings:
        if _is_on(held, on):
            last = last_day(held.valid_until) or date.max
            until[held.person_id] = max(last, until.get(held.person_id, date.min))
    return until


def _is_on(span: PostTerm | CertificateLife, on: date) -> bool:
    return in_force(span.valid_from, span.valid_until, on)


def _by_day(days: dict[int, date]) -> tuple[Concern, ...]:
    return tuple(sorted(days.items(), key=lambda concern: (concern[1], concern[0])))


# Where the points of a small line chart lie, and what the weeks of the calendar hold.
#
# Units of the drawing; the origin is top left, shares run upwards.


@dataclass(frozen=True)
class Chart:
    """Lines and bands as "x,y x,y …"; a month that must not be shown, or with nobody serving,
    interrupts them.
    """

    width: int
    height: int
    lines: tuple[str, ...]
    bands: tuple[str, ...]
    last: tuple[float, float] | None


def trend(series: Sequence[Coverage | None], width: int, height: int) -> Chart:
    """Returns the line of the shares with the band down to what is sure, in a drawing of a size."""
    step = width / max(1, len(series) - 1)
    runs: list[list[tuple[float, float, float]]] = [[]]
    for place, coverage in enumerate(series):
        if coverage is None or coverage.share is None:
            runs.append([])
        else:
            low = coverage.share if coverage.low is None else coverage.low
            runs[-1].append(
                (round(place * step, 1), _down(coverage.share, height), _down(low, height))
            )
    runs = [run for run in runs if run]
    lines = tuple(_points((x, y) for x, y, _ in run) for run in runs)
    bands = tuple(
        _points([*((x, y) for x, y, _ in run), *((x, low) for x, _, low in reversed(run))])
        for run in runs
    )
    return Chart(width, height, lines, bands, (runs[-1][-1][0], runs[-1][-1][1]) if runs else None)


def _down(share: float, height: int) -> float:
    return round(height * (1 - share), 1)


def _points(pairs: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in pairs)


def weeks_of_load(
    events: Iterable[tuple[date, Sequence[str]]],
    groups: Sequence[GroupSummary],
    mondays: Sequence[date],
) -> tuple[WeekLoad, ...]:
    """Returns a row for each group and, last, one for all.

    `events`: the day on which each starts and its groups' slugs; one of two groups counts in both
    rows and once in the last.
    """
    per_group: Counter[tuple[str, date]] = Counter()
    per_week: Counter[date] = Counter()
    for on, slugs in events:
        monday = monday_of(on)
        per_week[monday] += 1
        per_group.update((slug, monday) for slug in slugs)
    rows = [
        WeekLoad(group, tuple(per_group[group.slug, monday] for monday in mondays))
        for group in groups
    ]
    return (*rows, WeekLoad(None, tuple(per_week[monday] for monday in mondays)))
