"""What happened around a handover, and what came of verifying the record. Ids and days only; what a
note says stands in its table.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class HandoverFact(Fact):
    """Base: about an office of a country in the term that began on `since`."""

    subject_kind: ClassVar[str] = "handover"

    office: str
    country_code: str
    since: date

    @property
    def subject_id(self) -> str:
        return f"{self.office}:{self.country_code}:{self.since.isoformat()}"


@dataclass(frozen=True)
class RecordVerified(Fact):
    """The record of journal and certificates was verified: `places` and `mac` are its anchor,
    `findings` how much is not as it was entered. Told on the first night of a month, and where it is
    no longer whole, or whole again.
    """

    subject_kind: ClassVar[str] = "record"

    places: int
    mac: str
    findings: int

    @property
    def subject_id(self) -> str:
        return str(self.places)


@dataclass(frozen=True)
class HandoverNoteWritten(HandoverFact):
    note_id: int


@dataclass(frozen=True)
class HandoverDue(HandoverFact):
    """Powers move on `on`. Told once fourteen days before (stage "before") and once on the day
    ("day").
    """

    stage: str
    on: date
