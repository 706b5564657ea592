"""Who may read, record, review and close; pure predicates over the actor and plain values."""

from collections.abc import Collection

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed
from app.people.identity.policy import leads_the_region
from app.planning.events.policy import may_plan, may_plan_for
from app.planning.events.values import EventKind


def may_read(actor: Actor) -> bool:
    """Returns True for whoever has signed in: the officials of the region.

    Guests and visitors read agendas, not what was agreed.
    """
    return actor.signed_in or actor.is_system


def may_record(actor: Actor, groups: Collection[str], kind: EventKind) -> bool:
    """Returns True for whoever plans the event: they write down what it agreed, review and close."""
    return may_plan_for(actor, groups, kind)


def may_propose(actor: Actor, countries: Collection[str]) -> bool:
    """Returns True for the focal point of a country that is responsible, who proposes a status."""
    return bool(set(countries) & actor.scopes(Role.FOCAL_POINT))


def sees_names(actor: Actor) -> bool:
    """Returns True for those who plan: they read who wrote a review."""
    return actor.is_system or may_plan(actor)


def may_open_findings(actor: Actor, rapporteurs: Collection[int]) -> bool:
    return actor.is_system or may_plan(actor) or is_rapporteur(actor, rapporteurs)


def is_rapporteur(actor: Actor, rapporteurs: Collection[int]) -> bool:
    return actor.person_id is not None and actor.person_id in rapporteurs


def may_write_findings(actor: Actor, rapporteur: int | None) -> bool:
    """Returns True for who writes the findings of a table: the secretariat, the presidency, and its
    own rapporteur.
    """
    return leads_the_region(actor) or (rapporteur is not None and actor.person_id == rapporteur)


def require_may_record(actor: Actor, groups: Collection[str], kind: EventKind) -> None:
    if not may_record(actor, groups, kind):
        raise NotAllowed


def require_may_write_findings(actor: Actor, rapporteur: int | None) -> None:
    if not may_write_findings(actor, rapporteur):
        raise NotAllowed
