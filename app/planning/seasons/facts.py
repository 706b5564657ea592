"""What happened to a season. `run` numbers the requests: an answer to an older one is not kept."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.kernel.fact import Fact


@dataclass(frozen=True)
class SeasonFact(Fact):
    subject_kind: ClassVar[str] = "season"

    season_id: UUID

    @property
    def subject_id(self) -> str:
        return str(self.season_id)


@dataclass(frozen=True)
class SeasonRequested(SeasonFact):
    run: int


@dataclass(frozen=True)
class SeasonProposed(SeasonFact):
    run: int
    cost: int


@dataclass(frozen=True)
class SeasonFailed(SeasonFact):
    run: int


@dataclass(frozen=True)
class SeasonAccepted(SeasonFact):
    planned: int
    moved: int
