"""Who may see, export and erase whose data, and write what a country tells of it."""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed
from app.people.directory.policy import may_keep_reference, speaks_for


def may_see_own(actor: Actor) -> bool:
    """Returns True for everybody who is signed in as a person: rights over data belong to people."""
    return actor.signed_in and actor.person_id is not None


def may_answer_requests(actor: Actor) -> bool:
    """Returns True for the secretariat, on behalf of those who ask by letter, and for commands run
    on the machine.
    """
    return actor.is_system or actor.acts_as(Role.ORGANIZER)


def may_handle(actor: Actor, person_id: int) -> bool:
    return (actor.signed_in and actor.person_id == person_id) or may_answer_requests(actor)


def require_person(actor: Actor) -> int:
    """Returns the id of the person who acts."""
    if not may_see_own(actor) or actor.person_id is None:
        raise NotAllowed
    return actor.person_id


def require_may_handle(actor: Actor, person_id: int) -> None:
    if not may_handle(actor, person_id):
        raise NotAllowed


def may_write_some_notice(actor: Actor) -> bool:
    return actor.holds(Role.FOCAL_POINT) or actor.holds(Role.ORGANIZER)


def may_write_notice(actor: Actor, country_code: str) -> bool:
    """Returns True for the country's focal point, and for the secretariat in every country."""
    return may_keep_reference(actor) or speaks_for(actor, country_code)


def require_may_write_notice(actor: Actor, country_code: str) -> None:
    if not may_write_notice(actor, country_code):
        raise NotAllowed
