"""Fixes published events whose place is not lawful; only the others may move."""

from dataclasses import replace

from app.planning.seasons.rules.checker import violations
from app.planning.seasons.rules.problem import SeasonProblem, TakenTime, Wish


def settled(problem: SeasonProblem) -> SeasonProblem:
    """Returns the same problem, in which leaving every published event where it is breaks nothing.

    An event that breaks a rule today, by an override or under an older rule book, was put there by
    people and stays.
    """
    while True:
        plan = {
            wish.key: wish.published_at for wish in problem.wishes if wish.published_at is not None
        }
        found = violations(problem, plan)
        stay = {key for violation in found for key in (violation.key, *violation.others)}
        if not stay:
            return problem
        kept = tuple(standing(problem.by_key[key]) for key in sorted(stay))
        wishes = tuple(wish for wish in problem.wishes if wish.key not in stay)
        problem = replace(problem, wishes=wishes, taken=(*problem.taken, *kept))


def standing(wish: Wish) -> TakenTime:
    if wish.published_at is None:
        raise ValueError("only what is published stands")
    return TakenTime(
        wish.span(wish.published_at),
        f"wish:{wish.key}",
        wish.groups,
        wish.people,
        wish.countries,
        spacing=wish.spacing,
    )
