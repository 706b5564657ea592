"""Weeks side by side, from Monday to Sunday, and what of a span falls into each; pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.planning.programme.rules.month import FIRST_YEAR, LAST_YEAR

USUAL = 8
CHOICES = (4, USUAL, 13)
WEEK = timedelta(days=7)


def is_shown(on: date) -> bool:
    """Returns True within the years that the programme shows."""
    return FIRST_YEAR <= on.year <= LAST_YEAR


def monday_of(on: date) -> date:
    return on - timedelta(days=on.weekday())


def mondays(first: date, weeks: int) -> list[date]:
    return [first + number * WEEK for number in range(weeks)]


def shifted(first: date, weeks: int) -> date | None:
    """Returns the Monday so many weeks on (or back); None outside the years that the programme
    shows.
    """
    other = first + weeks * WEEK
    return other if is_shown(other) else None


@dataclass(frozen=True)
class Closure:
    """Days, both included, on which the region or a country holds nothing else."""

    first: date
    last: date

    def days_in(self, monday: date) -> Iterator[date]:
        """Yields those of the week that begins on that Monday."""
        start, end = max(self.first, monday), min(self.last, monday + WEEK - timedelta(days=1))
        for number in range((end - start).days + 1):
            yield start + timedelta(days=number)


def closed_days(closures: Iterable[Closure], monday: date) -> list[date]:
    return sorted({on for closure in closures for on in closure.days_in(monday)})
