"""Who sets, opens, answers and closes a review of the Guidelines."""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed
from app.people.identity.policy import acts_for_the_region


def may_read_review(actor: Actor) -> bool:
    """Returns True for whoever has signed in: they read what is proposed and by which country."""
    return actor.signed_in or actor.is_system


def may_run_review(actor: Actor) -> bool:
    """Returns True for who sets, opens and closes it and answers for the region."""
    return acts_for_the_region(actor)


def may_answer_for(actor: Actor, country: str) -> bool:
    """Returns True for the focal point of a country; for the region (""), for who runs it."""
    if not country:
        return may_run_review(actor)
    return actor.is_system or actor.acts_as(Role.FOCAL_POINT, country)


def countries_to_answer_for(actor: Actor) -> tuple[str, ...]:
    """Returns for whom the actor answers: the region as "", then countries by code."""
    region = ("",) if may_run_review(actor) else ()
    return (*region, *sorted(actor.scopes(Role.FOCAL_POINT)))


def may_answer_some(actor: Actor) -> bool:
    return bool(countries_to_answer_for(actor))


def may_propose_some(actor: Actor) -> bool:
    """Returns True for whoever answers for a country: sections are the countries' to word."""
    return bool(actor.scopes(Role.FOCAL_POINT))


def require_may_run_review(actor: Actor) -> None:
    if not may_run_review(actor):
        raise NotAllowed


def require_may_answer_for(actor: Actor, country: str) -> None:
    if not may_answer_for(actor, country):
        raise NotAllowed
