"""Who may register whom, see who is registered, and decide about it; pure."""

from collections.abc import Collection

from app.kernel.actor import Actor
from app.participation.registrations.values import Origin
from app.planning.events.policy import may_plan, may_plan_for


def may_register(
    actor: Actor, person_id: int, country_code: str, groups: Collection[str], origin: Origin
) -> bool:
    """Returns True for oneself, for a focal point with people of the own country, as nominations,
    and for whoever runs the event, with anybody.
    """
    if origin in (Origin.SELF, Origin.GUEST):
        return actor.is_system or actor.person_id == person_id
    is_own = country_code in actor.countries_named()
    return may_plan_for(actor, groups) or (origin is Origin.NOMINATION and is_own)


def may_open_registrations(actor: Actor) -> bool:
    """Returns True if the page is open at all; whose names it shows is asked for each event and
    each country.
    """
    return may_plan(actor) or bool(actor.countries_named())


def may_see_registrations(actor: Actor, groups: Collection[str]) -> bool:
    """Returns True for who sees all of an event's list, or the names of the own country."""
    return may_plan_for(actor, groups) or bool(actor.countries_named())


def may_decide_registrations(actor: Actor, groups: Collection[str]) -> bool:
    """Returns True for who approves, declines, registers others and sets capacity and quotas."""
    return may_plan_for(actor, groups)
