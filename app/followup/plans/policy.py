"""Who sits at a table's plan: who reads, writes, submits, sends back and validates it."""

from app.followup.plans.rules import OnlyThePresidencyValidates
from app.followup.plans.values import PlanState, TableReach
from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.people.identity.policy import acts_for_the_region, leads_the_region


def may_read_plans(actor: Actor) -> bool:
    """Returns True for whoever has signed in: they read the general plan and validated plans."""
    return actor.signed_in or actor.is_system


def may_read_plan(actor: Actor, table: TableReach, state: PlanState) -> bool:
    """Returns True for a validated plan as above, and for a draft to those who may write it and to
    the focal points of its members.
    """
    if state is PlanState.VALIDATED:
        return may_read_plans(actor)
    return (
        leads_the_region(actor)
        or may_write_plan(actor, table)
        or any(actor.holds(Role.FOCAL_POINT, code) for code in _countries_of(table))
    )


def may_write_plan(actor: Actor, table: TableReach) -> bool:
    """Returns True for the secretariat, the presidency, the table's moderator and rapporteur, and
    the focal points of the countries that coordinate it or sit at it.
    """
    return (
        acts_for_the_region(actor)
        or leads_table(actor, table)
        or any(actor.acts_as(Role.FOCAL_POINT, code) for code in _countries_of(table))
    )


def _countries_of(table: TableReach) -> frozenset[str]:
    return table.countries | ({table.coordinator} if table.coordinator else set())


def leads_table(actor: Actor, table: TableReach) -> bool:
    return actor.person_id is not None and actor.person_id in (
        table.moderator_id,
        table.rapporteur_id,
    )


def may_submit_plan(actor: Actor, table: TableReach) -> bool:
    """Returns True for the table's moderator and rapporteur, and for who acts for the region."""
    return acts_for_the_region(actor) or leads_table(actor, table)


def may_send_back_plan(actor: Actor) -> bool:
    """Returns True for the secretariat, which checks that it is complete, and the presidency."""
    return acts_for_the_region(actor)


def may_validate_plan(actor: Actor) -> bool:
    """Returns True for the presidency in office alone (R12)."""
    return actor.is_system or actor.acts_as(Role.PRESIDENCY)


def may_seat(actor: Actor, table: TableReach, country: str) -> bool:
    """Returns True for who leads the table or acts for the region, and for a focal point about
    institutions of their own country, once it coordinates the table or sits at it: whoever sits
    there reads its drafts, so no country admits itself.
    """
    return may_submit_plan(actor, table) or (
        country in _countries_of(table) and actor.acts_as(Role.FOCAL_POINT, country)
    )


def require_may_read_plan(actor: Actor, table: TableReach, state: PlanState) -> None:
    """Raises NotFound, so that drafts of others cannot be probed."""
    if not may_read_plan(actor, table, state):
        raise NotFound


def require_may_write_plan(actor: Actor, table: TableReach) -> None:
    if not may_write_plan(actor, table):
        raise NotAllowed


def require_may_submit_plan(actor: Actor, table: TableReach) -> None:
    if not may_submit_plan(actor, table):
        raise NotAllowed


def require_may_send_back_plan(actor: Actor) -> None:
    if not may_send_back_plan(actor):
        raise NotAllowed


def require_may_validate_plan(actor: Actor, table: TableReach) -> None:
    """Raises OnlyThePresidencyValidates to those of the table, who may expect to, NotAllowed to
    others.
    """
    if not may_validate_plan(actor):
        raise OnlyThePresidencyValidates if may_write_plan(actor, table) else NotAllowed
