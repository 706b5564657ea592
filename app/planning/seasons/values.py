"""Values of season planning: states of a season, limits and wishes."""

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import LocalizedText
from app.planning.scheduling.rules.slots import COMMON_CLOSES, COMMON_OPENS

MOST_WISHES = 200
LONGEST_SEASON_DAYS = 400


class SeasonState(StrEnum):
    DRAFT = "draft"
    QUEUED = "queued"
    SOLVING = "solving"
    PROPOSED = "proposed"
    FAILED = "failed"
    ACCEPTED = "accepted"


class Want(StrEnum):
    """What only a season asks of a time; all else is the rule book's."""

    WINDOW = "window"
    WEEKEND = "weekend"
    HOURS = "hours"
    DAY = "day"
    SPACING = "spacing"
    AFTER = "after"
    BEFORE = "before"


@dataclass(frozen=True)
class SeasonLimits:
    """How much a day of the season may hold. Hours are on the clock of the season's zone; at first
    they are those that lie in the working day of every capital.
    """

    opens: time = COMMON_OPENS
    closes: time = COMMON_CLOSES
    per_day: int = 2


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
    moves_published: bool = False
