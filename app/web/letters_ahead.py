"""The letters that an act would send, for the page that asks before it, and what became of those
that were written. The office, which writes letters, fills `LettersPort`; wings below it only show
what it answers.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.text import Language
from app.kernel.timespan import Timespan
from app.web.site import site


@dataclass(frozen=True)
class LetterAhead:
    """One letter as it would leave, in a language that `readers` of its people read."""

    language: Language
    subject: str
    body: str
    readers: int


@dataclass(frozen=True)
class LettersAhead:
    people: int
    letters: Sequence[LetterAhead]


@dataclass(frozen=True)
class ToldIfPublished:
    """How many people of the programme are told, and how many prepared invitations go out."""

    people: int = 0
    invitations: int = 0


class LetterFate(StrEnum):
    """What became of a letter. In a demonstration it becomes a file, and nobody gets it."""

    WAITING = "waiting"
    HANDED_OVER = "handed-over"
    FILED = "filed"
    RETURNED = "returned"
    NOT_SENT = "not-sent"


@dataclass(frozen=True)
class FollowingLetter:
    """A letter to `address`, and since when it stands so with it (UTC). `message_id`: under which
    number the office keeps it.
    """

    address: str
    fate: LetterFate
    at: datetime
    message_id: int


class LettersPort(Protocol):
    """Each answers in a fixed number of statements and writes nothing."""

    def if_cancelled(self, db: Session, event_id: UUID) -> LettersAhead: ...

    def if_moved(
        self, db: Session, event_id: UUID, *, span: Timespan | None, timezone: str, place: str
    ) -> LettersAhead: ...

    def if_invited(self, db: Session, event_id: UUID, draft: Any) -> LettersAhead:
        """Returns the letters that would leave; `draft`: the InvitationDraft that would be saved."""

    def if_published(
        self, db: Session, event_ids: Collection[UUID]
    ) -> Mapping[UUID, ToldIfPublished]: ...

    def if_countries_invited(
        self, db: Session, event_id: UUID, draft: Any, codes: Collection[str]
    ) -> LettersAhead:
        """Returns what `if_invited` does, with that draft for each of the countries."""

    def if_people_added(self, db: Session, person_ids: Collection[int]) -> LettersAhead:
        """Returns the letters to officials whom a country adds and who have an account that nobody
        used yet.
        """

    def written(
        self, db: Session, causes: Collection[tuple[int, int]]
    ) -> Mapping[int, FollowingLetter]:
        """Returns, by the journal's number of a fact, the letter about it to a person; `causes` are
        pairs of both numbers.
        """


def letters_ahead() -> LettersPort:
    return site().letters_ahead
