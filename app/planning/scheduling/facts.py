"""What happened in the calendar of record. Facts name holders only, no titles and no people."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class ConflictCaseFact(Fact):
    """Base of the facts about a conflict case. `holder` and `against` are the holders of the
    engagements; `against` may be "".
    """

    subject_kind: ClassVar[str] = "conflict-case"

    case_id: int
    holder: str
    against: str

    @property
    def subject_id(self) -> str:
        """Returns a name of at most the 64 characters that the journal keeps; the slugs are in the
        payload.
        """
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


@dataclass(frozen=True)
class RuleSet(Fact):
    """A rule was set for events that start within [valid_from, valid_until); the reason stands in
    its row.
    """

    subject_kind: ClassVar[str] = "rule"

    rule: str
    severity: str
    threshold: int | None
    valid_from: date
    valid_until: date | None

    @property
    def subject_id(self) -> str:
        return self.rule


@dataclass(frozen=True)
class PairFact(Fact):
    """Base of the facts about a pair of working groups."""

    subject_kind: ClassVar[str] = "group-pair"

    first: str
    second: str

    @property
    def subject_id(self) -> str:
        """Returns the two slugs within the 64 characters that the journal keeps; they are whole in
        the payload.
        """
        return f"{self.first[:31]}+{self.second[:31]}"


@dataclass(frozen=True)
class PairDeclared(PairFact):
    """From now on the two groups never meet at once."""


@dataclass(frozen=True)
class PairWithdrawn(PairFact):
    """The two groups may meet at once again, as far as other rules allow."""


@dataclass(frozen=True)
class LicenceChanged(Fact):
    """A meeting licence was added, or has another name or number of meetings (`previous`, None when
    new).
    """

    subject_kind: ClassVar[str] = "licence"

    key: str
    capacity: int
    previous: int | None

    @property
    def subject_id(self) -> str:
        return self.key
