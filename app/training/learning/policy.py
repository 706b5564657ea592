"""Who may learn and who may publish."""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.people.directory import policy as directory


def may_study(actor: Actor) -> bool:
    """Returns True for anyone who is signed in as a person.

    Enrolments and certificates belong to people, not to accounts.
    """
    return actor.signed_in and actor.person_id is not None


def may_begin(actor: Actor) -> bool:
    """Returns True for anyone who is signed in.

    Whoever has no person record yet says who they are before the course begins.
    """
    return actor.signed_in


def may_enrol_officials_of(actor: Actor, country_code: str) -> bool:
    """Returns True for the country's own focal point."""
    return directory.may_answer_for(actor, country_code)


def require_may_enrol_officials_of(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing, so that countries cannot be probed."""
    if not may_enrol_officials_of(actor, country_code):
        raise NotFound


def may_publish(actor: Actor) -> bool:
    return actor.is_system or actor.holds(Role.AUTHOR) or actor.holds(Role.ORGANIZER)


def require_learner(actor: Actor) -> int:
    """Returns the id of the person who learns."""
    if not may_study(actor) or actor.person_id is None:
        raise NotAllowed
    return actor.person_id


def require_may_publish(actor: Actor) -> None:
    if not may_publish(actor):
        raise NotAllowed
