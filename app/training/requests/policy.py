"""Who asks for a country, and who answers for the secretariat."""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.people.directory import policy as directory


def may_ask_for_some(actor: Actor) -> bool:
    """Returns True when the pages are open to the actor; for which country is asked for each."""
    return directory.may_answer_for_some(actor)


def may_ask(actor: Actor, country_code: str) -> bool:
    """Returns True for the country's own focal point, as long as they are in office."""
    return directory.may_answer_for(actor, country_code)


def require_may_ask(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing, so that countries cannot be probed."""
    if not may_ask(actor, country_code):
        raise NotFound


def may_answer(actor: Actor) -> bool:
    """Returns True for the secretariat, which decides on the webinars that countries wish for."""
    return actor.acts_as(Role.ORGANIZER)


def require_may_answer(actor: Actor) -> None:
    if not may_answer(actor):
        raise NotAllowed
