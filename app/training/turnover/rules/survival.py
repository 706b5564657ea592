"""How long the trained stay in post: survival by Kaplan and Meier, with Greenwood's variance."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from datetime import date
from math import exp, log, sqrt
from statistics import NormalDist

from app.training.turnover.rules.distributions import HALF, INTERVAL
from app.training.turnover.rules.spans import Spans, spans_by_person
from app.training.turnover.values import (
    CertificateLife,
    Followed,
    PostTerm,
    Retention,
    SurvivalPoint,
)

MIN_DEPARTURES = 10
"""Survival and half-life are not shown under it."""


def retention(
    terms: Iterable[PostTerm],
    holdings: Iterable[CertificateLife],
    on: date,
    *,
    observed_from: date = date.min,
) -> Retention:
    """Returns the survival in post from the day of the first certificate; whoever still serves on
    the day is censored.

    Whoever brought the certificate along is at risk from the day on which they took up the post, and
    everybody from `observed_from`, the day since when departures are on record: who had left before
    was never seen (left truncation).
    """
    served, held = spans_by_person(terms), spans_by_person(holdings)
    return retention_in(served, held, on, observed_from=observed_from)


def retention_in(
    terms: Spans, held: Spans, on: date, *, observed_from: date = date.min
) -> Retention:
    """Returns what `retention` does, of spans."""
    lives = []
    for person_id, served in terms.items():
        if person_id not in held:
            continue
        trained_on = held[person_id][0][0]
        for start, end in served:
            entered_on, left_on = max(start, trained_on, observed_from), min(end, on)
            if entered_on < left_on:
                lives.append(
                    Followed((entered_on - trained_on).days, (left_on - trained_on).days, end <= on)
                )
    departures = sum(life.has_ended for life in lives)
    if departures < MIN_DEPARTURES:
        return Retention(len(lives), departures, None)
    curve = survival(lives)
    return Retention(len(lives), departures, median_in(curve), curve)


def survival(
    lives: Iterable[Followed], interval: tuple[float, float] = INTERVAL
) -> tuple[SurvivalPoint, ...]:
    """Returns Ŝ(t) = ∏(1 − dᵢ/nᵢ) at each day on which somebody left.

    nᵢ are those who entered before the day, on day 0 all who entered on it, and were seen until it
    or longer. The band is Greenwood's
    variance Σ dᵢ/(nᵢ(nᵢ − dᵢ)) on the scale log(−log Ŝ), which keeps it between 0 and 1; by
    default it holds eight times out of ten.
    """
    lives = [life for life in lives if life.entry < life.exit or not life.entry]
    ended = Counter(life.exit for life in lives if life.has_ended)
    entries, exits = sorted(life.entry for life in lives), sorted(life.exit for life in lives)
    share, variance = 1.0, 0.0
    points = []
    for day, left in sorted(ended.items()):
        at_risk = bisect_left(entries, max(day, 1)) - bisect_left(exits, day)
        share *= 1 - left / at_risk
        if share <= 0:
            points.append(SurvivalPoint(day, 0.0, 0.0, 0.0))
            break
        variance += left / (at_risk * (at_risk - left))
        points.append(SurvivalPoint(day, share, *_band(share, variance, interval)))
    return tuple(points)


def _band(share: float, variance: float, interval: tuple[float, float]) -> tuple[float, float]:
    spread = sqrt(variance) / log(share)
    low, high = (
        exp(-exp(log(-log(share)) + NormalDist().inv_cdf(chance) * spread)) for chance in interval
    )
    return low, high


def share_at(curve: Iterable[SurvivalPoint], day: int) -> SurvivalPoint:
    """Returns Ŝ on a day of the clock; 1 before anybody left."""
    return max(
        (point for point in curve if point.day <= day),
        key=lambda point: point.day,
        default=SurvivalPoint(0, 1.0, 1.0, 1.0),
    )


def median_in(curve: Iterable[SurvivalPoint]) -> int | None:
    """Returns the first day at which a half or less remain."""
    return next((point.day for point in curve if point.share <= HALF + 1e-12), None)


def median_of(lives: Iterable[Followed]) -> int | None:
    return median_in(survival(lives))
