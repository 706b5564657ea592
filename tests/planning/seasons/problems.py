"""Problems to plan: small ones by chance, tiny ones that brute force can finish, and the year of
the benchmark.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from app.kernel.timespan import Timespan
from app.planning.seasons.rules import (
    CountryZone,
    Plan,
    SeasonProblem,
    TakenTime,
    Wish,
    cost_of,
    violations,
)
from app.planning.seasons.values import SeasonLimits

MONDAY = date(2027, 3, 1)
ZONES = {
    "BZ": "America/Belize",
    "CA": "America/Toronto",
    "CR": "America/Costa_Rica",
    "DO": "America/Santo_Domingo",
    "SV": "America/El_Salvador",
    "GT": "America/Guatemala",
    "HN": "America/Tegucigalpa",
    "MX": "America/Mexico_City",
    "NI": "America/Managua",
    "PA": "America/Panama",
    "US": "America/New_York",
}
COUNTRIES = tuple(CountryZone(code, zone) for code, zone in ZONES.items())
FREE = SeasonLimits(
    per_group_week=None,
    per_group_month=None,
    per_day=None,
    per_country_week=None,
    per_person_month=None,
    notice=0,
)


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """An instant by the day after Monday 1 March 2027 and the hour in Costa Rica, which keeps UTC−6
    all year.
    """
    return datetime(2027, 3, 1, 6, tzinfo=UTC) + timedelta(days=day, hours=hour, minutes=minute)


def span(day: int, hour: int = 9, minutes: int = 60) -> Timespan:
    return Timespan(at(day, hour), at(day, hour) + timedelta(minutes=minutes))


def a_day(on: date, hour: int = 0, days: int = 1) -> Timespan:
    """Whole days in Costa Rica."""
    starts_at = datetime.combine(on, time(hour), ZoneInfo("America/Costa_Rica"))
    return Timespan(starts_at, starts_at + timedelta(days=days))


def a_wish(key: int, group: str = "a", minutes: int = 60, **more: Any) -> Wish:
    return Wish(key, minutes, frozenset({group}) if group else frozenset(), **more)


def a_problem(*wishes: Wish, days: int = 26, **more: Any) -> SeasonProblem:
    given: dict[str, Any] = {"countries": COUNTRIES, "limits": FREE}
    return SeasonProblem(wishes, MONDAY, MONDAY + timedelta(days=days - 1), **(given | more))


def by_chance(seed: int, *, wishes: int = 8, days: int = 26, tiny: bool = False) -> SeasonProblem:
    """Everything in it at once: windows, spacing, people, countries, orders, holidays, what is
    taken, all limits.
    """
    chance = random.Random(seed)
    groups, people = "abc"[: chance.randint(1, 3)], range(1, 4)
    made = []
    for key in range(1, wishes + 1):
        first = chance.choice((None, MONDAY + timedelta(days=chance.randrange(days))))
        last = chance.choice((None, (first or MONDAY) + timedelta(days=chance.randrange(12))))
        made.append(
            Wish(
                key,
                chance.choice((60, 90, 120)),
                frozenset(
                    chance.sample(groups, chance.randint(0 if tiny else 1, min(2, len(groups))))
                ),
                frozenset(chance.sample(people, chance.randint(0, 2))),
                frozenset(chance.sample(sorted(ZONES), chance.choice((0, 0, 3)))),
                first,
                last,
                chance.choice((0, 1, 3, 5)),
                first if chance.random() < 0.3 else None,
                after=frozenset({chance.randrange(1, key)})
                if key > 1 and chance.random() < 0.2
                else frozenset(),
            )
        )
    limits = SeasonLimits(
        per_group_week=chance.choice((None, 1, 2)),
        per_group_month=chance.choice((None, 2, 3)),
        per_day=chance.choice((None, 1, 2)),
        per_country_week=chance.choice((None, 2, 3)),
        per_person_month=chance.choice((None, 2, 3)),
        lanes=chance.choice((None, 1, 2)),
        holidays=chance.choice((0, 2)),
        gap_minutes=chance.choice((0, 30)),
        closes=time(11) if tiny else time(15),
    )
    holidays = {
        MONDAY + timedelta(days=chance.randrange(days)): frozenset(chance.sample(sorted(ZONES), n))
        for n in (1, 2, 3)
    }
    return SeasonProblem(
        tuple(made),
        MONDAY,
        MONDAY + timedelta(days=days - 1),
        tuple(_taken(chance, days)),
        COUNTRIES,
        holidays,
        limits,
        not_before=chance.choice((None, MONDAY + timedelta(days=1))),
    )


def _taken(chance: random.Random, days: int) -> Iterator[TakenTime]:
    for n in range(chance.randint(0, 4)):
        held = span(chance.randrange(days), chance.randint(8, 13), chance.choice((60, 120)))
        yield chance.choice(
            (
                TakenTime(held, f"t{n}", frozenset({"a"}), frozenset({1})),
                TakenTime(held, f"t{n}", frozenset(), frozenset({2}), spacing=2),
                TakenTime(held, f"t{n}", closes_region=True),
                TakenTime(held, f"t{n}", closed_countries=frozenset({"HN"}), counts=False),
            )
        )


def cheapest(problem: SeasonProblem) -> int:
    """The cost of the best plan there is, by trying them all: each wish at each full hour, or
    nowhere.
    """
    starts = [[None, *grid(problem, wish)] for wish in problem.wishes]
    best = cost_of(problem, {})
    for choice in product(*starts):
        plan: Plan = {
            w.key: at for w, at in zip(problem.wishes, choice, strict=True) if at is not None
        }
        if any(w.published_at and w.key not in plan for w in problem.wishes):
            continue
        cost = cost_of(problem, plan)
        if cost < best and not violations(problem, plan):
            best = cost
    return best


def grid(problem: SeasonProblem, wish: Wish) -> list[datetime]:
    """Every full hour of every day, whatever the limits say: the checker alone decides what is
    lawful.
    """
    days = (problem.ends_on - problem.starts_on).days + 1
    last = problem.limits.closes.hour
    every = [
        at(day, hour) for day in range(days) for hour in range(problem.limits.opens.hour, last)
    ]
    return (
        [*every, wish.published_at]
        if wish.published_at and wish.published_at not in every
        else every
    )
