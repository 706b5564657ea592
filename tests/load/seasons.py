"""What a season of sixty webinars costs to plan: by greed and with CP-SAT, in an ordinary year and
in a tight quarter.

The year: eight groups, 25 speakers, two meetings at once on the licence, two a day, five working
days between meetings of a group, a week closed for the congress, 54 weekdays with a holiday
somewhere. The tight case: 62 working days, two starts a day, every speaker away on a third of the
days, and no limit by week or country, which could not be kept.
"""

import os
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from datetime import time as clock_time

from app.planning.seasons.rules import (
    Plan,
    SeasonProblem,
    TakenTime,
    Wish,
    candidates,
    cost_of,
    greedy,
    violations,
)
from app.planning.seasons.services.solving import solve
from app.planning.seasons.values import SeasonLimits
from tests.load import Figure, timed
from tests.planning.seasons.problems import COUNTRIES, a_day

SEEDS = (1, 2, 3)
WEBINARS, GROUPS, SPEAKERS = 60, 8, 25
SECONDS = float(os.environ.get("CONVOCA_SEASON_SECONDS", "40"))
YEAR = (date(2027, 1, 4), date(2027, 12, 17))
QUARTER = (date(2027, 2, 1), date(2027, 4, 27))
TEN_WEEKS = timedelta(weeks=10)


def run() -> Iterator[Figure]:
    for name, problem_of in (("year", year), ("tight", tight)):
        for seed in SEEDS:
            yield from measure(problem_of(seed), {"case": name, "seed": seed})


def measure(problem: SeasonProblem, about: dict[str, str | int]) -> Iterator[Figure]:
    offers = candidates(problem)
    about = {
        **about,
        "webinars": len(problem.wishes),
        "starts offered": sum(map(len, offers.values())),
    }
    plans = []
    seconds = timed(lambda: plans.append(greedy(problem)))
    yield Figure("greedy, 20 tries", round(seconds, 2), "s", about)
    yield from _judged("greedy", problem, plans[0], about)
    made = []
    before = time.process_time()
    seconds = timed(lambda: made.append(solve(problem, seconds=SECONDS)))
    found, worked = made[0], round(time.process_time() - before)
    about = {
        **about,
        "cap s": int(SECONDS),
        "processor s": worked,
        "improvements": found.improvements,
        "optimal": str(found.is_optimal),
    }
    yield Figure("solve, greedy and CP-SAT", round(seconds, 2), "s", about)
    yield from _judged("solve", problem, dict(found.plan), about)


def _judged(
    name: str, problem: SeasonProblem, plan: Plan, about: dict[str, str | int]
) -> Iterator[Figure]:
    yield Figure(f"{name}: cost", cost_of(problem, plan), "points", about)
    yield Figure(f"{name}: without a place", len(problem.wishes) - len(plan), "webinars", about)
    yield Figure(
        f"{name}: violations by the checker", len(violations(problem, plan)), "violations", about
    )


def year(seed: int) -> SeasonProblem:
    chance = random.Random(seed)
    first, last = YEAR
    wishes = []
    for key in range(1, WEBINARS + 1):
        begins = first + timedelta(days=chance.randrange((last - first - TEN_WEEKS).days))
        wishes.append(_wish(chance, key, begins, begins + TEN_WEEKS))
    congress = a_day(date(2027, 9, 13), 0, days=5)
    limits = SeasonLimits(lanes=2, notice=0)
    closed = TakenTime(congress, "congress", closes_region=True, counts=False)
    return SeasonProblem(
        tuple(wishes), first, last, (closed,), COUNTRIES, _holidays(chance, first, last), limits
    )


def tight(seed: int) -> SeasonProblem:
    chance = random.Random(seed)
    first, last = QUARTER
    open_days = _weekdays(first, last)
    wishes = tuple(
        replace(_wish(chance, key, None, None), wished_on=chance.choice(open_days))
        for key in range(1, WEBINARS + 1)
    )
    away = [
        TakenTime(a_day(on, 0), f"speaker {speaker}", people=frozenset({speaker}), counts=False)
        for on in open_days
        for speaker in range(SPEAKERS)
        if chance.random() < 1 / 3
    ]
    limits = SeasonLimits(
        lanes=2,
        notice=0,
        per_group_month=None,
        per_person_month=None,
        per_country_week=None,
        opens=clock_time(9),
        closes=clock_time(13),
        every_minutes=120,
    )
    return SeasonProblem(
        wishes, first, last, tuple(away), COUNTRIES, _holidays(chance, first, last), limits
    )


def _wish(chance: random.Random, key: int, earliest: date | None, latest: date | None) -> Wish:
    """The year's have a day they are wanted around: the middle of their ten weeks."""
    middle = earliest + (latest - earliest) / 2 if earliest and latest else None
    group, speakers = f"group {key % GROUPS}", chance.sample(range(SPEAKERS), 2)
    return Wish(
        key,
        chance.choice((60, 90, 120)) if middle else 120,
        frozenset({group}),
        frozenset(speakers),
        frozenset(),
        earliest,
        latest,
        5,
        middle,
    )


def _weekdays(first: date, last: date) -> list[date]:
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [on for on in every if on.weekday() < 5]


def _holidays(chance: random.Random, first: date, last: date) -> dict[date, frozenset[str]]:
    """As thick as 2027's: of 261 weekdays 48 with one or two countries, four with three to five,
    two with more.
    """
    days = _weekdays(first, last)
    codes = [country.code for country in COUNTRIES]
    sizes = [*(chance.choice((1, 2)) for _ in range(48)), 3, 4, 5, 5, 6, 8][: len(days) * 54 // 261]
    chosen = chance.sample(days, len(sizes))
    return {
        on: frozenset(chance.sample(codes, size)) for on, size in zip(chosen, sizes, strict=True)
    }
