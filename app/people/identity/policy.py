"""Who may do what in identity."""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.people.identity.values import AccountReach


def may_manage_accounts(actor: Actor) -> bool:
    """Make and close accounts, grant and end roles: the secretariat, and commands run on the
    machine itself.
    """
    return actor.is_system or actor.holds(Role.ORGANIZER)


def require_may_manage_accounts(actor: Actor) -> None:
    if not may_manage_accounts(actor):
        raise NotAllowed


def may_grant(actor: Actor, role: Role, scope: str) -> bool:
    """Nobody gives more than they hold: the secretariat any role, a focal point the one of the
    country's officials.
    """
    if may_manage_accounts(actor):
        return True
    return role is Role.OFFICIAL and bool(scope) and actor.acts_as(Role.FOCAL_POINT, scope)


def require_may_grant(actor: Actor, role: Role, scope: str) -> None:
    if not may_grant(actor, role, scope):
        raise NotAllowed


def may_manage(actor: Actor, reach: AccountReach) -> bool:
    """Blocks, opens and invites again: the secretariat any account, a focal point those of the
    country's officials who have no other role.
    """
    if may_manage_accounts(actor):
        return True
    if not reach.country or not actor.acts_as(Role.FOCAL_POINT, reach.country):
        return False
    return all(one.role is Role.OFFICIAL and one.scope == reach.country for one in reach.grants)


def require_may_manage(actor: Actor, reach: AccountReach) -> None:
    """Raises NotFound to a focal point for an account of another country, NotAllowed otherwise."""
    if may_manage(actor, reach):
        return
    if reach.country and actor.holds(Role.FOCAL_POINT, reach.country):
        raise NotAllowed
    raise NotFound if actor.holds(Role.FOCAL_POINT) else NotAllowed


def leads_the_region(actor: Actor) -> bool:
    """The secretariat's organizers and whoever holds the presidency act for all groups."""
    return actor.is_system or actor.holds(Role.ORGANIZER) or actor.holds(Role.PRESIDENCY)


def acts_for_the_region(actor: Actor) -> bool:
    """Like `leads_the_region`, without those who handed the presidency over and only read."""
    return actor.is_system or actor.acts_as(Role.ORGANIZER) or actor.acts_as(Role.PRESIDENCY)
