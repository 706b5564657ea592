"""How fast coverage is lost: person-time, the Gamma–Poisson rate, the forecast, survival in post.

λ is departures, δ is certificates that end while their holders serve, both per person-year served
with a certificate (domain: "Decay and forecast"). Whoever leaves is replaced by somebody untrained;
nobody is trained meanwhile.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from math import ceil, comb, exp, lgamma, log, sqrt
from statistics import NormalDist

from app.training.turnover.values import (
    CertificateLife,
    Coverage,
    Estimate,
    Exposure,
    Forecast,
    PostTerm,
    Retention,
)

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


def separation_rate(counted: Exposure) -> Estimate:
    """Returns the separation rate λ of all staff per year, with its 80 % interval."""
    return gamma(PRIOR_SHAPE + counted.departures, PRIOR_YEARS + counted.years)


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
        end = row.ends_on or date.max
        if row.starts_on < end:
            spans[row.person_id].append((row.starts_on, end))
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
