"""Who hands materials out; who may read each is a rule of its visibility."""

from collections.abc import Collection

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed
from app.planning.events import policy as events


def may_hand_out(actor: Actor, groups: Collection[str]) -> bool:
    """Returns True for whoever runs the event."""
    return events.may_plan_for(actor, groups)


def require_may_hand_out(actor: Actor, groups: Collection[str]) -> None:
    if not may_hand_out(actor, groups):
        raise NotAllowed
