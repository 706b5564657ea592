"""How long the trained stay in post: survival by Kaplan and Meier."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from app.training.turnover.rules.distributions import HALF
from app.training.turnover.rules.spans import spans_by_person
from app.training.turnover.values import CertificateLife, PostTerm, Retention

MIN_DEPARTURES = 10
"""Survival and half-life are not shown under it."""


def retention(
    terms: Iterable[PostTerm], holdings: Iterable[CertificateLife], on: date
) -> Retention:
    """Returns the survival in post from the day of the certificate; whoever still serves on the day
    is censored.
    """
    first_held = {
        person: min(start for start, _ in spans)
        for person, spans in spans_by_person(holdings).items()
    }
    lives: list[tuple[int, bool]] = []
    for person_id, served in spans_by_person(terms).items():
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
