"""What happened in the calendar of record that somebody must hear of. Holders only: no titles, no names."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class ConflictCaseFact(Fact):
    """Base: about one conflict case. `holder` and `against` are the engagements' holders; `against` may be ""."""

    subject_kind: ClassVar[str] = "conflict-case"

    case_id: int
    holder: str
    against: str

    @property
    def subject_id(self) -> str:
        return str(self.case_id)


@dataclass(frozen=True)
class ConflictCaseOpened(ConflictCaseFact):
    """A clash arose after scheduling. `rule` is "" when somebody needed no longer serves."""

    rule: str
    cause: str


@dataclass(frozen=True)
class ConflictCaseClosed(ConflictCaseFact):
    """Outcome: moved, replaced, settled (one of the events is no more, or over) or accepted."""

    outcome: str
