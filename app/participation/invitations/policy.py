"""Who may invite, and who nominates for a country."""

from collections.abc import Collection

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed, NotFound
from app.planning.events import policy as events_policy
from app.planning.events.values import EventKind


def may_invite(actor: Actor) -> bool:
    """Returns True when the pages are open at all; which event is asked for each."""
    return events_policy.may_plan(actor)


def may_invite_to(actor: Actor, groups: Collection[str], kind: EventKind) -> bool:
    return events_policy.may_plan_for(actor, groups, kind)


def require_may_invite_to(actor: Actor, groups: Collection[str], kind: EventKind) -> None:
    if not may_invite_to(actor, groups, kind):
        raise NotAllowed


def may_nominate(actor: Actor) -> bool:
    """Returns True when the pages are open at all; for which country is asked for each."""
    return bool(actor.countries_named())


def may_nominate_for(actor: Actor, country_code: str) -> bool:
    return country_code in actor.countries_named()


def require_may_nominate_for(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing, so that countries cannot be probed."""
    if not may_nominate_for(actor, country_code):
        raise NotFound
