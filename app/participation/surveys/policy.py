"""Who answers and who reads the results."""

from collections.abc import Collection

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed
from app.planning.events import policy as events


def may_read_results(actor: Actor, groups: Collection[str]) -> bool:
    """Returns True for whoever runs the event, or ran it lately."""
    return events.may_see_drafts(actor, groups)


def require_may_read_results(actor: Actor, groups: Collection[str]) -> None:
    if not may_read_results(actor, groups):
        raise NotAllowed
