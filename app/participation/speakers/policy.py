"""Who names speakers from outside: whoever plans the event."""

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed
from app.planning.events import policy as events_policy
from app.planning.events.values import EventDetail


def may_name(actor: Actor) -> bool:
    """Returns True when the pages are open at all; which event is asked for each."""
    return events_policy.may_plan(actor)


def may_name_for(actor: Actor, event: EventDetail) -> bool:
    return events_policy.may_plan_for(actor, event.group_slugs, event.kind)


def require_may_name_for(actor: Actor, event: EventDetail) -> None:
    if not may_name_for(actor, event):
        raise NotAllowed
