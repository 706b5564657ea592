"""How many of the certified still serve later, and when coverage is at the floor (domain: "Decay and
forecast").

λ is departures a person-year served with a certificate, with the region as its prior. When a
certificate ends is on record and not estimated; δ, what ended so far a person-year, is in the
half-life alone. Whoever leaves is replaced by somebody untrained (decision 84).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from math import ceil, exp, log

from app.training.turnover.rules.distributions import (
    INTERVAL,
    gamma,
    gamma_quantile,
    quantile_of_counts,
)
from app.training.turnover.rules.spans import is_on
from app.training.turnover.rules.survival import MIN_DEPARTURES
from app.training.turnover.values import (
    DAYS_A_YEAR,
    CertificateEnds,
    CertificateLife,
    Coverage,
    Estimate,
    Exposure,
    Forecast,
    PostTerm,
    Prior,
    TrainingPlan,
)

PRIOR = Prior(2, 8.0)
"""What is believed before any count: two losses in eight person-years (25 % a year)."""

MIN_COUNTRIES = 3
FLOOR = 0.60
AHEAD_MONTHS = 6
DAYS_A_MONTH = DAYS_A_YEAR / 12
SAMPLES = 25
NOTHING = TrainingPlan()
NO_ENDS = CertificateEnds()


def months_ahead(on: date) -> date:
    """Returns the first day of the month that the forecast is about."""
    count = on.year * 12 + on.month - 1 + AHEAD_MONTHS
    return date(count // 12, count % 12 + 1, 1)


def regional_prior(others: Iterable[Exposure]) -> Prior:
    """Returns the rate of the other countries as the prior of one: worth two departures, in the
    person-years in which the others together lose two.

    The weight is fixed, because eleven rates say too little about how far they lie apart. Where the
    others lost fewer than ten certified people, or fewer than three of them lost any, it is the
    general one.
    """
    counted = [one for one in others if one.certified_departures]
    left = sum(one.certified_departures for one in counted)
    if left < MIN_DEPARTURES or len(counted) < MIN_COUNTRIES:
        return PRIOR
    years = sum(one.certified_years for one in others)
    return Prior(PRIOR.shape, PRIOR.shape * years / left)


def certificate_ends(
    on: date, terms: Iterable[PostTerm], holdings: Iterable[CertificateLife]
) -> CertificateEnds:
    """Returns when the certificates of those end who are certified and serve on the day: of each the
    last one.
    """
    last: dict[int, date] = {}
    for held in holdings:
        if is_on(held, on):
            end = held.valid_until or date.max
            last[held.person_id] = max(end, last.get(held.person_id, end))
    serving: dict[int, bool] = {}
    for term in terms:
        if term.person_id in last and is_on(term, on):
            is_known = term.last_known_on is not None and on <= term.last_known_on
            serving[term.person_id] = is_known or serving.get(term.person_id, False)
    ending = [
        ((last[person] - on).days, is_known)
        for person, is_known in serving.items()
        if last[person] != date.max
    ]
    return CertificateEnds(
        of_all=tuple(sorted(days for days, _is_known in ending)),
        of_sure=tuple(sorted(days for days, is_known in ending if is_known)),
    )


@lru_cache(maxsize=512)
def forecast(
    now: Coverage,
    counted: Exposure,
    ends: CertificateEnds = NO_ENDS,
    *,
    months: int = AHEAD_MONTHS,
    floor: float = FLOOR,
    prior: Prior = PRIOR,
) -> Forecast | None:
    """Forecasts how many of the certified still serve after some months, with an 80 % interval.

    K(t) = K0·e^{−λt} of those whose certificate lasts, with λ ~ Gamma(a + departures, b +
    person-years), from both ends of what is known today: the low end goes on from `sure`, the high
    end from `certified`, the median from the middle between them. The base is the headcount of
    today. Returns None when nobody is certified, and where the low end of today must stay hidden.

    Medians, because the transform of a median is the median of the transform. The interval of the
    count knows both that the rate is not known and that few people leave by chance; the others only
    the former.

    Results are kept by the arguments, which are all that they depend on: the same figures come with
    every view of a country until somebody joins, leaves or passes, and working them out was half of
    the page.
    """
    if not now.certified or not now.serving or now.sure is None:
        return None
    leaving = _belief(counted.certified_departures, counted.certified_years, prior)
    losing = _belief(counted.certified_departures + counted.lapses, counted.certified_years, prior)
    certified = projection(now, counted, ends, days=months * DAYS_A_MONTH, prior=prior)
    return Forecast(
        months=months,
        serving=now.serving,
        certified=certified,
        leaving=leaving,
        half_life_years=_falling(losing, lambda rate: log(2) / rate),
        floor=floor,
        months_to_floor=_months_to_floor(now, ends, leaving, floor)
        if now.certified / now.serving > floor
        else None,
    )


@lru_cache(maxsize=4096)
def projection(
    now: Coverage,
    counted: Exposure,
    ends: CertificateEnds = NO_ENDS,
    *,
    days: float,
    plan: TrainingPlan = NOTHING,
    prior: Prior = PRIOR,
) -> Estimate:
    """Returns how many are certified in so many days, with this plan: at the low end of those who are
    certain today, at the high end of all on record.

    Whoever passes in the plan's cycle may leave again from then on, like all others.
    """
    sure = 0 if now.sure is None else now.sure
    low, high = (
        certified - max(0, bisect_right(ending, days) - plan.renewed)
        for certified, ending in ((sure, ends.of_sure), (now.certified, ends.of_all))
    )
    trained = (plan.seats + plan.named) if 0 < plan.certified_in <= days else 0
    since = days - plan.certified_in
    rates = _sampled(counted.certified_departures, counted.certified_years, prior)
    stays = [exp(-rate * days / DAYS_A_YEAR) for rate in rates]
    passes = [plan.completion * exp(-rate * since / DAYS_A_YEAR) for rate in rates]
    rate = _belief(counted.certified_departures, counted.certified_years, prior).median
    return Estimate(
        quantile_of_counts(INTERVAL[0], ((low, stays), (trained, passes))),
        (low + high) / 2 * exp(-rate * days / DAYS_A_YEAR)
        + trained * plan.completion * exp(-rate * since / DAYS_A_YEAR),
        quantile_of_counts(INTERVAL[1], ((high, stays), (trained, passes))),
    )


def missing_to_floor(now: Coverage) -> tuple[int, int]:
    """Returns how many more certified officials reach the floor, at least and at most.

    At least, if all who are not confirmed serve; at most, if none of them does. Both are 0 from the
    floor on.
    """
    needed = _to_reach(FLOOR, now.serving)
    sure = now.certified if now.sure is None else now.sure
    return max(0, needed - now.certified), max(0, needed - sure)


def seats_needed(target: float, *, serving: int, certified: float, completion: float) -> int:
    """Returns the seats that bring coverage to a target share: ceil((K_target·N − |S∩C| at the end) ÷
    completion).
    """
    return max(0, ceil((target * serving - certified) / completion - 1e-9))


def _to_reach(floor: float, serving: int) -> int:
    return ceil(floor * serving - 1e-9)


@lru_cache(maxsize=512)
def _belief(departures: int, years: float, prior: Prior) -> Estimate:
    return gamma(prior.shape + departures, prior.years + years)


@lru_cache(maxsize=512)
def _sampled(departures: int, years: float, prior: Prior) -> tuple[float, ...]:
    """Returns rates that stand for the whole belief, each for the same part of it."""
    return tuple(
        gamma_quantile((n + 0.5) / SAMPLES, prior.shape + departures, prior.years + years)
        for n in range(SAMPLES)
    )


def _months_to_floor(
    now: Coverage, ends: CertificateEnds, leaving: Estimate, floor: float
) -> Estimate:
    """Returns t* = ln(K0 ÷ K_min) ÷ λ, sooner where certificates end before: the low end falls from
    `sure` at the high rate, the high end from `certified` at the low one.
    """
    sure = now.sure or 0
    least = floor * now.serving
    of_middle = sorted([*ends.of_all, *ends.of_sure])
    return Estimate(
        _months_until(least, sure, ends.of_sure, leaving.high),
        _months_until(least, (sure + now.certified) / 2, of_middle, leaving.median, each=0.5),
        _months_until(least, now.certified, ends.of_all, leaving.low),
    )


def _months_until(
    least: float, certified: float, ending: Sequence[int], rate: float, *, each: float = 1
) -> float:
    """Returns the months until so few of the certified are left; 0 when they are already. Each end of
    a certificate takes `each` of them.
    """
    left = certified
    since = 0
    for day in (*ending, None):
        if left <= least:
            return since / DAYS_A_MONTH
        reached = DAYS_A_YEAR * log(left / least) / rate
        if day is None or reached <= day:
            return max(reached, since) / DAYS_A_MONTH
        left, since = left - each, day
    return since / DAYS_A_MONTH


def _falling(rate: Estimate, value: Callable[[float], float]) -> Estimate:
    """Returns the estimate of what falls as the rate grows, so the bounds change places."""
    return Estimate(value(rate.high), value(rate.median), value(rate.low))
