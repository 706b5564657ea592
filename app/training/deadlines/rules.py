"""Rules of deadlines and of the letters about them."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from app.training.deadlines.values import CountryTally, DeadlineState, DeadlineStep, DueLine

STEPS = tuple(DeadlineStep)
LAG = timedelta(days=7)
"""How long after the day the last letter leaves, and how long a digest may wait for its Monday."""

MONDAY = 0


def due_day(starts_on: date, days: int) -> date:
    """Returns the day so many days after the day on which the post was entered."""
    return starts_on + timedelta(days=days)


def step_on(
    today: date, *, starts_on: date, due_on: date, told: DeadlineStep | None
) -> DeadlineStep | None:
    """Returns the letter that somebody gets on a day: the latest whose day has come, unless it or a
    later one was sent. Earlier letters that were missed are left out.
    """
    days = {
        DeadlineStep.START: starts_on,
        DeadlineStep.AHEAD_14: due_on - timedelta(days=14),
        DeadlineStep.AHEAD_3: due_on - timedelta(days=3),
        DeadlineStep.PASSED_7: due_on + LAG,
    }
    due = [step for step in STEPS if days[step] <= today and starts_on <= today]
    if not due:
        return None
    return due[-1] if told is None or STEPS.index(told) < STEPS.index(due[-1]) else None


def state_on(today: date, *, due_on: date, done_on: date | None) -> DeadlineState:
    """Returns the state of one deadline on a day; `due_on` itself is still in time."""
    if done_on is not None:
        return DeadlineState.IN_TIME if done_on <= due_on else DeadlineState.LATE
    return DeadlineState.OPEN if today <= due_on else DeadlineState.OVERDUE


def digest_is_due(today: date, due_days: Iterable[date]) -> bool:
    """Returns True where a focal point is told today of those who passed their day: on Mondays, and
    on another day where one of them has waited for a week.
    """
    days = list(due_days)
    return bool(days) and (today.weekday() == MONDAY or today - min(days) >= 2 * LAG)


def tallies(lines: Iterable[DueLine], today: date) -> tuple[CountryTally, ...]:
    """Returns the counts by country, in the order of the codes."""
    counted = Counter(
        (line.country_code, state_on(today, due_on=line.due_on, done_on=line.done_on))
        for line in lines
    )
    return tuple(
        CountryTally(
            code,
            open=counted[code, DeadlineState.OPEN],
            overdue=counted[code, DeadlineState.OVERDUE],
            in_time=counted[code, DeadlineState.IN_TIME],
            late=counted[code, DeadlineState.LATE],
        )
        for code in sorted({code for code, _state in counted})
    )
