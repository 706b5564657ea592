"""The gamma distribution of a rate and the binomial of a count, without a library of statistics."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate
from math import exp, lgamma, log, sqrt
from statistics import NormalDist

from app.training.turnover.values import Estimate

HALF = 0.5
INTERVAL = (0.10, 0.90)
EXACT = 200

Group = tuple[int, Sequence[float]]
"""So many people, and the chance of each of them in each of the worlds that may be true."""


def quantile_of_counts(p: float, groups: Sequence[Group]) -> int:
    """Returns the least k with P(X ≤ k) ≥ p, X the sum of a binomial count of each group, all worlds
    being equally likely. Summed for few people, by the normal curve for many.
    """
    groups = [group for group in groups if group[0]]
    people = sum(n for n, _chances in groups)
    if not people:
        return 0
    worlds = range(len(groups[0][1]))
    if people > EXACT:
        curves = [_normal([(n, chances[world]) for n, chances in groups]) for world in worlds]
        return bisect_left(
            range(people), p, key=lambda k: sum(one.cdf(k + HALF) for one in curves) / len(curves)
        )
    total = [0.0] * (people + 1)
    for world in worlds:
        counts = [1.0]
        for n, chances in groups:
            counts = _summed_counts(counts, _binomial(n, chances[world]))
        for k, chance in enumerate(counts):
            total[k] += chance
    return bisect_left(list(accumulate(total)), p * len(worlds) * (1 - 1e-12), hi=people)


def _normal(groups: Sequence[tuple[int, float]]) -> NormalDist:
    mean = sum(n * chance for n, chance in groups)
    return NormalDist(mean, sqrt(sum(n * c * (1 - c) for n, c in groups)) or 1e-9)


def _binomial(n: int, chance: float) -> list[float]:
    """Returns P(Binomial(n, chance) = k) for each k, from the side where the first is no tiny number."""
    if chance > HALF:
        return _binomial(n, 1 - chance)[::-1]
    term = (1 - chance) ** n
    odds = chance / (1 - chance)
    counts = [term]
    for k in range(n):
        term *= odds * (n - k) / (k + 1)
        counts.append(term)
    return counts


def _summed_counts(one: Sequence[float], other: Sequence[float]) -> list[float]:
    if len(one) == 1:
        return list(other)
    summed = [0.0] * (len(one) + len(other) - 1)
    for at, chance in enumerate(one):
        for k, more in enumerate(other):
            summed[at + k] += chance * more
    return summed


def gamma(shape: int, years: float) -> Estimate:
    """Returns the median and the 80 % interval of Gamma(shape, years)."""
    low, high = INTERVAL
    return Estimate(*(gamma_quantile(p, shape, years) for p in (low, HALF, high)))


def gamma_quantile(p: float, shape: int, rate: float) -> float:
    """Returns the quantile of Gamma(shape, rate) with a whole shape, by halving.

    P(X ≤ x) is the chance of `shape` Poisson events by x. Above 200 it uses Wilson and Hilferty's
    cube, which is right to four digits there.
    """
    return _unit_quantile(p, shape) / rate


@lru_cache(maxsize=8192)
def _unit_quantile(p: float, shape: int) -> float:
    if shape > EXACT:
        return shape * (1 - 1 / (9 * shape) + NormalDist().inv_cdf(p) / (3 * sqrt(shape))) ** 3
    low, high = 0.0, shape + 10 * sqrt(shape) + 20
    for _ in range(45):
        middle = (low + high) / 2
        if _at_least(shape, middle) < p:
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
