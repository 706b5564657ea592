"""What happened to periods and rows of the matrix. Ids and codes only."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class MatrixPeriodFact(Fact):
    """Base: about one period."""

    subject_kind: ClassVar[str] = "matrix_period"

    period_id: int

    @property
    def subject_id(self) -> str:
        return str(self.period_id)


@dataclass(frozen=True)
class MatrixPeriodOpened(MatrixPeriodFact):
    """`rows`: how many were prefilled for all countries."""

    rows: int


@dataclass(frozen=True)
class MatrixPeriodMoved(MatrixPeriodFact):
    """It got other days."""


@dataclass(frozen=True)
class MatrixPeriodClosed(MatrixPeriodFact):
    pass


@dataclass(frozen=True)
class MatrixPeriodPublished(MatrixPeriodFact):
    """Once in its life; the digest follows from it. `held`: rows that wait for the secretariat."""

    rows: int
    held: int


@dataclass(frozen=True)
class MatrixSent(MatrixPeriodFact):
    """A country sent its rows."""

    country_code: str
    rows: int


@dataclass(frozen=True)
class MatrixRowFact(Fact):
    """Base: about one row."""

    subject_kind: ClassVar[str] = "matrix_row"

    row_id: int
    country_code: str

    @property
    def subject_id(self) -> str:
        return str(self.row_id)


@dataclass(frozen=True)
class MatrixRowWritten(MatrixRowFact):
    """Told at the first answer and whenever status or holding change, not for every keystroke."""

    status: str
    held: str = ""


@dataclass(frozen=True)
class MatrixRowRemoved(MatrixRowFact):
    """A fact of part B that was not sent."""


@dataclass(frozen=True)
class MatrixRowReopened(MatrixRowFact):
    pass


@dataclass(frozen=True)
class MatrixRowPassed(MatrixRowFact):
    """To a mailbox that stands in the row; the letter with the signed link follows."""

    pass_number: int


@dataclass(frozen=True)
class MatrixRowTakenBack(MatrixRowFact):
    pass


@dataclass(frozen=True)
class MatrixRowCameBack(MatrixRowFact):
    """A colleague answered by the link."""


@dataclass(frozen=True)
class MatrixRowReleased(MatrixRowFact):
    """The secretariat looked at it: it names no person."""
