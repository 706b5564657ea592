"""Who puts good practices forward and who reviews them."""

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed
from app.people.identity.policy import leads_the_region


def may_submit(actor: Actor) -> bool:
    """Returns True for a person: an official with an account, or a guest by their own link."""
    return actor.person_id is not None


def may_review(actor: Actor) -> bool:
    return leads_the_region(actor)


def require_may_submit(actor: Actor) -> None:
    if not may_submit(actor):
        raise NotAllowed


def require_may_review(actor: Actor) -> None:
    if not may_review(actor):
        raise NotAllowed
