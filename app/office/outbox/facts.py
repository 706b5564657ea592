"""What happened to messages. Ids and codes only: no addresses and no words of a letter."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class MessageFact(Fact):
    """Base: everything here is about one message."""

    subject_kind: ClassVar[str] = "message"

    message_id: int

    @property
    def subject_id(self) -> str:
        return str(self.message_id)


@dataclass(frozen=True)
class MessageQueued(MessageFact):
    """It is to be sent, for the first time or anew."""


@dataclass(frozen=True)
class MessageRetried(MessageFact):
    """An organizer lets it be tried again."""


@dataclass(frozen=True)
class MessageGivenUp(MessageFact):
    """An organizer said why nothing more is to be done; the reason stands beside the message."""


@dataclass(frozen=True)
class MessageBounced(MessageFact):
    """It had been taken and came back. `status` is the code of RFC 3463, such as "5.1.1"."""

    status: str


@dataclass(frozen=True)
class ContactCorrected(Fact):
    """An organizer wrote down another address for somebody's letters; the old one is not kept."""

    subject_kind: ClassVar[str] = "person"

    person_id: int
    message_id: int

    @property
    def subject_id(self) -> str:
        return str(self.person_id)


@dataclass(frozen=True)
class MailWishesChanged(Fact):
    """Which letters somebody wants."""

    subject_kind: ClassVar[str] = "person"

    person_id: int

    @property
    def subject_id(self) -> str:
        return str(self.person_id)


@dataclass(frozen=True)
class LetterTextChanged(Fact):
    """The office replaced the texts of a kind of letter ("changed"), or went back to ours
    ("reset").
    """

    subject_kind: ClassVar[str] = "letter-text"

    kind: str
    change: str

    @property
    def subject_id(self) -> str:
        return self.kind
