"""How much is planned: events counted against what groups, countries and people can carry
("limited", R40); pure.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.planning.programme.rules.weeks import monday_of
from app.planning.scheduling.rules.spec import RuleBook
from app.planning.scheduling.values import Rule


@dataclass(frozen=True)
class Caps:
    """At most so many."""

    group_week: int
    group_month: int
    country_week: int
    person_month: int


def caps_of(book: RuleBook, on: date) -> Caps:
    """As the rule book is set for events that start on the day."""

    def most(rule: Rule) -> int:
        return book.setting(rule, on).threshold or 0

    return Caps(
        most(Rule.GROUP_WEEK),
        most(Rule.GROUP_MONTH),
        most(Rule.COUNTRY_WEEK),
        most(Rule.PERSON_LOAD),
    )


class Burden(StrEnum):
    ROOM = "room"
    FULL = "full"
    OVER = "over"


@dataclass(frozen=True)
class Load:
    """What one bearer has in a month: how many, and how many in its fullest week, with that week's
    Monday.
    """

    month: int = 0
    week: int = 0
    monday: date | None = None
    drafts: int = 0


@dataclass(frozen=True)
class CountedDay:
    """The local day on which an event starts, and whether it is only a draft yet."""

    on: date
    is_draft: bool = False


def load_of(events: Iterable[CountedDay], month: date) -> Load:
    """The month's own events; its weeks with all their days, also those that belong to the months
    beside it.
    """
    days = list(events)
    own = [event for event in days if (event.on.year, event.on.month) == (month.year, month.month)]
    weeks = Counter(monday_of(event.on) for event in days)
    monday = min(weeks, key=lambda first: (-weeks[first], first), default=None)
    return Load(
        len(own), weeks[monday] if monday else 0, monday, sum(event.is_draft for event in own)
    )


def burden(count: int, most: int) -> Burden:
    return Burden.OVER if count > most else Burden.FULL if count == most else Burden.ROOM
