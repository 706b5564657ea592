"""What happened to members of tables and to their plans. Ids and codes only."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class TableMemberFact(Fact):
    """Base: about who sits at a work table."""

    subject_kind: ClassVar[str] = "work_table"

    work_table_id: int
    institution_id: int
    country_code: str

    @property
    def subject_id(self) -> str:
        return str(self.work_table_id)


@dataclass(frozen=True)
class TableMemberAdded(TableMemberFact):
    pass


@dataclass(frozen=True)
class TableMemberChanged(TableMemberFact):
    """Another sector was said of it."""


@dataclass(frozen=True)
class TableMemberRemoved(TableMemberFact):
    pass


@dataclass(frozen=True)
class WorkPlanFact(Fact):
    """Base: about the plan of one work table."""

    subject_kind: ClassVar[str] = "work_plan"

    plan_id: int
    work_table_id: int

    @property
    def subject_id(self) -> str:
        return str(self.plan_id)


@dataclass(frozen=True)
class WorkPlanOpened(WorkPlanFact):
    """An empty plan came with its table (R6)."""


@dataclass(frozen=True)
class WorkPlanSubmitted(WorkPlanFact):
    """The presidency reads it next."""


@dataclass(frozen=True)
class WorkPlanSentBack(WorkPlanFact):
    """The note stands in the plan."""


@dataclass(frozen=True)
class WorkPlanValidated(WorkPlanFact):
    """Its activities are agreements from now on; `countries` answer for one of them or more."""

    decision_ref: str
    text_hash: str
    activity_ids: tuple[int, ...]
    countries: tuple[str, ...]
