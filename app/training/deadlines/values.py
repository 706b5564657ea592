"""Deadlines of courses as values."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.kernel.text import LocalizedText

PROPOSED_DAYS = 90
"""Our proposal, in which half of the newcomers are to finish; no course has a deadline until the
office gives it one.
"""
FEWEST_DAYS, MOST_DAYS = 7, 730


class DeadlineStep(StrEnum):
    """When somebody is written to, in this order: as they enter the post, two weeks and three days
    before, and a week after the day has passed.
    """

    START = "start"
    AHEAD_14 = "ahead-14"
    AHEAD_3 = "ahead-3"
    PASSED_7 = "passed-7"


class DeadlineState(StrEnum):
    OPEN = "open"
    OVERDUE = "overdue"
    IN_TIME = "in-time"
    LATE = "late"


@dataclass(frozen=True)
class DeadlineRule:
    """A course with the days it gives, None where it gives none. `kinds`: of which institutions'
    posts; empty for every post that counts for coverage.
    """

    course_id: int
    slug: str
    title: LocalizedText
    days: int | None
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class DueLine:
    """The date of one person for one course. `starts_on` is when they entered the post, or when
    that was written down if later; `done_on` when they earned the certificate; `is_past` that the
    day has passed where the reader is.
    """

    id: int
    person_id: int
    name: str
    course_slug: str
    course_title: LocalizedText
    country_code: str
    starts_on: date
    due_on: date
    done_on: date | None
    is_past: bool = False


@dataclass(frozen=True)
class WaitingLine:
    """A date that is not met yet, with the last letter that was written about it, and whether the
    focal point was told.
    """

    line: DueLine
    told: DeadlineStep | None
    is_reported: bool


@dataclass(frozen=True)
class CountryTally:
    """How many dates of a country are in which state."""

    country_code: str
    open: int = 0
    overdue: int = 0
    in_time: int = 0
    late: int = 0

    @property
    def total(self) -> int:
        return self.open + self.overdue + self.in_time + self.late
