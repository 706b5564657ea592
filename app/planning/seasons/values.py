"""Values of season planning: states of a season, limits, wishes and breaches."""

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import LocalizedText

MOST_WISHES = 200
LONGEST_SEASON_DAYS = 400
SECONDS, MOST_SECONDS = 40, 120


class SeasonState(StrEnum):
    DRAFT = "draft"
    QUEUED = "queued"
    SOLVING = "solving"
    PROPOSED = "proposed"
    FAILED = "failed"
    ACCEPTED = "accepted"


class Solver(StrEnum):
    CP_SAT = "cp-sat"
    GREEDY = "greedy"


class Breach(StrEnum):
    """What a plan may not do; rules/checker.py has one check for each."""

    WINDOW = "window"
    HOURS = "hours"
    WEEKEND = "weekend"
    TOO_SOON = "too-soon"
    GROUPS = "groups"
    PERSON = "person"
    LICENCE = "licence"
    BLACKOUT = "blackout"
    HOLIDAYS = "holidays"
    BINDING_HOLIDAY = "binding-holiday"
    SPACING = "spacing"
    GROUP_WEEK = "group-week"
    GROUP_MONTH = "group-month"
    DAY = "day"
    COUNTRY_WEEK = "country-week"
    PERSON_MONTH = "person-month"
    ORDER = "order"


@dataclass(frozen=True)
class SeasonLimits:
    """How much a season may hold. None: no limit. Hours are on the clock of the season's zone;
    08:00–15:00 in Costa Rica is between 08:00 and 17:00 in all eleven capitals all year.

    `lanes`: meetings at once that the licence carries. `holidays`: countries that may be on
    holiday. `notice`: working days between today and the first meeting. `gap_minutes`: quiet time
    after each meeting.
    """

    per_group_week: int | None = 1
    per_group_month: int | None = 3
    per_day: int | None = 2
    per_country_week: int | None = 2
    per_person_month: int | None = 3
    lanes: int | None = None
    holidays: int = 2
    notice: int = 15
    gap_minutes: int = 0
    opens: time = time(8)
    closes: time = time(15)
    every_minutes: int = 60


@dataclass(frozen=True)
class WishRow:
    """One webinar of the pasted table, with groups, people and countries as they were written."""

    title: LocalizedText
    groups: tuple[str, ...]
    people: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    minutes: int = 90
    earliest: date | None = None
    latest: date | None = None
    spacing: int = 5
    after: int | None = None


@dataclass(frozen=True)
class SeasonDraft:
    title: str
    starts_on: date
    ends_on: date
    timezone: str = REFERENCE_ZONE
    rows: tuple[WishRow, ...] = ()
    limits: SeasonLimits = field(default_factory=SeasonLimits)
    seconds: int = SECONDS
    moves_published: bool = False
