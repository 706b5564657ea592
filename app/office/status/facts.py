"""What happened to a check."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class CheckFact(Fact):
    """Base: about one check, by its name."""

    subject_kind: ClassVar[str] = "check"

    check: str

    @property
    def subject_id(self) -> str:
        return self.check


@dataclass(frozen=True)
class CheckFell(CheckFact):
    """It was found not well. Told once, until it is well again."""


@dataclass(frozen=True)
class CheckRecovered(CheckFact):
    """It was found well again, or was switched off."""
