"""The season as a model for CP-SAT: one yes-or-no for each wish and start, and sums over them."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.kernel.timespan import Timespan
from app.planning.seasons.rules import NO_PLACE, Candidate, Plan, SeasonProblem, Wish
from app.planning.seasons.rules.candidates import SeasonCounts

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar

Offers = Mapping[int, tuple[Candidate, ...]]
Ways = dict[datetime, "IntVar"]
Entry = tuple[Wish, Candidate, "IntVar"]


class Model:
    """`ways`: for each wish its starts; `nowhere`: that a wish has no place, which nothing
    published may be.
    """

    def __init__(
        self, model: "CpModel", problem: SeasonProblem, offers: Offers, floor: Plan
    ) -> None:
        self.model, self.problem, self.offers = model, problem, offers
        self.ways: dict[int, Ways] = {}
        self.nowhere: dict[int, IntVar] = {}
        self.entries: list[Entry] = []
        price: list[Any] = [term for wish in problem.wishes for term in self._wish(wish, floor)]
        _limit(self)
        _exclude(self)
        _keep_apart(self)
        _keep_order(self)
        model.minimize(sum(price))

    def _wish(self, wish: Wish, floor: Plan) -> Iterator[Any]:
        """Its variables, hinted at where the floor has it; gives what each costs."""
        ways = self.ways[wish.key] = {}
        for candidate in self.offers[wish.key]:
            variable = self.model.new_bool_var("")
            ways[candidate.span.starts_at] = variable
            self.entries.append((wish, candidate, variable))
            self.model.add_hint(variable, floor.get(wish.key) == candidate.span.starts_at)
            yield candidate.cost * variable
        choices = list(ways.values())
        if wish.published_at is None:
            nowhere = self.nowhere[wish.key] = self.model.new_bool_var("")
            self.model.add_hint(nowhere, wish.key not in floor)
            choices.append(nowhere)
            yield NO_PLACE * nowhere
        self.model.add_exactly_one(choices)


def _limit(made: Model) -> None:
    """The counts: a day, a group's week and month, a country's week, each with what stands already
    taken off.
    """
    problem, limits, standing = made.problem, made.problem.limits, SeasonCounts.of(made.problem)
    sums: dict[Hashable, list[IntVar]] = defaultdict(list)
    room: dict[Hashable, int] = {}

    def count(key: Hashable, most: int | None, already: int, variable: "IntVar") -> None:
        if most is not None:
            sums[key].append(variable)
            room[key] = max(0, most - already)

    for wish, c, variable in made.entries:
        count(c.on, limits.per_day, standing.days.get(c.on, 0), variable)
        for group in wish.groups:
            week, month = (group, c.week), (group, c.month)
            count(("week", week), limits.per_group_week, standing.weeks.get(week, 0), variable)
            count(("month", month), limits.per_group_month, standing.months.get(month, 0), variable)
        for person in wish.people:
            month_of_person = (person, c.month)
            count(
                ("person", month_of_person),
                limits.per_person_month,
                standing.person_months.get(month_of_person, 0),
                variable,
            )
        for country in problem.invited(wish):
            theirs = (country, c.week)
            count(
                ("country", theirs),
                limits.per_country_week,
                standing.country_weeks.get(theirs, 0),
                variable,
            )
    seen = set()
    for key, variables in sums.items():
        same = (room[key], frozenset(variable.index for variable in variables))
        if (
            len(variables) > room[key] and same not in seen
        ):  # eleven countries that are all invited count as one
            seen.add(same)
            made.model.add(sum(variables) <= room[key])


def _exclude(made: Model) -> None:
    """At each start at most one of those that exclude each other goes on, and at most as many as
    there are lanes.
    """
    crowds: dict[Hashable, list[Entry]] = defaultdict(list)
    ordered = sorted(made.entries, key=lambda entry: entry[1].span)
    crowds["groups"] = [entry for entry in ordered if entry[0].groups]
    for entry in ordered:
        for person in entry[0].people:
            crowds[person].append(entry)
    gap = timedelta(minutes=made.problem.limits.gap_minutes)
    for name, crowd in crowds.items():
        if name != "groups" and all(wish.groups for wish, _, _ in crowd):
            continue  # meetings of groups exclude each other whoever speaks
        for _moment, going_on in _sweep(crowd, gap, ()):
            if len({wish.key for wish, _, _ in going_on}) > 1:
                made.model.add_at_most_one([variable for _, _, variable in going_on])
    lanes = made.problem.limits.lanes
    if lanes is not None:
        events = [taken.span for taken in made.problem.taken if taken.counts]
        for moment, going_on in _sweep(ordered, timedelta(), events):
            busy = sum(span.starts_at <= moment < span.ends_at for span in events)
            made.model.add(sum(variable for _, _, variable in going_on) <= max(0, lanes - busy))


def _sweep(
    ordered: list[Entry], gap: timedelta, others: Iterable[Timespan]
) -> Iterator[tuple[datetime, list[Entry]]]:
    """At each start, of one of them or of the others, which of them are going on or in the quiet
    time after.
    """
    moments = sorted(
        {c.span.starts_at for _, c, _ in ordered} | {span.starts_at for span in others}
    )
    going_on: list[Entry] = []
    waiting = iter([*ordered, None])
    coming = next(waiting)
    for moment in moments:
        going_on = [entry for entry in going_on if entry[1].span.ends_at + gap > moment]
        while coming is not None and coming[1].span.starts_at <= moment:
            going_on.append(coming)
            coming = next(waiting)
        if going_on:
            yield moment, going_on


def _keep_apart(made: Model) -> None:
    """Two meetings of a group are as many working days apart as the more demanding of them wants.

    Those that want at least so many exclude each other within any such stretch of days; the less
    demanding exclude each of the more demanding, but not one another.
    """
    of_group: dict[str, list[Entry]] = defaultdict(list)
    for entry in made.entries:
        for group in entry[0].groups:
            of_group[group].append(entry)
    for entries in of_group.values():
        for apart in sorted({wish.spacing for wish, _, _ in entries} - {0}):
            for first in sorted({c.workday for _, c, _ in entries}):
                stretch = [e for e in entries if first <= e[1].workday < first + apart]
                made.model.add_at_most_one([v for wish, _, v in stretch if wish.spacing >= apart])
                _keep_from_less_demanding(made, stretch, apart)


def _keep_from_less_demanding(made: Model, stretch: list[Entry], apart: int) -> None:
    by_wish: dict[int, list[IntVar]] = defaultdict(list)
    for wish, _, variable in stretch:
        by_wish[wish.key].append(variable)
    spacing = {wish.key: wish.spacing for wish, _, _ in stretch}
    for key in (key for key, wanted in spacing.items() if wanted == apart):
        for other in (other for other, wanted in spacing.items() if wanted < apart):
            made.model.add_at_most_one([*by_wish[key], *by_wish[other]])


def _keep_order(made: Model) -> None:
    """A parent ends before its child starts, when both have a place. In minutes from the first
    start of all.
    """
    if not made.entries:
        return
    origin = min(c.span.starts_at for _, c, _ in made.entries)
    horizon = _minutes(max(c.span.ends_at for _, c, _ in made.entries) - origin)
    for wish in made.problem.wishes:
        for parent in wish.after & made.ways.keys():
            duration = made.problem.by_key[parent].minutes
            ends = sum(
                (_minutes(at - origin) + duration) * v for at, v in made.ways[parent].items()
            )
            starts = sum(_minutes(at - origin) * v for at, v in made.ways[wish.key].items())
            free = made.nowhere.get(wish.key, 0)
            made.model.add(ends <= starts + horizon * free)


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60
