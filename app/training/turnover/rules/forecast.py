"""How many of the certified still serve later, and when coverage is at the floor (domain: "Decay and
forecast").

λ is departures, δ is certificates that end while their holders serve, both per person-year served
with a certificate. Whoever leaves is replaced by somebody untrained; nobody is trained meanwhile.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from math import ceil, exp, log

from app.training.turnover.rules.distributions import HALF, INTERVAL, at_most, gamma, gamma_quantile
from app.training.turnover.values import Coverage, Estimate, Exposure, Forecast

PRIOR_SHAPE, PRIOR_YEARS = 2, 8.0
"""Gamma(2, 8): what is believed before any count, worth two losses in eight person-years (25 % a
year).
"""


FLOOR = 0.60


AHEAD_MONTHS = 6


def months_ahead(on: date, months: int = AHEAD_MONTHS) -> date:
    """Returns the first day of the month that the forecast is about."""
    count = on.year * 12 + on.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


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


def _months_until(floor: float, share: float, rate: float) -> float:
    """Returns the months until a share that falls at a yearly rate is at the floor; 0 when it is
    there.
    """
    return 12 * log(share / floor) / rate if share > floor else 0.0


def _falling(rate: Estimate, value: Callable[[float], float]) -> Estimate:
    """Returns the estimate of what falls as the rate grows, so the bounds change places."""
    return Estimate(value(rate.high), value(rate.median), value(rate.low))
