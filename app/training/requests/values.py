"""Requests of countries as pages and letters read them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.kernel.text import LocalizedText


@dataclass(frozen=True)
class VacantPost:
    id: int
    title: LocalizedText


@dataclass(frozen=True)
class SuccessorLetter:
    """A letter about vacant posts of an institution. `address` is the institution's mailbox, "" for
    none on record. `asker` and `asker_email`: who asked.
    """

    id: UUID
    institution_id: int
    institution: LocalizedText
    country_code: str
    address: str
    post_ids: frozenset[int]
    posts: tuple[LocalizedText, ...]
    asked_on: date
    answered_on: date | None
    asker: str
    asker_email: str


@dataclass(frozen=True)
class SuccessorAsking:
    """When an institution was last asked about one of its vacant posts, None for never, and the
    first day on which a letter about some of them may leave (again); None where it may leave today.
    """

    asked_on: date | None = None
    again_on: date | None = None


class WebinarState(StrEnum):
    """What became of a request: its draft waits, was published, declined, or went otherwise (deleted
    or cancelled).
    """

    WAITING = "waiting"
    PLANNED = "planned"
    DECLINED = "declined"
    DROPPED = "dropped"


@dataclass(frozen=True)
class WebinarWish:
    """A webinar that a country asked for. `starts_at`: of its draft or event, None where that is
    gone or has no hour.
    """

    id: int
    country_code: str
    country: LocalizedText
    course: str
    course_title: LocalizedText
    event_id: UUID
    wish: str
    asked_on: date
    asker: str
    state: WebinarState
    starts_at: datetime | None
    ends_at: datetime | None
    answer: str
