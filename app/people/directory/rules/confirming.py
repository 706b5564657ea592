"""Once a quarter each country says who still serves, or how many if it gives no names: when it is
asked, reminded, and called silent.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

REMINDED_AFTER = timedelta(days=14)
TOLD_AFTER = timedelta(days=14)
"""How long after the letter the focal points are reminded, and how long after that the secretariat
is told.
"""


class RoundStep(StrEnum):
    REMIND = "remind"
    TELL = "tell"


@dataclass(frozen=True)
class QuarterRound:
    """A country's round of one quarter, whose first day `quarter` is. `waiting`: how many people in
    target posts nobody has answered for since that day. `is_to_declare`: the country gives no names,
    and its counts are due. With neither, the round is over.
    """

    id: int
    country_code: str
    quarter: date
    asked_on: date
    reminded_on: date | None
    told_on: date | None
    waiting: int
    is_to_declare: bool = False

    @property
    def is_open(self) -> bool:
        return self.waiting > 0 or self.is_to_declare

    @property
    def is_silent(self) -> bool:
        return self.told_on is not None and self.is_open


def quarter_of(on: date) -> date:
    """Returns the first day of the calendar quarter."""
    return date(on.year, on.month - (on.month - 1) % 3, 1)


def step_on(today: date, one: QuarterRound) -> RoundStep | None:
    """Returns what is to be done about a round; None when nothing is, or it is over.

    A job that did not run for weeks reminds first: nobody is called silent who was not reminded.
    """
    if not one.is_open or one.told_on is not None:
        return None
    if one.reminded_on is None:
        return RoundStep.REMIND if today >= one.asked_on + REMINDED_AFTER else None
    return RoundStep.TELL if today >= one.reminded_on + TOLD_AFTER else None
