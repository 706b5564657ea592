"""Who may import, correct, let in and take lists along; pure."""

from collections.abc import Collection

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed
from app.people.identity.policy import leads_the_region
from app.planning.events import policy as events


def may_open_list(actor: Actor) -> bool:
    """Returns True when the pages are open at all; whose names they show is asked for each event
    and each country.
    """
    return events.may_plan(actor) or bool(actor.countries_named())


def may_see_list(actor: Actor, groups: Collection[str]) -> bool:
    """Returns True for who sees all of an event's list, or the names of their own country."""
    return events.may_see_drafts(actor, groups) or bool(actor.countries_named())


def may_keep_some_list(actor: Actor) -> bool:
    """Returns True when importing, the door and the history are open at all; which event is asked
    for each.
    """
    return events.may_plan(actor)


def may_keep_list(actor: Actor, groups: Collection[str]) -> bool:
    return events.may_plan_for(actor, groups)


def require_may_keep_list(actor: Actor, groups: Collection[str]) -> None:
    if not may_keep_list(actor, groups):
        raise NotAllowed


def may_look_anybody_up(actor: Actor) -> bool:
    """Returns True for who may find in the directory, by the whole address, who was there without
    having registered.
    """
    return leads_the_region(actor)


def countries_seen(actor: Actor, groups: Collection[str]) -> frozenset[str] | None:
    """Returns the countries whose people the actor sees; None for everybody.

    Refuses an actor who answers for no country.
    """
    if events.may_see_drafts(actor, groups):
        return None
    countries = actor.countries_named()
    if not countries:
        raise NotAllowed
    return countries
