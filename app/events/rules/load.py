"""How much is planned: events counted against what groups, countries and people can carry ("limited", R40); pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.events.rules.weeks import monday_of


@dataclass(frozen=True)
class Caps:
    """At most so many; as the rule book is delivered, where nobody has set it otherwise."""

    group_week: int = 1
    group_month: int = 3
    country_week: int = 2
    person_month: int = 3


class Burden(StrEnum):
    ROOM = "room"
    FULL = "full"
    OVER = "over"


@dataclass(frozen=True)
class Load:
    """What one bearer has in a month: how many, and how many in its fullest week, with that week's Monday."""

    month: int = 0
    week: int = 0
    monday: date | None = None
    drafts: int = 0


@dataclass(frozen=True)
class Counted:
    """The local day on which an event starts, and whether it is only a draft yet."""

    on: date
    is_draft: bool = False


def load_of(events: Iterable[Counted], month: date) -> Load:
    """The month's own events; its weeks with all their days, also those that belong to the months beside it."""
    days = list(events)
    own = [event for event in days if (event.on.year, event.on.month) == (month.year, month.month)]
    weeks = Counter(monday_of(event.on) for event in days)
    monday = min(weeks, key=lambda first: (-weeks[first], first), default=None)
    return Load(len(own), weeks[monday] if monday else 0, monday, sum(event.is_draft for event in own))


def burden(count: int, most: int) -> Burden:
    return Burden.OVER if count > most else Burden.FULL if count == most else Burden.ROOM
