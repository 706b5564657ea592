"""What happened to training taken elsewhere. Ids and codes only."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class TrainingFact(Fact):
    subject_kind: ClassVar[str] = "recognised_training"

    training_id: int
    person_id: int
    country_code: str

    @property
    def subject_id(self) -> str:
        return str(self.training_id)


@dataclass(frozen=True)
class TrainingBrought(TrainingFact):
    """Somebody brought a certificate of another platform; it waits for their country."""


@dataclass(frozen=True)
class TrainingListed(TrainingFact):
    """A sheet of earlier years has it; it waits for the country, and nobody is written to."""


@dataclass(frozen=True)
class TrainingRecognised(TrainingFact):
    """The country accepted it. `is_brought` is False for what a focal point wrote down or a list
    says: nobody waited for an answer.
    """

    is_brought: bool


@dataclass(frozen=True)
class TrainingDeclined(TrainingFact):
    """The country did not accept it; the reason stands in the row."""


@dataclass(frozen=True)
class TrainingWithdrawn(TrainingFact):
    """Who had brought it took it away before anybody decided."""


@dataclass(frozen=True)
class TrainingTakenBack(TrainingFact):
    """What had been accepted counts no more; the reason stands in the row."""


@dataclass(frozen=True)
class UploadDropped(Fact):
    """An uploaded certificate is to leave the storage, after the commit."""

    subject_kind: ClassVar[str] = "recognised_training"

    training_id: int
    file_key: str

    @property
    def subject_id(self) -> str:
        return str(self.training_id)
