"""Who may see the rule book and who may set it; pure predicates over the actor."""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed
from app.planning.scheduling.rules.spec import RuleSpec
from app.planning.scheduling.values import Approver


def may_set_rules(actor: Actor) -> bool:
    """Returns True when the actor may set any rule; which one is asked for each rule."""
    return actor.is_system or actor.holds(Role.ORGANIZER) or actor.holds(Role.PRESIDENCY)


def may_see_rules(actor: Actor) -> bool:
    """Returns True for whoever plans: the rules say what will be refused, and who decided so."""
    return may_set_rules(actor) or actor.holds(Role.CONVENOR)


def may_set_rule(actor: Actor, spec: RuleSpec) -> bool:
    """Returns True when the actor may set this rule.

    The presidency may set each one; the secretariat those that it may override itself.
    """
    return may_decide_alone(actor) or (
        actor.holds(Role.ORGANIZER) and spec.owner is Approver.SECRETARIAT
    )


def may_decide_alone(actor: Actor) -> bool:
    """Returns True for what only the presidency decides, such as to undo a declared pair."""
    return actor.is_system or actor.holds(Role.PRESIDENCY)


def may_override(actor: Actor, approver: Approver) -> bool:
    """Returns True when the actor may confirm with a reason what the rule book refuses otherwise.

    What the secretariat may, the presidency may too.
    """
    if approver is Approver.NOBODY:
        return False
    if approver is Approver.PRESIDENCY:
        return actor.is_system or actor.acts_as(Role.PRESIDENCY)
    return actor.is_system or actor.acts_as(Role.ORGANIZER) or actor.acts_as(Role.PRESIDENCY)


def require_may_see_rules(actor: Actor) -> None:
    if not may_see_rules(actor):
        raise NotAllowed


def require_may_set_rules(actor: Actor) -> None:
    if not may_set_rules(actor):
        raise NotAllowed


def require_may_set_rule(actor: Actor, spec: RuleSpec) -> None:
    if not may_set_rule(actor, spec):
        raise NotAllowed


def require_may_decide_alone(actor: Actor) -> None:
    if not may_decide_alone(actor):
        raise NotAllowed
