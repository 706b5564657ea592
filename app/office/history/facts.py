"""What happened to sheets of earlier years. Numbers only: names stay in the sheet."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class HistoryFact(Fact):
    """Base: about one import. `country_code` is "" where its rows may be of every country."""

    subject_kind: ClassVar[str] = "history-import"

    import_id: int
    kind: str
    country_code: str

    @property
    def subject_id(self) -> str:
        return str(self.import_id)


@dataclass(frozen=True)
class HistorySaveAsked(HistoryFact):
    """What is ready in a sheet is to be written down."""


@dataclass(frozen=True)
class HistoryBrought(HistoryFact):
    """All rows were looked at, and so many entered."""

    entered: int


@dataclass(frozen=True)
class HistoryUndone(HistoryFact):
    """What an import added is gone, but for `kept` rows that were changed or used since."""

    kept: int
