"""What happened to drafts of courses and to reviews."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class OfDraft(Fact):
    """Base of the facts about a draft."""

    subject_kind: ClassVar[str] = "course_draft"
    draft_id: int
    course_slug: str

    @property
    def subject_id(self) -> str:
        return str(self.draft_id)


@dataclass(frozen=True)
class CourseDraftStarted(OfDraft):
    pass


@dataclass(frozen=True)
class CourseDraftPublished(OfDraft):
    edition_id: int
    label: str


@dataclass(frozen=True)
class CourseDraftDiscarded(OfDraft):
    pass


@dataclass(frozen=True)
class OfReview(Fact):
    """Base of the facts about the review of a course."""

    subject_kind: ClassVar[str] = "course"
    course_slug: str

    @property
    def subject_id(self) -> str:
        return self.course_slug


@dataclass(frozen=True)
class CourseReviewSet(OfReview):
    """`due_on`: the day of the next review, as YYYY-MM-DD."""

    due_on: str


@dataclass(frozen=True)
class CourseReviewOpened(OfReview):
    draft_id: int
