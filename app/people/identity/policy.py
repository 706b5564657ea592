"""Who may do what in identity."""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.people.directory.policy import may_answer_for, may_keep_roster
from app.people.identity.values import AccountReach


def may_manage_accounts(actor: Actor) -> bool:
    """Returns True for who makes and closes accounts and grants and ends roles: the secretariat,
    and commands run on the machine.
    """
    return actor.is_system or actor.holds(Role.ORGANIZER)


def require_may_manage_accounts(actor: Actor) -> None:
    if not may_manage_accounts(actor):
        raise NotAllowed


def may_grant(actor: Actor, role: Role, scope: str) -> bool:
    """Returns True when the actor may grant the role: nobody gives more than they hold.

    The secretariat grants any role; a focal point grants that of an official of their country.
    """
    if may_manage_accounts(actor):
        return True
    return role is Role.OFFICIAL and may_answer_for(actor, scope)


def require_may_grant(actor: Actor, role: Role, scope: str) -> None:
    if not may_grant(actor, role, scope):
        raise NotAllowed


def may_manage(actor: Actor, reach: AccountReach) -> bool:
    """Blocks, opens and invites again: the secretariat any account, a focal point those of the
    country's officials who have no other role.
    """
    if may_manage_accounts(actor):
        return True
    if not may_answer_for(actor, reach.country):
        return False
    return all(one.role is Role.OFFICIAL and one.scope == reach.country for one in reach.grants)


def require_may_manage(actor: Actor, reach: AccountReach) -> None:
    """Raises NotFound to a focal point for an account of another country, NotAllowed otherwise."""
    if may_manage(actor, reach):
        return
    if may_keep_roster(actor, reach.country):
        raise NotAllowed
    raise NotFound if actor.holds(Role.FOCAL_POINT) else NotAllowed


def leads_the_region(actor: Actor) -> bool:
    """Returns True for who acts for all groups: organizers of the secretariat, and whoever holds
    the presidency.

    Those who handed the presidency over and may only read count too.
    """
    return actor.is_system or actor.holds(Role.ORGANIZER) or actor.holds(Role.PRESIDENCY)


def acts_for_the_region(actor: Actor) -> bool:
    """Returns True as `leads_the_region` does, without those who handed the presidency over and
    only read.
    """
    return actor.is_system or actor.acts_as(Role.ORGANIZER) or actor.acts_as(Role.PRESIDENCY)
