"""What happened to attendance lists. Who took one along is `ExportMade` of the directory."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.kernel.fact import Fact


@dataclass(frozen=True)
class AttendanceFact(Fact):
    subject_kind: ClassVar[str] = "event"

    event_id: UUID

    @property
    def subject_id(self) -> str:
        return str(self.event_id)


@dataclass(frozen=True)
class ImportUploaded(AttendanceFact):
    """A participant report was sent; its people are looked for in the background. `zone`: whose
    hours it writes, "" for the event's.
    """

    import_id: UUID
    zone: str = ""


@dataclass(frozen=True)
class ImportApplied(AttendanceFact):
    """The minutes of a report were written. `kept`: how many corrections by hand stayed as they
    were.
    """

    import_id: UUID
    changed: int
    kept: int


@dataclass(frozen=True)
class AttendanceCorrected(AttendanceFact):
    """Minutes that stood were changed. The reason is in the row, since it may name somebody."""

    change_ids: tuple[int, ...]
    person_ids: tuple[int, ...]


@dataclass(frozen=True)
class PersonCheckedIn(AttendanceFact):
    """Somebody came in at the door."""

    person_id: int


@dataclass(frozen=True)
class AttendanceBrought(AttendanceFact):
    """A sheet of earlier years says that somebody was there."""

    person_id: int


@dataclass(frozen=True)
class OriginalDropped(AttendanceFact):
    """The file of a report must not be kept any longer, because somebody who is in it was
    erased.
    """

    import_id: UUID
    file_key: str
