"""Who may take packages, who imports them, and whose results are whose to see."""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed


def may_take(actor: Actor) -> bool:
    """Returns True for anyone who is signed in as a person."""
    return actor.signed_in and actor.person_id is not None


def require_taker(actor: Actor) -> int:
    """Returns the id of the person who takes a package."""
    if not may_take(actor) or actor.person_id is None:
        raise NotAllowed
    return actor.person_id


def may_import(actor: Actor) -> bool:
    """Returns True for whoever publishes courses."""
    return actor.is_system or actor.holds(Role.AUTHOR) or actor.holds(Role.ORGANIZER)


def require_may_import(actor: Actor) -> None:
    if not may_import(actor):
        raise NotAllowed


def sees_all(actor: Actor) -> bool:
    """Returns True for authors and organizers, who see who took a package in every country."""
    return may_import(actor)


def countries_seen(actor: Actor) -> frozenset[str]:
    """Returns the countries whose officials' results the actor may read, besides `sees_all`."""
    return actor.countries_named()


def may_see_learners(actor: Actor) -> bool:
    return sees_all(actor) or bool(countries_seen(actor))
