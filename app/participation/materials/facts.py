"""What happened to materials."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.kernel.fact import Fact


@dataclass(frozen=True)
class MaterialFact(Fact):
    subject_kind: ClassVar[str] = "event"

    event_id: UUID
    material_id: UUID

    @property
    def subject_id(self) -> str:
        return str(self.event_id)


@dataclass(frozen=True)
class MaterialAdded(MaterialFact):
    visibility: str


@dataclass(frozen=True)
class MaterialChanged(MaterialFact):
    """What is said of it, or who may open it."""

    visibility: str


@dataclass(frozen=True)
class MaterialWithdrawn(MaterialFact):
    """No longer handed out; its row stays, so that old counts do."""
