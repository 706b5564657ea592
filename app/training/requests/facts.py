"""What countries asked for, and what they were answered. Ids and codes only."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.kernel.fact import Fact
from app.people.directory.facts import InstitutionFact


@dataclass(frozen=True)
class SuccessorFact(InstitutionFact):
    request_id: UUID


@dataclass(frozen=True)
class SuccessorsAsked(SuccessorFact):
    """A focal point asked who takes over so many vacant posts of an institution."""

    posts: int


@dataclass(frozen=True)
class SuccessorsNotAsked(SuccessorFact):
    """It was undone before the letter left."""


@dataclass(frozen=True)
class SuccessorsAnswered(SuccessorFact):
    """The institution answered; with `is_answered` False that was a mistake."""

    is_answered: bool


@dataclass(frozen=True)
class WebinarRequestFact(Fact):
    subject_kind: ClassVar[str] = "webinar_request"

    request_id: int
    event_id: UUID
    country_code: str
    course_slug: str

    @property
    def subject_id(self) -> str:
        return str(self.request_id)


@dataclass(frozen=True)
class WebinarAsked(WebinarRequestFact):
    """A focal point wishes for a webinar; its draft is in the calendar."""


@dataclass(frozen=True)
class WebinarDeclined(WebinarRequestFact):
    """The secretariat declined, and deleted the draft."""
