"""Who plans seasons: a season takes time from all groups, so those who act for all of them."""

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed
from app.people.identity.policy import leads_the_region


def may_plan_seasons(actor: Actor) -> bool:
    """Returns True for the secretariat's organizers and the presidency."""
    return leads_the_region(actor)


def require_may_plan_seasons(actor: Actor) -> None:
    if not may_plan_seasons(actor):
        raise NotAllowed
