"""What happened to other people's calendars. No address and no title stands in a fact: addresses
may be secrets.
"""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact
from app.planning.calendars.values import SourceKind


@dataclass(frozen=True)
class CalendarFact(Fact):
    subject_kind: ClassVar[str] = "calendar"
    source_id: int

    @property
    def subject_id(self) -> str:
        return str(self.source_id)


@dataclass(frozen=True)
class CalendarAdded(CalendarFact):
    kind: SourceKind
    person_id: int | None


@dataclass(frozen=True)
class CalendarAwaited(CalendarFact):
    """Somebody does not want to wait for the next reading."""


@dataclass(frozen=True)
class CalendarRefreshed(CalendarFact):
    """Told only when a reading changed something."""

    version: int
    entries: int
    problems: int


@dataclass(frozen=True)
class CalendarFailed(CalendarFact):
    failures: int


@dataclass(frozen=True)
class CalendarRemoved(CalendarFact):
    kind: SourceKind
