"""What happened to agreements, priority issues and findings. Ids and codes only."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.kernel.fact import Fact


@dataclass(frozen=True)
class AgreementFact(Fact):
    """Base: about one agreement."""

    subject_kind: ClassVar[str] = "agreement"

    agreement_id: int
    event_id: UUID

    @property
    def subject_id(self) -> str:
        return str(self.agreement_id)


@dataclass(frozen=True)
class AgreementRecorded(AgreementFact):
    """`countries`: those responsible, through themselves or an institution; their focal points are
    told.
    """

    countries: tuple[str, ...] = ()


@dataclass(frozen=True)
class AgreementBrought(AgreementFact):
    """A sheet of earlier years says what was agreed: nobody is told."""


@dataclass(frozen=True)
class AgreementChanged(AgreementFact):
    """`countries`: those that were not responsible before."""

    countries: tuple[str, ...] = ()


@dataclass(frozen=True)
class ActivityWritten(AgreementFact):
    """A work table wrote or changed an activity of its plan, which is a draft: nobody is told."""

    plan_id: int


@dataclass(frozen=True)
class ActivityRemoved(AgreementFact):
    plan_id: int


@dataclass(frozen=True)
class ActivityPlanned(AgreementFact):
    """An activity of a work plan became the draft of a webinar."""

    webinar_id: UUID


@dataclass(frozen=True)
class AgreementReviewed(AgreementFact):
    """A webinar (`event_id`) said where an agreement stands."""

    status: str
    previous: str


@dataclass(frozen=True)
class StatusSet(AgreementFact):
    """By those who plan its event, outside any webinar, or by publishing what countries report."""

    status: str
    previous: str


@dataclass(frozen=True)
class StatusProposed(AgreementFact):
    """By the focal point of a country that is responsible."""

    status: str
    country_code: str


@dataclass(frozen=True)
class EventRecordFact(Fact):
    """Base: about one event."""

    subject_kind: ClassVar[str] = "event"

    event_id: UUID

    @property
    def subject_id(self) -> str:
        return str(self.event_id)


@dataclass(frozen=True)
class PriorityIssueRecorded(EventRecordFact):
    issue_id: int


@dataclass(frozen=True)
class PriorityIssueRemoved(EventRecordFact):
    issue_id: int


@dataclass(frozen=True)
class AgendaPrefilled(EventRecordFact):
    """The priorities of `event_id` became sessions of `congress_id`."""

    congress_id: UUID
    issue_ids: tuple[int, ...]


@dataclass(frozen=True)
class ClosedWithoutAttendance(EventRecordFact):
    """Somebody said why; the reason stands in the event's own record."""


@dataclass(frozen=True)
class TableFact(Fact):
    """Base: about a work table of a congress."""

    subject_kind: ClassVar[str] = "work_table"

    work_table_id: int

    @property
    def subject_id(self) -> str:
        return str(self.work_table_id)


@dataclass(frozen=True)
class FindingRecorded(TableFact):
    finding_id: int
    kind: str


@dataclass(frozen=True)
class FindingRemoved(TableFact):
    finding_id: int
    kind: str
