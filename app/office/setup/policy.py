"""Who sets an office up: its organizers."""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed


def may_set_up(actor: Actor) -> bool:
    return actor.is_system or actor.acts_as(Role.ORGANIZER)


def require_may_set_up(actor: Actor) -> None:
    if not may_set_up(actor):
        raise NotAllowed
