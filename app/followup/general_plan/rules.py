"""Months of the general plan, and how far it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from app.followup.agreements.values import UNSETTLED, Status
from app.followup.plans.rules import is_alike
from app.followup.plans.values import GeneralPlan, PlannedActivity, Together
from app.kernel.text import LocalizedText

MOST_MONTHS = 24
"""From here on only months are shown in which something is due."""
MONTHS_OF_YEAR, MONTHS_OF_QUARTER = 12, 3


@dataclass(frozen=True)
class PlanProgress:
    """How many activities are done, overdue, still to come, and no longer apply."""

    done: int
    overdue: int
    to_come: int
    dropped: int

    @property
    def total(self) -> int:
        return self.done + self.overdue + self.to_come + self.dropped


def progress_of(plan: GeneralPlan, today: date) -> PlanProgress:
    """Returns how far a plan is."""
    statuses = [one.activity.status for one in plan.activities]
    overdue = len(plan.overdue(today))
    return PlanProgress(
        done=statuses.count(Status.DONE),
        overdue=overdue,
        to_come=sum(status in UNSETTLED for status in statuses) - overdue,
        dropped=statuses.count(Status.NO_LONGER_APPLICABLE),
    )


def months_of(days: Iterable[date]) -> tuple[date, ...]:
    """Returns the first day of each month from the earliest to the latest day.

    Of more than two years, only the months of these days.
    """
    firsts = sorted({day.replace(day=1) for day in days})
    if not firsts:
        return ()
    first, last = _number(firsts[0]), _number(firsts[-1])
    if last - first >= MOST_MONTHS:
        return tuple(firsts)
    return tuple(_month(number) for number in range(first, last + 1))


def due_in(plan: GeneralPlan, month: date) -> tuple[PlannedActivity, ...]:
    """Returns the activities that are due in a month, which is named by its first day."""
    return tuple(
        one
        for one in plan.activities
        if one.activity.due is not None and one.activity.due.replace(day=1) == month
    )


def month_after(month: date) -> date:
    """Returns the first day of the next month."""
    return _month(_number(month) + 1)


def partners_of(pairs: Iterable[Together]) -> Mapping[int, tuple[int, ...]]:
    """Returns, by number of an activity, the numbers of those that it meets."""
    met: dict[int, tuple[int, ...]] = {}
    for pair in pairs:
        met[pair.first] = (*met.get(pair.first, ()), pair.second)
        met[pair.second] = (*met.get(pair.second, ()), pair.first)
    return met


def is_foreseen_twice(
    words: LocalizedText, due: date, title: LocalizedText, *, year: int, quarter: int | None
) -> bool:
    """Returns True where an entry of an annual plan seems to be the activity: the same year, its
    quarter or none, and half of the words.
    """
    is_same_time = due.year == year and quarter in (None, quarter_of(due))
    return is_same_time and is_alike(words.in_(), title.in_())


def quarter_of(day: date) -> int:
    return 1 + (day.month - 1) // MONTHS_OF_QUARTER


def _number(month: date) -> int:
    return month.year * MONTHS_OF_YEAR + month.month - 1


def _month(number: int) -> date:
    return date(number // MONTHS_OF_YEAR, number % MONTHS_OF_YEAR + 1, 1)
