"""What happened while an office was set up."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class SetupStepMarked(Fact):
    """A step of setting up was finished or left for later; `state` is a value of MarkState."""

    subject_kind: ClassVar[str] = "setup"

    step: str
    state: str

    @property
    def subject_id(self) -> str:
        return self.step
