"""What a year was: its events by group and month, who came by country, and who did not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.kernel.text import LocalizedText


class CourseOfYear(StrEnum):
    """How far an event of the year is."""

    HELD = "held"
    TO_COME = "to-come"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class EventOfYear:
    """`groups`: the slugs of its working groups, in the order of the body; none for organs and what
    belongs to none. `on`: its day in the body's zone. `came`: attendances by country, "" of who may
    not be counted by it; None where no attendance is on record. `entry_id`: under which entry of the
    annual plan it is held.
    """

    id: UUID
    title: LocalizedText
    groups: tuple[str, ...]
    on: date
    course: CourseOfYear
    came: Mapping[str, int] | None = None
    entry_id: int | None = None

    @property
    def attendances(self) -> int:
        return sum(self.came.values()) if self.came else 0


@dataclass(frozen=True)
class YearSum:
    """Counts of events; `planned` is the sum of the other three."""

    held: int = 0
    to_come: int = 0
    cancelled: int = 0
    attendances: int = 0

    @property
    def planned(self) -> int:
        return self.held + self.to_come + self.cancelled


@dataclass(frozen=True)
class GroupRow:
    """A row of the year: its events by month, 1 to 12, in their order; an event of several groups
    stands in the row of each.
    """

    group: str
    months: Mapping[int, tuple[EventOfYear, ...]]
    sums: YearSum


class AbsenceKind(StrEnum):
    NEVER = "never"
    SINCE = "since"
    MOST = "most"
    LATELY = "lately"


@dataclass(frozen=True)
class Absence:
    """A country that was missing: from all events of the year, since its last one, from most of a
    group's, or from the last ones of a group. `of` events were looked at, of which it missed
    `missed`; `last_on` is the day it last came, None where it did not.
    """

    country: str
    kind: AbsenceKind
    missed: int
    of: int
    group: str = ""
    last_on: date | None = None


@dataclass(frozen=True)
class CountryOfYear:
    """`events`: how many of the events with attendance on record somebody came to. Both numbers are
    None where the reader may not know them; `is_shared` False: because the country shares none.
    """

    code: str
    name: LocalizedText
    events: int | None
    attendances: int | None
    is_kept_back: bool = False
    is_shared: bool = True


@dataclass(frozen=True)
class EntryOfYear:
    """An entry of the annual plan: how many events it foresees, and what became of them. `group`: ""
    for the whole region; `quarter`: None for any time of the year.
    """

    id: int
    title: LocalizedText
    group: str
    quarter: int | None
    foreseen: int
    sums: YearSum = YearSum()


@dataclass(frozen=True)
class PlanOfYear:
    """The annual plan as approved, with the events of the year under each entry; `beside` are those
    of no entry.
    """

    approved_on: date
    entries: tuple[EntryOfYear, ...]
    beside: YearSum

    @property
    def foreseen(self) -> int:
        return sum(entry.foreseen for entry in self.entries)

    def foreseen_of(self, group: str) -> int:
        return sum(entry.foreseen for entry in self.entries if entry.group == group)


@dataclass(frozen=True)
class AbsentPerson:
    """Somebody who registered for `of` held events with attendance on record, and was missing at
    `missed` of them, last on a day.
    """

    person_id: int
    full_name: str
    country: LocalizedText
    missed: int
    of: int
    last_on: date


@dataclass(frozen=True)
class YearReport:
    """`recorded`: how many of the held events have attendance on record, the base of what is said of
    countries. `others`: attendances of guests, and of who may not be counted by country; None where
    hidden. `people`: different persons who came to any. `plan`: None without an approved one.
    """

    year: int
    as_of: datetime
    events: tuple[EventOfYear, ...]
    rows: tuple[GroupRow, ...]
    sums: YearSum
    months: Mapping[int, int]
    recorded: int
    people: int
    countries: tuple[CountryOfYear, ...]
    others: int | None
    absences: tuple[Absence, ...]
    cancelled: tuple[EventOfYear, ...]
    plan: PlanOfYear | None = None
    group_names: Mapping[str, LocalizedText] = field(default_factory=dict)
    group_codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def shared(self) -> int:
        """Returns how many events belong to several groups: the sums count them once, the rows more
        often.
        """
        return sum(len(one.groups) > 1 for one in self.events)

    @property
    def keeps_back(self) -> bool:
        return any(one.is_kept_back for one in self.countries)
