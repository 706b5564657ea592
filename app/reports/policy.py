"""Who reads reports."""

from collections.abc import Collection

from app.events import policy as events
from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed


def may_read_report(actor: Actor, groups: Collection[str]) -> bool:
    """Whoever runs the event, or ran it lately: what is in it is hers to hand on."""
    return events.may_see_drafts(actor, groups)


def may_report_to_donors(actor: Actor) -> bool:
    return events.leads_the_region(actor)


def require_may_read_report(actor: Actor, groups: Collection[str]) -> None:
    if not may_read_report(actor, groups):
        raise NotAllowed


def require_may_report_to_donors(actor: Actor) -> None:
    if not may_report_to_donors(actor):
        raise NotAllowed
