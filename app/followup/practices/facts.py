"""What happened to good practices."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.kernel.fact import Fact


@dataclass(frozen=True)
class PracticeFact(Fact):
    subject_kind: ClassVar[str] = "good-practice"

    practice_id: UUID

    @property
    def subject_id(self) -> str:
        return str(self.practice_id)


@dataclass(frozen=True)
class PracticeSubmitted(PracticeFact):
    person_id: int


@dataclass(frozen=True)
class PracticeAccepted(PracticeFact):
    """From now on everybody reads it."""


@dataclass(frozen=True)
class PracticeCompleted(PracticeFact):
    """The secretariat wrote what the practice repository asks for."""


@dataclass(frozen=True)
class PracticeReturned(PracticeFact):
    """The secretariat asks for changes; the note stands in the row."""
