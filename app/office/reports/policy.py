"""Who reads reports."""

from collections.abc import Collection

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed
from app.office.reports.values import Audience
from app.people.identity.policy import leads_the_region
from app.planning.events import policy as events


def may_read_report(actor: Actor, groups: Collection[str]) -> bool:
    """Returns True for whoever runs the event, or ran it lately: they may hand on what is in it."""
    return events.may_see_drafts(actor, groups)


def holds_names(actor: Actor, groups: Collection[str]) -> bool:
    """Returns True for who may read the name of everybody on the event's attendance list: no number
    hides anybody from them.
    """
    return events.may_see_drafts(actor, groups)


def may_report_to_donors(actor: Actor) -> bool:
    return leads_the_region(actor)


def require_may_read_report(actor: Actor, groups: Collection[str]) -> None:
    if not may_read_report(actor, groups):
        raise NotAllowed


def require_may_hear(actor: Actor, groups: Collection[str], audience: Audience) -> None:
    if audience is Audience.OFFICE and not holds_names(actor, groups):
        raise NotAllowed


def require_may_report_to_donors(actor: Actor) -> None:
    if not may_report_to_donors(actor):
        raise NotAllowed
