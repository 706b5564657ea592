"""Who may look after the outbox: whose letter did not arrive is the secretariat's business, and
nobody else's.
"""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed


def may_see_messages(actor: Actor) -> bool:
    return actor.holds(Role.ORGANIZER)


def require_may_see_messages(actor: Actor) -> None:
    if not may_see_messages(actor):
        raise NotAllowed


def may_wish(actor: Actor) -> bool:
    """Returns True for people of the directory. An account without a person gets no letters to
    choose from.
    """
    return actor.signed_in
