"""Who may ask for refreshers, answer them and see their counts."""

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed
from app.kernel.small_numbers import is_enough
from app.training.turnover.policy import may_see_region, sees_small_cells


def may_have(actor: Actor) -> bool:
    """Returns True for an account that belongs to a person, and for the bearer of a letter's link."""
    return actor.person_id is not None


def may_answer_for_others(actor: Actor) -> bool:
    """Returns True for the system only, where it takes records over."""
    return actor.is_system


def may_see_figures(actor: Actor) -> bool:
    return may_see_region(actor)


def shows(actor: Actor, country_code: str, people: int) -> bool:
    """Returns True where the actor may see a count of so many people."""
    return is_enough(people) or sees_small_cells(actor, country_code)


def require_may_answer_for_others(actor: Actor) -> None:
    if not may_answer_for_others(actor):
        raise NotAllowed


def require_may_have(actor: Actor) -> int:
    """Returns the number of the actor's person. Raises NotAllowed where there is none."""
    if actor.person_id is None:
        raise NotAllowed
    return actor.person_id
