"""What happened to surveys."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.kernel.fact import Fact


@dataclass(frozen=True)
class SurveyAnswered(Fact):
    """Somebody answered with their name. Of an anonymous one the journal says nothing: its instant
    would tell who.
    """

    subject_kind: ClassVar[str] = "event"

    event_id: UUID

    @property
    def subject_id(self) -> str:
        return str(self.event_id)
