"""What the weeks of the calendar hold."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from app.planning.events.values import GroupSummary
from app.planning.programme.rules import monday_of
from app.training.turnover.values import WeekLoad


def weeks_of_load(
    events: Iterable[tuple[date, Sequence[str]]],
    groups: Sequence[GroupSummary],
    mondays: Sequence[date],
) -> tuple[WeekLoad, ...]:
    """Returns a row for each group and, last, one for all.

    `events`: the day on which each starts and its groups' slugs; one of two groups counts in both
    rows and once in the last.
    """
    per_group: Counter[tuple[str, date]] = Counter()
    per_week: Counter[date] = Counter()
    for on, slugs in events:
        monday = monday_of(on)
        per_week[monday] += 1
        per_group.update((slug, monday) for slug in slugs)
    rows = [
        WeekLoad(group, tuple(per_group[group.slug, monday] for monday in mondays))
        for group in groups
    ]
    return (*rows, WeekLoad(None, tuple(per_week[monday] for monday in mondays)))
