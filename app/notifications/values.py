"""Messages as values, before they are written down."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.kernel.text import Language, LocalizedText
from app.kernel.timespan import Timespan

NOBODY = 0


@dataclass(frozen=True)
class Recipient:
    """Who is written to, in which language, with times in which IANA zone. Somebody may have no account; an account
    that is nobody's in the directory has the `person_id` NOBODY."""

    person_id: int
    name: str
    address: str
    language: Language
    timezone: str


@dataclass(frozen=True)
class EventNotice:
    """What a message says of an event. `span` is None while its date is only known by month."""

    event_id: UUID
    title: LocalizedText
    span: Timespan | None
    timezone: str
    place: str
    sequence: int


@dataclass(frozen=True)
class Letter:
    """A message in words: plain text, with date, time, zone and link in the body."""

    subject: str
    body: str


@dataclass(frozen=True)
class QueuedMessage:
    """A message of the outbox as its sender sees it. `dedupe` becomes the Message-ID."""

    id: int
    dedupe: str
    recipient: str
    subject: str
    body: str
    language: str
    created_at: datetime
