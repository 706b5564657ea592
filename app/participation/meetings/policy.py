"""Who may connect a meeting program, and who may ask for a meeting anew; pure."""

from collections.abc import Collection

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed
from app.planning.events import policy as events
from app.planning.events.values import EventKind


def may_connect(actor: Actor) -> bool:
    """Returns True for the secretariat, whose account it is."""
    return actor.is_system or actor.holds(Role.ORGANIZER)


def require_may_connect(actor: Actor) -> None:
    if not may_connect(actor):
        raise NotAllowed


def may_ask_for_meetings(actor: Actor) -> bool:
    """Returns True when asking is open at all; for which event is asked for each."""
    return events.may_plan(actor)


def may_ask_for(actor: Actor, groups: Collection[str], kind: EventKind) -> bool:
    return events.may_plan_for(actor, groups, kind)
