"""Who may keep and read a country's roster. Names stay inside the country: everybody else sees aggregates."""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotFound


def may_keep_roster(actor: Actor, country_code: str) -> bool:
    """The country's own focal point; a grant for another country does not help, nor does any other role."""
    return bool(country_code) and actor.holds(Role.FOCAL_POINT, country_code)


def may_keep_some_roster(actor: Actor) -> bool:
    return actor.holds(Role.FOCAL_POINT)


def may_see_names(actor: Actor, country_code: str) -> bool:
    return may_keep_roster(actor, country_code)


def require_may_keep_roster(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing, so that countries cannot be probed."""
    if not may_keep_roster(actor, country_code):
        raise NotFound
