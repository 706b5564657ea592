"""Makes a plan without a solver.

Wishes with the fewest possible starts are placed first, each at the cheapest start that still fits.
Of twenty tries in slightly different orders, in which wishes without a place come first in the next
try, the cheapest plan is taken. The same seed gives the same plan.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta

from app.planning.seasons.rules.candidates import SeasonCounts, candidates
from app.planning.seasons.rules.cost import cost_of
from app.planning.seasons.rules.problem import Candidate, SeasonProblem, Wish

RESTARTS, MOST_HELPED = 20, 8
Offers = Mapping[int, tuple[Candidate, ...]]


class Board:
    """A plan that is being made, with counts that tell quickly whether one more wish fits."""

    def __init__(self, problem: SeasonProblem, standing: SeasonCounts) -> None:
        self.problem, self.limits = problem, problem.limits
        self.placed: dict[int, Candidate] = {}
        self.gap = timedelta(minutes=problem.limits.gap_minutes)
        self.weeks, self.months = Counter(standing.weeks), Counter(standing.months)
        self.days, self.country_weeks = Counter(standing.days), Counter(standing.country_weeks)
        self.person_months = Counter(standing.person_months)
        self.on_day: dict[date, list[int]] = {}
        self.of_group: dict[str, list[int]] = {}
        self.children: dict[int, list[int]] = {}
        self.lanes_taken = (
            [taken.span for taken in problem.taken if taken.counts] if self.limits.lanes else []
        )
        for wish in problem.wishes:
            for parent in wish.after:
                self.children.setdefault(parent, []).append(wish.key)

    def place(self, wish: Wish, candidate: Candidate) -> None:
        self.placed[wish.key] = candidate
        self.on_day.setdefault(candidate.on, []).append(wish.key)
        for group in wish.groups:
            self.of_group.setdefault(group, []).append(wish.key)
        self._count(wish, candidate, 1)

    def take_away(self, wish: Wish) -> Candidate:
        candidate = self.placed.pop(wish.key)
        self.on_day[candidate.on].remove(wish.key)
        for group in wish.groups:
            self.of_group[group].remove(wish.key)
        self._count(wish, candidate, -1)
        return candidate

    def _count(self, wish: Wish, candidate: Candidate, by: int) -> None:
        self.days[candidate.on] += by
        for group in wish.groups:
            self.weeks[group, candidate.week] += by
            self.months[group, candidate.month] += by
        for person in wish.people:
            self.person_months[person, candidate.month] += by
        for country in self.problem.invited(wish):
            self.country_weeks[country, candidate.week] += by

    def is_open(self, wish: Wish, candidate: Candidate) -> bool:
        """True where the wish's day has room for it, at any hour."""
        return self._leaves_room(wish, candidate) and self._is_apart(wish, candidate)

    def is_clear(self, wish: Wish, candidate: Candidate) -> bool:
        """True where nothing stands in the way at the wish's hour."""
        return self._is_alone(wish, candidate) and self._is_in_order(wish, candidate)

    def _leaves_room(self, wish: Wish, candidate: Candidate) -> bool:
        limits = self.limits
        if limits.per_day is not None and self.days[candidate.on] >= limits.per_day:
            return False
        for group in wish.groups:
            if (
                limits.per_group_week is not None
                and self.weeks[group, candidate.week] >= limits.per_group_week
            ):
                return False
            if (
                limits.per_group_month is not None
                and self.months[group, candidate.month] >= limits.per_group_month
            ):
                return False
        roles = limits.per_person_month
        if roles is not None and any(
            self.person_months[one, candidate.month] >= roles for one in wish.people
        ):
            return False
        most = limits.per_country_week
        return most is None or all(
            self.country_weeks[country, candidate.week] < most
            for country in self.problem.invited(wish)
        )

    def _is_apart(self, wish: Wish, candidate: Candidate) -> bool:
        for group in wish.groups:
            for key in self.of_group.get(group, ()):
                apart = max(wish.spacing, self.problem.by_key[key].spacing)
                if abs(self.placed[key].workday - candidate.workday) < apart:
                    return False
        return True

    def _is_alone(self, wish: Wish, candidate: Candidate) -> bool:
        near = [
            key
            for days in (-1, 0, 1)
            for key in self.on_day.get(candidate.on + timedelta(days=days), ())
        ]
        others = [key for key in near if self._overlap(candidate, self.placed[key])]
        for key in others:
            other = self.problem.by_key[key]
            if (wish.groups and other.groups) or wish.people & other.people:
                return False
        return self.limits.lanes is None or self._has_lane(candidate, others)

    def _overlap(self, one: Candidate, other: Candidate) -> bool:
        return (
            one.span.starts_at < other.span.ends_at + self.gap
            and other.span.starts_at < one.span.ends_at + self.gap
        )

    def _has_lane(self, candidate: Candidate, others: list[int]) -> bool:
        spans = [self.placed[key].span for key in others]
        spans += [span for span in self.lanes_taken if span.overlaps(candidate.span)]
        moments = [
            candidate.span.starts_at,
            *(s.starts_at for s in spans if s.starts_at > candidate.span.starts_at),
        ]
        most = max(sum(s.starts_at <= at < s.ends_at for s in spans) for at in moments)
        return self.limits.lanes is None or most < self.limits.lanes

    def _is_in_order(self, wish: Wish, candidate: Candidate) -> bool:
        before = (self.placed[key] for key in wish.after if key in self.placed)
        later = (self.placed[key] for key in self.children.get(wish.key, ()) if key in self.placed)
        return all(parent.span.ends_at <= candidate.span.starts_at for parent in before) and all(
            candidate.span.ends_at <= child.span.starts_at for child in later
        )

    def plan(self) -> dict[int, datetime]:
        return {key: candidate.span.starts_at for key, candidate in sorted(self.placed.items())}


