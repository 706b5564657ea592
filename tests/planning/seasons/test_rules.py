"""The rules of season planning: greed against the checker, the checker against planted faults, the
solver against brute force.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.text import LocalizedText
from app.planning.seasons.rules import (
    NO_PLACE,
    Plan,
    SeasonProblem,
    TakenTime,
    Wish,
    candidates,
    cost_of,
    greedy,
    violations,
    working_days_after,
)
from app.planning.seasons.rules.merging import Duplicate, Intent, duplicates, likeness
from app.planning.seasons.rules.pins import settled
from app.planning.seasons.rules.problem import workday_number
from app.planning.seasons.services import solving
from app.planning.seasons.services.solving import solve
from app.planning.seasons.values import Breach, SeasonLimits, Solver
from tests.planning.seasons.problems import (
    COUNTRIES,
    FREE,
    MONDAY,
    a_problem,
    a_wish,
    at,
    by_chance,
    cheapest,
    span,
)

# Greed.


@given(st.integers(0, 10_000))
@settings(max_examples=20)
def test_a_greedy_plan_never_has_a_violation(seed: int) -> None:
    problem = by_chance(seed)
    assert violations(problem, greedy(problem, restarts=5)) == ()


@given(st.integers(0, 10_000))
@settings(max_examples=8)
def test_the_same_seed_gives_the_same_plan(seed: int) -> None:
    assert greedy(by_chance(seed), seed=seed, restarts=3) == greedy(
        by_chance(seed), seed=seed, restarts=3
    )


def test_the_best_of_the_tries_counts_and_each_is_told() -> None:
    problem, told = by_chance(3, wishes=12, days=12), []
    plan = greedy(problem, progress=lambda done, cost: told.append((done, cost)))
    assert [done for done, _ in told] == list(range(1, len(told) + 1))
    assert [cost for _, cost in told] == sorted((cost for _, cost in told), reverse=True)
    assert cost_of(problem, plan) <= told[-1][1]


def test_one_steps_aside_for_one_that_would_have_no_place() -> None:
    """The published event stands on the only day the other can have."""
    problem = a_problem(
        a_wish(1, earliest=MONDAY, latest=MONDAY),
        a_wish(2, "b", published_at=at(0)),
        limits=replace(FREE, per_day=1),
    )
    plan = greedy(problem)
    assert plan.keys() == {1, 2}
    assert problem.day_of(plan[1]) == MONDAY
    assert violations(problem, plan) == ()


# The checker finds what is planted, one kind at a time.

HOLIDAY = {MONDAY: frozenset({"HN", "GT", "SV"})}
A_DAY_LATER: dict[str, Any] = {"earliest": MONDAY + timedelta(days=1)}
PLANTED: dict[Breach, tuple[SeasonProblem, Plan]] = {
    Breach.WINDOW: (a_problem(a_wish(1, **A_DAY_LATER)), {1: at(0)}),
    Breach.HOURS: (a_problem(a_wish(1, minutes=90)), {1: at(0, 14)}),
    Breach.WEEKEND: (a_problem(a_wish(1)), {1: at(5)}),
    Breach.TOO_SOON: (a_problem(a_wish(1), not_before=MONDAY + timedelta(days=1)), {1: at(0)}),
    Breach.GROUPS: (a_problem(a_wish(1), a_wish(2, "b")), {1: at(0, 9), 2: at(0, 9, 59)}),
    Breach.PERSON: (
        a_problem(a_wish(1, people=frozenset({7})), a_wish(2, "", people=frozenset({7}))),
        {1: at(0, 9), 2: at(0, 9, 30)},
    ),
    Breach.LICENCE: (
        a_problem(
            a_wish(1, ""), a_wish(2, ""), taken=(TakenTime(span(0)),), limits=replace(FREE, lanes=2)
        ),
        {1: at(0), 2: at(0)},
    ),
    Breach.BLACKOUT: (
        a_problem(a_wish(1, ""), taken=(TakenTime(span(0, 8, 2000), closes_region=True),)),
        {1: at(1)},
    ),
    Breach.HOLIDAYS: (a_problem(a_wish(1), holidays=HOLIDAY), {1: at(0)}),
    Breach.BINDING_HOLIDAY: (
        a_problem(
            a_wish(1),
            taken=(TakenTime(span(0, 0, 1440), closed_countries=frozenset({"HN"}), counts=False),),
        ),
        {1: at(0)},
    ),
    Breach.SPACING: (a_problem(a_wish(1, spacing=3), a_wish(2)), {1: at(4), 2: at(8)}),
    Breach.GROUP_WEEK: (
        a_problem(a_wish(1), a_wish(2), limits=replace(FREE, per_group_week=1)),
        {1: at(0), 2: at(4)},
    ),
    Breach.GROUP_MONTH: (
        a_problem(a_wish(1), a_wish(2), limits=replace(FREE, per_group_month=1)),
        {1: at(0), 2: at(25)},
    ),
    Breach.DAY: (
        a_problem(a_wish(1), taken=(TakenTime(span(0, 12)),), limits=replace(FREE, per_day=1)),
        {1: at(0)},
    ),
    Breach.COUNTRY_WEEK: (
        a_problem(
            a_wish(1, countries=frozenset({"HN", "GT"})),
            a_wish(2, "b", countries=frozenset({"HN"})),
            limits=replace(FREE, per_country_week=1),
        ),
        {1: at(0), 2: at(3)},
    ),
    Breach.PERSON_MONTH: (
        a_problem(
            a_wish(1, people=frozenset({7})),
            a_wish(2, "b", people=frozenset({7})),
            limits=replace(FREE, per_person_month=1),
        ),
        {1: at(0), 2: at(21)},
    ),
    Breach.ORDER: (a_problem(a_wish(1), a_wish(2, after=frozenset({1}))), {1: at(3), 2: at(2)}),
}


@pytest.mark.parametrize("breach", Breach)
def test_the_checker_finds_each_fault_that_is_planted(breach: Breach) -> None:
    problem, plan = PLANTED[breach]
    found = violations(problem, plan)
    assert {violation.breach for violation in found} == {breach}
    assert all(violation.key in plan for violation in found)


INNOCENT: dict[Breach, Plan] = {
    Breach.WINDOW: {1: at(1)},
    Breach.HOURS: {1: at(0, 13, 30)},
    Breach.WEEKEND: {1: at(4)},
    Breach.TOO_SOON: {1: at(1)},
    Breach.GROUPS: {1: at(0, 9), 2: at(0, 10)},
    Breach.PERSON: {1: at(0, 9), 2: at(0, 10)},
    Breach.LICENCE: {1: at(0), 2: at(0, 10)},
    Breach.BLACKOUT: {1: at(2)},
    Breach.HOLIDAYS: {1: at(1)},
    Breach.BINDING_HOLIDAY: {1: at(1)},
    Breach.SPACING: {1: at(4), 2: at(9)},
    Breach.GROUP_WEEK: {1: at(4), 2: at(7)},
    Breach.GROUP_MONTH: {1: at(0)},
    Breach.DAY: {1: at(1)},
    Breach.COUNTRY_WEEK: {1: at(4), 2: at(7)},
    Breach.PERSON_MONTH: {1: at(0)},
    Breach.ORDER: {1: at(2, 9), 2: at(2, 10)},
}


@pytest.mark.parametrize("breach", Breach)
def test_and_nothing_where_the_limit_is_just_kept(breach: Breach) -> None:
    assert violations(PLANTED[breach][0], INNOCENT[breach]) == ()


@pytest.mark.parametrize("breach", Breach)
def test_greed_keeps_to_every_planted_limit(breach: Breach) -> None:
    problem = PLANTED[breach][0]
    plan = greedy(problem)
    assert violations(problem, plan) == ()
    assert plan, "a plan without anything keeps to every limit"


def test_the_quiet_time_after_a_meeting_is_kept_free() -> None:
    problem = a_problem(a_wish(1), a_wish(2, "b"), limits=replace(FREE, gap_minutes=30))
    assert violations(problem, {1: at(0, 9), 2: at(0, 10, 29)})
    assert not violations(problem, {1: at(0, 9), 2: at(0, 10, 30)})


# What a plan costs.


def test_the_cost_says_what_is_paid_for() -> None:
    wish = a_wish(1, wished_on=MONDAY, countries=frozenset({"CR", "US"}))
    problem = a_problem(wish, a_wish(2), holidays={MONDAY: frozenset({"CR"})})
    assert cost_of(problem, {}) == 2 * NO_PLACE
    assert cost_of(problem, {1: at(0), 2: at(1)}) == 3 + 3 - 3
    assert cost_of(problem, {1: at(8), 2: at(1)}) == 1
    assert cost_of(problem, {1: at(1, 15, 30), 2: at(1)}) == 1, "17:30 in Washington"
    published = a_problem(a_wish(1, published_at=at(1)))
    assert cost_of(published, {1: at(1)}) == 0
    assert cost_of(published, {1: at(2)}) == 20


@given(
    st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.dates(date(2026, 1, 1), date(2028, 12, 31))
)
def test_working_days_are_counted_like_on_fingers(one: date, other: date) -> None:
    first, last = min(one, other), max(one, other)
    fingers = sum((first + timedelta(days=n)).weekday() < 5 for n in range((last - first).days))
    assert workday_number(last) - workday_number(first) == fingers
    assert workday_number(working_days_after(first, 7)) == workday_number(first) + 7


# What is published.


def test_events_that_stand_against_a_rule_already_stay_out_of_the_game() -> None:
    limits = replace(FREE, per_group_week=1)
    pins = [a_wish(n, published_at=at(day), minutes=60) for n, day in ((1, 0), (2, 1), (3, 7))]
    found = settled(a_problem(*pins, a_wish(4, "b"), limits=limits))
    assert [wish.key for wish in found.wishes] == [3, 4]
    assert {taken.span for taken in found.taken} == {span(0), span(1)}
    assert violations(found, greedy(found)) == ()


def test_nothing_that_is_published_loses_its_place() -> None:
    for seed in range(6):
        problem = by_chance(seed)
        plan = greedy(problem, restarts=3)
        pinned = settled(
            replace(
                problem,
                wishes=tuple(
                    replace(wish, published_at=plan.get(wish.key) if wish.key % 2 else None)
                    for wish in problem.wishes
                ),
            )
        )
        published = {wish.key: wish.published_at for wish in pinned.wishes if wish.published_at}
        result = solve(pinned, seconds=0.5)
        assert published.keys() <= result.plan.keys()
        assert violations(pinned, result.plan) == ()


# The solver.


@pytest.mark.parametrize("seed", range(8))
def test_the_solver_finds_the_optimum_of_brute_force_and_is_never_worse_than_greed(
    seed: int,
) -> None:
    problem = by_chance(seed, wishes=3, days=3, tiny=True)
    result = solve(problem, seconds=60)  # it ends when it has proved the optimum
    assert violations(problem, result.plan) == ()
    assert result.cost == cost_of(problem, result.plan) == cheapest(problem)
    assert result.cost <= result.greedy_cost
    assert result.is_optimal


def a_hard_one() -> SeasonProblem:
    """Too much for twelve days: by greed seven of ten find no place, at best six."""
    return by_chance(6, wishes=10, days=12)


def test_it_improves_on_greed_and_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "TICK", 0.05)
    told: list[int] = []
    result = solve(a_hard_one(), seconds=5, tell=told.append)
    assert result.solver is Solver.CP_SAT
    assert (result.cost, result.greedy_cost) == (6 * NO_PLACE, 7 * NO_PLACE)
    assert violations(a_hard_one(), result.plan) == ()
    assert told == sorted(told)
    assert 0 < told[-1] < 100


def test_without_the_extra_there_is_the_greedy_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "find_spec", lambda _name: None)
    problem = a_hard_one()
    result = solve(problem, seconds=1)
    assert result.solver is Solver.GREEDY
    assert result.cost == result.greedy_cost == cost_of(problem, greedy(problem))


def test_a_search_that_finds_nothing_cheaper_gives_the_greedy_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worse = solving.Solution({}, 10**6, Solver.CP_SAT, 0)
    monkeypatch.setattr(solving, "_search", lambda *_, **__: worse)
    assert solve(a_hard_one(), seconds=1).solver is Solver.GREEDY


def test_nobody_to_tell_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "TICK", 0.05)

    class Gone(Exception):
        pass

    told: list[int] = []

    def tell(percent: int) -> None:
        told.append(percent)
        if told.count(solving.GREEDY_SHARE) > 1:  # greed is done, and the search goes on from there
            raise Gone

    begun = datetime.now().timestamp()  # noqa: DTZ005 - a stopwatch
    with pytest.raises(Gone):
        solve(by_chance(5, wishes=40, days=60), seconds=60, tell=tell)
    assert datetime.now().timestamp() - begun < 30  # noqa: DTZ005


# Candidates and plans side by side.


def test_what_is_published_is_always_a_candidate() -> None:
    problem = a_problem(a_wish(1, published_at=at(5, 20)))
    assert at(5, 20) in [candidate.span.starts_at for candidate in candidates(problem)[1]]


def test_a_season_too_large_is_thinned_but_stays_lawful(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = SeasonProblem(
        tuple(a_wish(n) for n in range(1, 5)),
        MONDAY,
        MONDAY + timedelta(days=60),
        countries=COUNTRIES,
        limits=SeasonLimits(notice=0),
    )
    whole = sum(map(len, candidates(problem).values()))
    monkeypatch.setattr(import_module("app.planning.seasons.rules.candidates"), "MOST", 10)
    thinned = candidates(problem)
    assert sum(map(len, thinned.values())) <= whole / 2 + 4
    assert violations(problem, greedy(problem, offers=thinned)) == ()


def intent(key: int, plan: str, es: str, first: int = 0, last: int = 10, **more: Any) -> Intent:
    return Intent(
        key,
        plan,
        LocalizedText(es=es, en=more.get("en", "")),
        MONDAY + timedelta(days=first),
        MONDAY + timedelta(days=last),
    )


def test_the_same_and_similar_titles_of_two_plans_are_found() -> None:
    found = duplicates(
        [
            intent(1, "a", "Protección de mujeres migrantes en tránsito"),
            intent(2, "b", "PROTECCION de mujeres migrantes en tránsito (2)"),
            intent(3, "b", "Mujeres migrantes en tránsito: protección integral"),
            intent(4, "b", "Datos migratorios"),
            intent(5, "a", "Protección de mujeres migrantes en tránsito"),
            intent(6, "b", "Protección de mujeres migrantes en tránsito", 11, 20),
            intent(7, "a", "Datos migratorios 1"),
            intent(8, "b", "Datos migratorios 2"),
        ]
    )
    assert found == (
        Duplicate(1, 2, True),
        Duplicate(1, 3, False),
        Duplicate(2, 5, True),
        Duplicate(3, 5, False),
        Duplicate(4, 7, True),
    )
    assert (
        likeness(
            LocalizedText(es="Uno", en="Border management"),
            LocalizedText(es="Otro", en="Border Management"),
        )
        == 1
    )
    assert likeness(LocalizedText(), LocalizedText()) == 0


def test_a_wish_knows_its_span() -> None:
    assert Wish(1, 90).span(at(0)) == span(0, 9, 90)
