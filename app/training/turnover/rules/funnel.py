"""How far learners of an edition come, and how many newcomers finish in time: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from app.training.learning.rules.quiz import interval

GOAL = 0.5
"""The share of newcomers that is to finish within `GOAL_DAYS`, as this project publishes it."""

GOAL_DAYS = 90
LONGEST_GAP = timedelta(minutes=20)
"""A longer silence between two presses is a pause and not time on the lesson."""


@dataclass(frozen=True)
class Funnel:
    """How many learners came to each stage; each stage is among the one before it."""

    enrolled: int = 0
    begun: int = 0
    half: int = 0
    all_modules: int = 0
    certified: int = 0

    @property
    def stages(self) -> tuple[int, ...]:
        return (self.enrolled, self.begun, self.half, self.all_modules, self.certified)

    def plus(self, other: "Funnel") -> "Funnel":
        return Funnel(*(a + b for a, b in zip(self.stages, other.stages, strict=True)))


@dataclass(frozen=True)
class NewcomerLife:
    """A first appointment, and when the course was completed for the first time."""

    entered_on: date
    left_on: date | None
    completed_on: date | None


@dataclass(frozen=True)
class GoalFigure:
    """Of `base` newcomers `done` finished in time; `low` and `high` bound the share, 0–1."""

    base: int
    done: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.done / self.base

    @property
    def is_met(self) -> bool:
        return self.share >= GOAL


def goal_figure(lives: Iterable[NewcomerLife], today: date) -> GoalFigure | None:
    """Counts the newcomers of the year that ended ninety days ago; None without any.

    Whoever entered later may still finish in time, and whoever left before the ninety days without
    finishing had less time than the goal gives: neither is counted.
    """
    last = today - timedelta(days=GOAL_DAYS)
    base = done = 0
    for life in lives:
        if not last - timedelta(days=365) < life.entered_on <= last:
            continue
        until = life.entered_on + timedelta(days=GOAL_DAYS)
        is_done = life.completed_on is not None and life.completed_on <= until
        if not is_done and life.left_on is not None and life.left_on < until:
            continue
        base, done = base + 1, done + is_done
    if not base:
        return None
    low, high = interval(base, done)
    return GoalFigure(base, done, low, high)


def minutes_by_unit(
    presses: Iterable[tuple[object, int | None, datetime]],
) -> dict[int, float]:
    """Returns the median over learners of the minutes that they spent in each unit.

    `presses` are the learner, the unit and the instant, in order for each learner. The time before
    a press belongs to the unit in which it was made.
    """
    spent: dict[int, dict[object, timedelta]] = {}
    before: tuple[object, datetime] | None = None
    for learner, unit_id, at in presses:
        if before is not None and before[0] == learner and unit_id is not None:
            gap = at - before[1]
            if gap <= LONGEST_GAP:
                own = spent.setdefault(unit_id, {})
                own[learner] = own.get(learner, timedelta()) + gap
        before = (learner, at)
    return {
        unit_id: median(gap.total_seconds() / 60 for gap in own.values())
        for unit_id, own in spent.items()
    }


def lost_before(reached: Sequence[int]) -> list[int]:
    """Returns for each unit how many came as far as the one before it and no further; the first
    loses none.

    Whoever opened a later unit did not stop before this one, even if they left it out.
    """
    furthest = [max(reached[index:]) for index in range(len(reached))]
    return [0, *(before - here for before, here in pairwise(furthest))]