def greedy(
    problem: SeasonProblem,
    *,
    seed: int = 1,
    restarts: int = RESTARTS,
    offers: Offers | None = None,
    progress: Callable[[int, int], None] = lambda _done, _cost: None,
) -> dict[int, datetime]:
    """Returns the cheapest plan of all tries. `progress` is called after each try with how many are
    done and the cost of the cheapest so far.
    """
    offers, standing = candidates(problem) if offers is None else offers, SeasonCounts.of(problem)
    chance, urgent = random.Random(seed), Counter[int]()  # noqa: S311 - an order, not a secret
    best = Board(problem, standing)
    lowest = cost_of(problem, {}) + 1
    for done in range(1, restarts + 1):
        board = Board(problem, standing)
        missed = _fill(board, offers, _ordered(problem.wishes, offers, urgent, chance), chance)
        urgent.update(wish.key for wish in missed)
        cost = cost_of(problem, board.plan())
        if cost < lowest:
            best, lowest = board, cost
        progress(done, lowest)
        if not lowest:
            break
    _make_room(
        best, offers, [wish for wish in problem.wishes if wish.key not in best.placed][:MOST_HELPED]
    )
    return best.plan()


def _ordered(
    wishes: Iterable[Wish], offers: Offers, urgent: Counter[int], chance: random.Random
) -> list[Wish]:
    """Returns published events first, because they keep their places, then the wishes that are
    hardest to place.
    """
    weight = {
        w.key: len(offers[w.key]) * chance.uniform(0.8, 1.25) / (1 + urgent[w.key]) ** 2
        for w in wishes
    }
    return sorted(wishes, key=lambda wish: (wish.published_at is None, weight[wish.key]))


def _fill(board: Board, offers: Offers, wishes: list[Wish], chance: random.Random) -> list[Wish]:
    missed = []
    for wish in wishes:
        shuffled = sorted(offers[wish.key], key=lambda candidate: (candidate.cost, chance.random()))
        if not _settle(board, wish, shuffled):
            missed.append(wish)
    return missed


def _settle(board: Board, wish: Wish, offers: Iterable[Candidate]) -> bool:
    """Places the wish at the first start that fits. A day without room is checked once and not for
    each of its hours.
    """
    closed: set[date] = set()
    for candidate in offers:
        if candidate.on in closed:
            continue
        if not board.is_open(wish, candidate):
            closed.add(candidate.on)
        elif board.is_clear(wish, candidate):
            board.place(wish, candidate)
            return True
    return False


def _make_room(board: Board, offers: Offers, missed: list[Wish]) -> None:
    """Moves one placed wish where that gives a place to one that has none."""
    cheapest = {
        key: sorted(many, key=lambda candidate: candidate.cost) for key, many in offers.items()
    }
    for wish in list(missed):
        for key in list(board.placed):
            other = board.problem.by_key[key]
            held = board.take_away(other)
            if not _settle(board, wish, cheapest[wish.key]):
                board.place(other, held)
            elif _settle(board, other, cheapest[key]):
                missed.remove(wish)
                break
            else:
                board.take_away(wish)
                board.place(other, held)
