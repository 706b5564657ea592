"""Who reads the year."""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotFound
from app.office.reports.values import Audience
from app.people.identity.policy import leads_the_region
from app.training.turnover.policy import may_see_region


def may_read_year(actor: Actor) -> bool:
    """Returns True for who sees sums of all countries: organizers, the presidency, focal points."""
    return may_see_region(actor)


def require_may_read_year(actor: Actor) -> None:
    if not may_read_year(actor):
        raise NotFound


def may_hear_of(actor: Actor, country_code: str) -> bool:
    """Returns True where the actor reads when a country was absent: those who lead the region of
    all, a focal point of the own.
    """
    return leads_the_region(actor) or actor.holds(Role.FOCAL_POINT, country_code)


def audience_of(actor: Actor) -> Audience:
    """Returns as whom the actor reads figures of countries: those who lead the region hold the
    names, everybody else reads what may be handed on.
    """
    return Audience.OFFICE if leads_the_region(actor) else Audience.HANDED_ON
