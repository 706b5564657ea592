"""What happened to the connection and to meetings. No key, no address and no link stands in a
fact.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.kernel.fact import Fact


@dataclass(frozen=True)
class ConnectionFact(Fact):
    subject_kind: ClassVar[str] = "meeting-connection"

    provider: str

    @property
    def subject_id(self) -> str:
        return self.provider


@dataclass(frozen=True)
class MeetingsConnected(ConnectionFact):
    """Keys were entered and the program accepted them."""


@dataclass(frozen=True)
class MeetingsDisconnected(ConnectionFact):
    """The keys were removed."""


@dataclass(frozen=True)
class MeetingFact(Fact):
    subject_kind: ClassVar[str] = "event"

    event_id: UUID

    @property
    def subject_id(self) -> str:
        return str(self.event_id)


@dataclass(frozen=True)
class MeetingAwaited(MeetingFact):
    """Somebody wants it tried again now."""


@dataclass(frozen=True)
class MeetingCreated(MeetingFact):
    provider: str


@dataclass(frozen=True)
class MeetingMoved(MeetingFact):
    provider: str


@dataclass(frozen=True)
class MeetingCancelled(MeetingFact):
    provider: str


@dataclass(frozen=True)
class OwnLinkGiven(MeetingFact):
    """A registered person joins by a link of their own."""

    person_id: int


@dataclass(frozen=True)
class OwnLinkTaken(MeetingFact):
    """The registration ended, and the link with it."""

    person_id: int


@dataclass(frozen=True)
class MeetingReported(MeetingFact):
    """The report of who was there arrived, and is an import of attendance."""

    import_id: UUID
