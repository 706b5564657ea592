"""Who wants, answers and counts refreshers; pure."""

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed
from app.training.turnover.policy import may_see_region, sees_small_cells

FEWEST = 5


def may_have(actor: Actor) -> bool:
    """Whoever is a person here: also the bearer of a letter's link, for that person's own."""
    return actor.person_id is not None


def may_see_figures(actor: Actor) -> bool:
    return may_see_region(actor)


def shows(actor: Actor, country_code: str, people: int) -> bool:
    """Whether a count of so many people may be shown to somebody."""
    return people >= FEWEST or sees_small_cells(actor, country_code)


def require_may_have(actor: Actor) -> int:
    """Returns the person."""
    if actor.person_id is None:
        raise NotAllowed
    return actor.person_id
