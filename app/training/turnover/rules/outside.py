"""What of the figures is told outside the country: None where a group of fewer than five people
could be recognised.

As `in_public` does for coverage: neither a cell from one to four, nor one that leaves so few beside
it that they can be told from it, nor one that holds everybody (`may_split`).
"""

from app.kernel.small_numbers import may_split
from app.training.turnover.values import (
    Leaked,
    Onboarding,
    PostCoverage,
    RosterFreshness,
    Separations,
)


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
