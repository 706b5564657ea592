"""Who may write courses: authors of courses and organizers."""

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed
from app.training.learning.policy import may_publish


def may_write_courses(actor: Actor) -> bool:
    """Returns True for those who may publish an edition."""
    return may_publish(actor)


def require_author(actor: Actor) -> None:
    if not may_write_courses(actor):
        raise NotAllowed
