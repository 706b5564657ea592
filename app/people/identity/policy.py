"""Who may do what in identity."""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed


def may_manage_accounts(actor: Actor) -> bool:
    """Make and close accounts, grant and end roles: the secretariat, and commands run on the
    machine itself.
    """
    return actor.is_system or actor.holds(Role.ORGANIZER)


def require_may_manage_accounts(actor: Actor) -> None:
    if not may_manage_accounts(actor):
        raise NotAllowed


def leads_the_region(actor: Actor) -> bool:
    """The secretariat's organizers and whoever holds the presidency act for all groups."""
    return actor.is_system or actor.holds(Role.ORGANIZER) or actor.holds(Role.PRESIDENCY)


def acts_for_the_region(actor: Actor) -> bool:
    """As before, and not one who has handed the presidency over and only reads."""
    return actor.is_system or actor.acts_as(Role.ORGANIZER) or actor.acts_as(Role.PRESIDENCY)
