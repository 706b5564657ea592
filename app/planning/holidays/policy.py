"""Who may keep a country's holidays; pure predicates over the actor."""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed


def may_keep_holidays(actor: Actor, country_code: str) -> bool:
    """Returns True for the country's own focal point, and for the secretariat in any country."""
    return (
        actor.is_system
        or actor.holds(Role.ORGANIZER)
        or actor.holds(Role.FOCAL_POINT, country_code)
    )


def may_keep_some_holidays(actor: Actor) -> bool:
    """Returns True when the pages for it are open at all; which country is asked for each."""
    return actor.holds(Role.ORGANIZER) or actor.holds(Role.FOCAL_POINT)


def require_may_keep_holidays(actor: Actor, country_code: str) -> None:
    if not may_keep_holidays(actor, country_code):
        raise NotAllowed
