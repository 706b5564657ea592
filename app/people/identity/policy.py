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
