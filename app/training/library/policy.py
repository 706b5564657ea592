"""Who writes the text of the Guidelines down."""

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed
from app.people.identity.policy import acts_for_the_region


def may_write_sections(actor: Actor) -> bool:
    """Returns True for the secretariat and the presidency in office."""
    return acts_for_the_region(actor)


def require_may_write_sections(actor: Actor) -> None:
    if not may_write_sections(actor):
        raise NotAllowed
