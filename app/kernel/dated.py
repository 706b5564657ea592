"""In force on a day: the one meaning of `valid_from` and `valid_until`.

Appointments, memberships, offices, roles, presidencies and settings of rules are dated alike:
`valid_until` is the first day that no longer counts, None while no end is known. People read the
last day that counts, from `last_day`. `infra.orm` says the same of rows in a statement.
"""

from datetime import date, timedelta
from typing import overload

ONE_DAY = timedelta(days=1)

Days = tuple[date, date | None]
"""`valid_from` and `valid_until` of what is dated."""


def in_force(valid_from: date, valid_until: date | None, on: date) -> bool:
    """Returns whether what is dated holds on a day."""
    return valid_from <= on and (valid_until is None or on < valid_until)


def not_over(valid_until: date | None, on: date) -> bool:
    """Returns whether what is dated holds on a day or begins later."""
    return valid_until is None or on < valid_until


def overlap(one: Days, other: Days) -> bool:
    """Returns whether two spans share a day. One that ended before it began shares none."""
    first = max(one[0], other[0])
    ends = [until for _first, until in (one, other) if until is not None]
    return not ends or first < min(ends)


@overload
def last_day(valid_until: date) -> date: ...
@overload
def last_day(valid_until: None) -> None: ...
def last_day(valid_until: date | None) -> date | None:
    """Returns the last day that counts, for people to read."""
    return None if valid_until is None else valid_until - ONE_DAY
