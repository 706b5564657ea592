"""Whom a letter goes to and what it says."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.kernel.text import LocalizedText
from app.office.notifications.values import NOBODY, Recipient


class AudienceKind(StrEnum):
    """The first five are of an event. Unconfirmed: focal points of countries with officials whom
    nobody has confirmed lately. A working group and a course are named after a colon, as in
    "group:protection", and so is the country whose matrix is not sent: "matrix:BZ". The last are of a
    country: who serves there without a valid certificate and
    does not take the course, who takes it, whose certificate ends within 90 days, and who left with
    one and was not asked for a handover note.
    """

    REGISTERED = "registered"
    WAITING = "waiting"
    SILENT = "silent"
    ABSENT = "absent"
    SPEAKERS = "speakers"
    FOCAL_POINTS = "focal-points"
    UNCONFIRMED = "unconfirmed"
    GROUP = "group"
    COURSE = "course"
    MATRIX = "matrix"
    UNTRAINED = "untrained"
    UNDERWAY = "underway"
    LAPSING = "lapsing"
    LEFT = "left"


@dataclass(frozen=True)
class LetterAddressee:
    """`invitation_id`: the invitation whose link the letter bears: of a guest who has not answered,
    and of a focal point who was asked for names. `way` and `sealed_key` are that invitation's, known
    only when the letter is made.
    """

    to: Recipient
    invitation_id: int | None = None
    way: str = ""
    sealed_key: str = field(default="", repr=False)

    @property
    def key(self) -> tuple[int, int]:
        """Returns what tells one reader from another."""
        person_id = self.to.person_id
        return person_id, (self.invitation_id or 0) if person_id == NOBODY else 0


@dataclass(frozen=True)
class LetterWords:
    """What somebody wrote, with its placeholders. A language has both subject and text, or
    neither.
    """

    subject: LocalizedText
    text: LocalizedText


@dataclass(frozen=True)
class LetterOrder:
    """A letter that is to be sent: its number, chosen before the form was sent, to which audiences, and
    to how many people the preview said that it goes. `only`: to these persons of a country's
    audiences; empty for all.
    """

    letter_id: UUID
    audiences: tuple[str, ...]
    words: LetterWords
    expected: int
    only: frozenset[int] = frozenset()


@dataclass(frozen=True)
class DeliveryCounts:
    """Of the readers of one letter. `waiting`: not yet taken by the mail server."""

    delivered: int = 0
    returned: int = 0
    undelivered: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class WrittenLetterSummary:
    """`people`: how many it went to. `known`: of how many the outbox still knows what became of
    their letter.
    """

    id: UUID
    words: LetterWords
    audiences: tuple[str, ...]
    event_id: UUID | None
    event_title: LocalizedText
    written_by: str
    written_at: datetime
    people: int
    counts: DeliveryCounts
    country_code: str = ""

    @property
    def known(self) -> int:
        c = self.counts
        return c.delivered + c.returned + c.undelivered + c.waiting
