"""When the next cycle of the course begins (domain: "Decay and forecast")."""

from collections.abc import Sequence
from datetime import date, timedelta

from app.training.turnover.values import ClosedDays, CourseCycle

COURSE = timedelta(weeks=8)
LEAD = timedelta(weeks=6)
"""For the note verbale, the nominations and the enrolments."""
WEEK = timedelta(weeks=1)
FURTHEST = 52
"""How many weeks beyond the wanted one are looked at for a free one."""


def next_cycle(
    today: date,
    *,
    floor_on: date | None,
    closed: Sequence[ClosedDays] = (),
    upheavals: Sequence[date] = (),
) -> CourseCycle | None:
    """Returns the cycle that is over before coverage is at the floor: it is called on the earliest
    bound of t* less the weeks of the course and of the lead, and at once where that is past.

    It begins on a Monday of a week that touches no closed day: in the last one before the wanted
    one that still leaves time for the call, else in the first after it. Where an election, a change
    of government or a handover of the presidency (`upheavals`) falls inside, it is pulled forward to
    be over before, if there is time. None where the floor is not reached, and where a whole year is
    closed.
    """
    if floor_on is None:
        return None
    first = _monday_from(today + LEAD)
    wanted = max(first, _monday_until(floor_on - COURSE))
    begins_on, avoided = _free_week(wanted, first, closed)
    if begins_on is None:
        return None
    inside = next((one for one in sorted(upheavals) if begins_on <= one < begins_on + COURSE), None)
    pulled = None
    if inside is not None:
        earlier, also_avoided = _free_week_until(_monday_until(inside - COURSE), first, closed)
        if earlier is not None:
            begins_on, pulled, inside = earlier, inside, None
            avoided = also_avoided
    return CourseCycle(
        called_on=begins_on - LEAD,
        begins_on=begins_on,
        ends_on=begins_on + COURSE,
        avoided=avoided,
        before=pulled,
        during=inside,
    )


def _free_week(
    wanted: date, first: date, closed: Sequence[ClosedDays]
) -> tuple[date | None, tuple[ClosedDays, ...]]:
    begins_on, avoided = _free_week_until(wanted, first, closed)
    if begins_on is not None:
        return begins_on, avoided
    for weeks in range(1, FURTHEST + 1):
        monday = wanted + weeks * WEEK
        against = _against(monday, closed)
        if not against:
            return monday, avoided
        avoided += against
    return None, avoided


def _free_week_until(
    wanted: date, first: date, closed: Sequence[ClosedDays]
) -> tuple[date | None, tuple[ClosedDays, ...]]:
    """Returns the last free Monday from `first` to the wanted one."""
    avoided: tuple[ClosedDays, ...] = ()
    monday = wanted
    while monday >= first:
        against = _against(monday, closed)
        if not against:
            return monday, avoided
        avoided += tuple(one for one in against if one not in avoided)
        monday -= WEEK
    return None, avoided


def _against(monday: date, closed: Sequence[ClosedDays]) -> tuple[ClosedDays, ...]:
    return tuple(one for one in closed if one[0] < monday + WEEK and monday < one[1])


def _monday_from(on: date) -> date:
    return on + timedelta(days=-on.weekday() % 7)


def _monday_until(on: date) -> date:
    return on - timedelta(days=on.weekday())
