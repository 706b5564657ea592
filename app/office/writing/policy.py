"""Who writes to many, and who reads afterwards what was written."""

from collections.abc import Collection

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.people.directory import policy as directory
from app.planning.events.policy import may_plan, may_plan_for
from app.planning.events.values import EventKind


def may_write_from_office(actor: Actor) -> bool:
    """Returns True for the secretariat."""
    return actor.holds(Role.ORGANIZER)


def may_write_to_event(actor: Actor, groups: Collection[str], kind: EventKind) -> bool:
    """Returns True for who may plan for all groups of the event; they also read all letters about
    it.
    """
    return may_plan_for(actor, groups, kind)


def may_write_to_some_country(actor: Actor) -> bool:
    """Returns True when the pages are open to the actor; each service checks the country."""
    return bool(actor.countries_named())


def may_write_to_country(actor: Actor, country_code: str) -> bool:
    """Returns True for the country's own focal point.

    Nobody else reads letters of a country, not even the secretariat: names stay inside the country.
    """
    return directory.may_answer_for(actor, country_code)


def may_read_letters(actor: Actor) -> bool:
    """Returns True when the pages of letters are open to the actor; each query checks the letter."""
    return may_plan(actor) or may_write_to_some_country(actor)


def require_may_write_to_country(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing, so that countries cannot be probed."""
    if not may_write_to_country(actor, country_code):
        raise NotFound


def require_may_write_from_office(actor: Actor) -> None:
    if not may_write_from_office(actor):
        raise NotAllowed


def require_may_write_to_event(actor: Actor, groups: Collection[str], kind: EventKind) -> None:
    if not may_write_to_event(actor, groups, kind):
        raise NotAllowed
