"""Who may read, record, review and close; pure predicates over the actor and plain values."""

from collections.abc import Collection

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed
from app.people.identity.policy import leads_the_region
from app.planning.events.policy import may_plan, may_plan_for
from app.planning.events.values import EventKind


def may_read(actor: Actor) -> bool:
    """Officials of the region; guests and passers-by read agendas, not what was agreed."""
    return actor.signed_in or actor.is_system


def may_record(actor: Actor, groups: Collection[str], kind: EventKind) -> bool:
    """Whoever plans the event writes down what it agreed, reviews and closes."""
    return may_plan_for(actor, groups, kind)


def may_propose(actor: Actor, countries: Collection[str]) -> bool:
    """The focal point of a country that is responsible proposes a status."""
    return bool(set(countries) & actor.scopes(Role.FOCAL_POINT))


def sees_names(actor: Actor) -> bool:
    """Who wrote a review: for those who plan."""
    return actor.is_system or may_plan(actor)


def may_open_findings(actor: Actor, rapporteurs: Collection[int]) -> bool:
    return actor.is_system or may_plan(actor) or is_rapporteur(actor, rapporteurs)


def is_rapporteur(actor: Actor, rapporteurs: Collection[int]) -> bool:
    return actor.person_id is not None and actor.person_id in rapporteurs


def may_write_findings(actor: Actor, rapporteur: int | None) -> bool:
    """Of one table: the secretariat, the presidency, and the table's own rapporteur."""
    return leads_the_region(actor) or (rapporteur is not None and actor.person_id == rapporteur)


def require_may_record(actor: Actor, groups: Collection[str], kind: EventKind) -> None:
    if not may_record(actor, groups, kind):
        raise NotAllowed


def require_may_write_findings(actor: Actor, rapporteur: int | None) -> None:
    if not may_write_findings(actor, rapporteur):
        raise NotAllowed
