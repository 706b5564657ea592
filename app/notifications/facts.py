"""What happened to messages."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class MessageQueued(Fact):
    subject_kind: ClassVar[str] = "message"

    message_id: int

    @property
    def subject_id(self) -> str:
        return str(self.message_id)
