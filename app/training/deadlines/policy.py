"""Who sets deadlines and who sees whose."""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed


def may_set_deadlines(actor: Actor) -> bool:
    return actor.holds(Role.ORGANIZER)


def may_see_deadlines(actor: Actor) -> bool:
    """Counts of all countries for the office; names of their own for focal points."""
    return may_set_deadlines(actor) or bool(actor.countries_named())


def require_may_set_deadlines(actor: Actor) -> None:
    if not may_set_deadlines(actor):
        raise NotAllowed
