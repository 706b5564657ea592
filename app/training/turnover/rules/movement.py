"""How people come to a unit and go, as one figure of many, and what of it is told outside."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from app.kernel.small_numbers import may_split
from app.training.turnover.rules import outside
from app.training.turnover.rules.coverage import coverage_on
from app.training.turnover.rules.onboarding import onboarding
from app.training.turnover.rules.separation import leaked, separations
from app.training.turnover.rules.survival import retention
from app.training.turnover.values import CertificateLife, Movement, PostTerm, Retention


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


def movement_outside(figure: Movement) -> Movement:
    """Returns what may be told outside the country: no bounds, because they count single people, and
    no curve, which shows the day on which each of them left.
    """
    return replace(
        figure,
        serving=None,
        separations=figure.separations and outside.separations_outside(figure.separations),
        onboarding=figure.onboarding and outside.onboarding_outside(figure.onboarding),
        leaked=figure.leaked and outside.leaked_outside(figure.leaked),
        retention=figure.retention and _retention_outside(figure.retention),
        doubted=None,
        doubted_certified=None,
    )


def _retention_outside(figure: Retention) -> Retention | None:
    if not may_split((figure.departures, figure.followed - figure.departures)):
        return None
    return replace(figure, curve=())
