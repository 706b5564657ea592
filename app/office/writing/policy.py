"""Who writes to many, and who reads afterwards what was written."""

from collections.abc import Collection

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed
from app.planning.events.policy import may_plan_for
from app.planning.events.values import EventKind


def may_write_from_office(actor: Actor) -> bool:
    """The secretariat."""
    return actor.holds(Role.ORGANIZER)


def may_write_to_event(actor: Actor, groups: Collection[str], kind: EventKind) -> bool:
    """Whoever may plan for all of its groups; they read all letters about it, too."""
    return may_plan_for(actor, groups, kind)


def require_may_write_from_office(actor: Actor) -> None:
    if not may_write_from_office(actor):
        raise NotAllowed


def require_may_write_to_event(actor: Actor, groups: Collection[str], kind: EventKind) -> None:
    if not may_write_to_event(actor, groups, kind):
        raise NotAllowed
