"""Letters as values: as they are written down, as they are sent, and as they are looked at
afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.kernel.text import Language, LocalizedText


@dataclass(frozen=True)
class Letter:
    """A message in words: plain text, with date, time, zone and link in the body.

    `kind` names the letters whose texts the office may replace; `lead` is the introduction as it
    stands in the body, "" where it is not the office's to change; `values` are what the
    placeholders stand for.
    """

    subject: str
    body: str
    kind: str = field(default="", compare=False)
    lead: str = field(default="", compare=False)
    values: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class LetterTexts:
    """What the office says instead of ours in one kind of letter, with placeholders; a language
    without a text keeps ours. `closing` stands before the signature, where we say nothing.
    """

    subject: LocalizedText
    introduction: LocalizedText
    closing: LocalizedText


OUR_TEXTS = LetterTexts(LocalizedText(), LocalizedText(), LocalizedText())
"""Nothing is replaced."""


@dataclass(frozen=True)
class CalendarInvitation:
    """A whole iCalendar object with its method (RFC 5546), and the address answers to it come back
    to.
    """

    text: str
    method: str
    organizer: str


@dataclass(frozen=True)
class LetterDraft:
    """A letter for the outbox. The same `dedupe` is the same letter, whoever causes it again.
    `event_sequence`: the event's, of which its words tell.
    """

    dedupe: str
    address: str
    language: Language
    letter: Letter
    person_id: int | None = None
    event_id: UUID | None = None
    invitation: CalendarInvitation | None = None
    has_attachment: bool = False
    unsubscribe_url: str = ""
    event_sequence: int | None = None


@dataclass(frozen=True)
class QueuedMessage:
    """A message of the outbox as its sender sees it. `dedupe` becomes the Message-ID; `token` names
    it in the envelope, "" for what was queued before there were tokens.
    """

    id: int
    dedupe: str
    recipient: str
    subject: str
    body: str
    language: str
    created_at: datetime
    calendar: str = ""
    calendar_method: str = ""
    has_attachment: bool = False
    reply_to: str = ""
    unsubscribe_url: str = ""
    token: str = ""


class MessageFilter(StrEnum):
    """What became of a message. Undelivered: given up by the platform after its tries, or refused
    for good; bounced: taken, and returned later; waiting: letters could not leave, and the office
    has not said since that this one shall; on the way: it is being tried; sent: a mail server took
    it, and it has not come back; filed: it became a file, and nobody got it; given up: it is not to
    leave any more.
    """

    UNDELIVERED = "undelivered"
    BOUNCED = "bounced"
    WAITING = "waiting"
    ON_THE_WAY = "on-the-way"
    SENT = "sent"
    FILED = "filed"
    GIVEN_UP = "given-up"


HANDED_OVER = frozenset({MessageFilter.SENT, MessageFilter.FILED})
"""States of a letter that left; where it became a file, the page says so."""


@dataclass(frozen=True)
class Sending:
    """A message as organizers see it: to whom, what about and what became of it, never what it
    says, for it may hold a key. `reason` is the server's own sentence; `bounces` counts what came
    back from this address, `taken_at` is when a letter to it was last taken and did not come back.
    """

    id: int
    subject: str
    recipient: str
    person_id: int | None
    name: str
    event_id: UUID | None
    created_at: datetime
    sent_at: datetime | None
    state: MessageFilter
    reason: str
    attempts: int = 0
    next_at: datetime | None = None
    bounces: int = 0
    taken_at: datetime | None = None
    language: str = ""
