"""How people come to a unit and go, how long newcomers wait for their certificate, and what of it is
told outside the country: None where a group of fewer than five people could be recognised.

As `in_public` does for coverage: neither a cell from one to four, nor one that leaves so few beside
it that they can be told from it, nor one that holds everybody (`may_split`).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from app.kernel.small_numbers import may_split
from app.training.turnover.rules.coverage import coverage_on
from app.training.turnover.rules.funnel import NewcomerLife, goal_figure
from app.training.turnover.rules.separation import leaked, separations
from app.training.turnover.rules.spans import spans_by_person
from app.training.turnover.rules.survival import median_of, retention
from app.training.turnover.values import (
    CertificateLife,
    Followed,
    Leaked,
    Movement,
    Onboarding,
    PostCoverage,
    PostTerm,
    Retention,
    RosterFreshness,
    Separations,
)


def movement(
    terms: Iterable[PostTerm], holdings: Iterable[CertificateLife], since: date, on: date
) -> Movement:
    """Returns who left and who came after `since` and by `on`, and of all time how many left with a
    certificate and how long the trained stay. `terms` are all of the unit.
    """
    served, held = tuple(terms), tuple(holdings)
    (now,) = coverage_on((on,), served, held)
    return Movement(
        on=on,
        serving=now.serving,
        separations=separations(served, since, on),
        onboarding=onboarding(served, held, since, on),
        leaked=leaked(served, held, on),
        retention=retention(served, held, on),
        doubted=now.unconfirmed,
        doubted_certified=now.certified - (now.sure or 0),
    )


def onboarding(
    terms: Iterable[PostTerm], holdings: Iterable[CertificateLife], since: date, on: date
) -> Onboarding:
    """Returns the onboarding lag of those who began in the unit from `since` on and before `on`.

    Whoever was certified when they began waited no day. Who left before they were certified, and
    who is not certified yet, is censored on that day. How many were in time is the goal of ninety
    days that the authors' page shows.
    """
    held = spans_by_person(holdings)
    lives = []
    waits = []
    for person_id, served in spans_by_person(terms).items():
        begun, left = served[0]
        certified_on = next(
            (max(start, begun) for start, end in held.get(person_id, ()) if end > begun), None
        )
        if certified_on is not None and (certified_on >= left or certified_on > on):
            certified_on = None
        lives.append(NewcomerLife(begun, None if left > on else left, certified_on))
        if since <= begun < on:
            last = min(left, on) if certified_on is None else certified_on
            waits.append(Followed(0, (last - begun).days, certified_on is not None))
    goal = goal_figure(lives, on)
    return Onboarding(
        followed=len(waits),
        certified=sum(wait.has_ended for wait in waits),
        median_days=median_of(waits),
        due=goal.base if goal else 0,
        in_time=goal.done if goal else 0,
    )


def movement_outside(figure: Movement) -> Movement:
    """Returns what may be told outside the country: no bounds, because they count single people, and
    no curve, which shows the day on which each of them left.
    """
    return replace(
        figure,
        serving=None,
        separations=figure.separations and separations_outside(figure.separations),
        onboarding=figure.onboarding and onboarding_outside(figure.onboarding),
        leaked=figure.leaked and leaked_outside(figure.leaked),
        retention=figure.retention and _retention_outside(figure.retention),
        doubted=None,
        doubted_certified=None,
    )


def _retention_outside(figure: Retention) -> Retention | None:
    if not may_split((figure.departures, figure.followed - figure.departures)):
        return None
    return replace(figure, curve=())


def post_coverage_outside(figure: PostCoverage) -> PostCoverage | None:
    return figure if may_split((figure.certified, figure.held - figure.certified)) else None


def freshness_outside(figure: RosterFreshness) -> RosterFreshness | None:
    return figure if may_split((figure.confirmed, figure.appointments - figure.confirmed)) else None


def separations_outside(figure: Separations) -> Separations | None:
    """Returns None where one of the reasons was that of fewer than five: the sum would tell it; or
    that of everybody who left.
    """
    cells = (figure.transfers, figure.exits, figure.unknown)
    return figure if may_split(cells) or not any(cells) else None


def leaked_outside(figure: Leaked) -> Leaked | None:
    return figure if may_split((figure.left, figure.ever - figure.left)) else None


def onboarding_outside(figure: Onboarding) -> Onboarding | None:
    is_told = may_split((figure.certified, figure.followed - figure.certified)) and may_split(
        (figure.in_time, figure.due - figure.in_time)
    )
    return figure if is_told else None
