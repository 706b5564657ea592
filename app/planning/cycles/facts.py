"""What happened to editions of the congress and to annual plans. Ids only: no names, no words."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from app.kernel.fact import Fact


@dataclass(frozen=True)
class EditionFact(Fact):
    """Base: everything here is about one edition."""

    subject_kind: ClassVar[str] = "edition"

    edition_id: int

    @property
    def subject_id(self) -> str:
        return str(self.edition_id)


@dataclass(frozen=True)
class EditionCreated(EditionFact):
    """A draft: nobody but those who plan is to be told."""


@dataclass(frozen=True)
class EditionChanged(EditionFact):
    """Label, theme, presidency, place, dates or Decision."""


@dataclass(frozen=True)
class EditionCloned(EditionFact):
    """Made from the structure of another edition, with a draft congress of its own."""

    cloned_from: int
    congress_id: UUID


class Change(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class WorkTableChanged(EditionFact):
    work_table_id: int
    change: Change


@dataclass(frozen=True)
class ChecklistItemChanged(EditionFact):
    """`is_done` is how it stands now; of a removed one, how it stood."""

    item_id: int
    change: Change
    is_done: bool = False


@dataclass(frozen=True)
class EditionFundingChanged(EditionFact):
    funding_source_ids: tuple[int, ...]


@dataclass(frozen=True)
class AgendaLaidOut(EditionFact):
    """The day plan that came with a clone became sessions of the edition's congress."""

    event_id: UUID
    session_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class FundingSourceAdded(Fact):
    subject_kind: ClassVar[str] = "funding-source"

    funding_source_id: int

    @property
    def subject_id(self) -> str:
        return str(self.funding_source_id)


@dataclass(frozen=True)
class EventFundingChanged(Fact):
    subject_kind: ClassVar[str] = "event"

    event_id: UUID
    funding_source_ids: tuple[int, ...]

    @property
    def subject_id(self) -> str:
        return str(self.event_id)


@dataclass(frozen=True)
class PlanFact(Fact):
    """Base: about the annual plan of one year."""

    subject_kind: ClassVar[str] = "annual-plan"

    year: int

    @property
    def subject_id(self) -> str:
        return str(self.year)


@dataclass(frozen=True)
class PlanApproved(PlanFact):
    """By the presidency. From now on an event of that year needs an entry, or a Decision of its own
    (R3).
    """

    decision_ref: str


@dataclass(frozen=True)
class PlanEntryAdded(PlanFact):
    """`decision_ref` is what an amendment of an approved plan rests on, "" while the plan was a
    draft.
    """

    entry_id: int
    decision_ref: str = ""


@dataclass(frozen=True)
class PlanEntryChanged(PlanFact):
    entry_id: int


@dataclass(frozen=True)
class PlanEntryRemoved(PlanFact):
    entry_id: int
