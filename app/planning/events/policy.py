"""Who may plan, publish, see and change events; pure predicates over the actor and plain values."""

from collections.abc import Collection

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed
from app.people.identity.policy import acts_for_the_region, leads_the_region
from app.planning.events.values import EXCLUSIVE_KINDS, EventKind


def may_plan(actor: Actor) -> bool:
    """Returns True when the planning pages are open at all; which groups is asked for each event."""
    return leads_the_region(actor) or actor.holds(Role.CONVENOR)


def may_plan_for(
    actor: Actor, groups: Collection[str], kind: EventKind = EventKind.WEBINAR
) -> bool:
    """Returns True for who plans events of these groups. A convenor plans for their own groups
    only; what empties the whole calendar is not theirs to call.
    """
    if acts_for_the_region(actor):
        return True
    return (
        bool(groups) and set(groups) <= actor.scopes(Role.CONVENOR) and kind not in EXCLUSIVE_KINDS
    )


def may_see_drafts(actor: Actor, groups: Collection[str]) -> bool:
    """Drafts and confidential meetings: for those who may plan for all of their groups."""
    return leads_the_region(actor) or may_plan_for(actor, groups)


def may_approve(actor: Actor) -> bool:
    """Returns True for the presidency in office, and nobody before or after its term."""
    return actor.acts_as(Role.PRESIDENCY)


def may_translate(actor: Actor) -> bool:
    return may_plan(actor)


def require_may_plan_for(actor: Actor, groups: Collection[str], kind: EventKind) -> None:
    if not may_plan_for(actor, groups, kind):
        raise NotAllowed


def may_keep_editions(actor: Actor) -> bool:
    """Returns True for who keeps editions with their tables and checklists, annual plans while they
    are drafts, and funding.
    """
    return acts_for_the_region(actor)


def may_approve_plans(actor: Actor) -> bool:
    """Returns True for who approves an annual plan, and what takes place outside of it."""
    return actor.is_system or actor.acts_as(Role.PRESIDENCY)


def require_may_keep_editions(actor: Actor) -> None:
    if not may_keep_editions(actor):
        raise NotAllowed


def require_may_approve_plans(actor: Actor) -> None:
    if not may_approve_plans(actor):
        raise NotAllowed
