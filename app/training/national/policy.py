"""Who reads, fills and checks national pages; pure."""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed
from app.people.directory.policy import speaks_for


def may_read(actor: Actor) -> bool:
    """Returns True for whoever has signed in: whoever learns in one country refers people to
    another.
    """
    return actor.signed_in


def may_fill_some(actor: Actor) -> bool:
    return actor.is_system or actor.holds(Role.FOCAL_POINT) or actor.holds(Role.ORGANIZER)


def may_fill(actor: Actor, country_code: str) -> bool:
    """Returns True for the country's focal point, and for the secretariat where a country has none."""
    return actor.is_system or actor.acts_as(Role.ORGANIZER) or may_check(actor, country_code)


def may_check(actor: Actor, country_code: str) -> bool:
    """Returns True for the country itself, which alone says that its page is right."""
    return actor.is_system or speaks_for(actor, country_code)


def require_may_fill(actor: Actor, country_code: str) -> None:
    if not may_fill(actor, country_code):
        raise NotAllowed


def require_may_check(actor: Actor, country_code: str) -> None:
    if not may_check(actor, country_code):
        raise NotAllowed
