"""The gamma distribution of a rate and the binomial of a count, without a library of statistics."""

from collections.abc import Callable
from math import comb, exp, lgamma, log, sqrt
from statistics import NormalDist

from app.training.turnover.values import Estimate

HALF = 0.5


INTERVAL = (0.10, 0.90)


EXACT = 200


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
