"""What happens in learning."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.kernel.fact import Fact


@dataclass(frozen=True)
class CourseEditionPublished(Fact):
    subject_kind: ClassVar[str] = "course_edition"
    edition_id: int
    course_slug: str
    label: str

    @property
    def subject_id(self) -> str:
        return str(self.edition_id)


@dataclass(frozen=True)
class OfEnrolment(Fact):
    """Base of what happens to a learner in an edition."""

    subject_kind: ClassVar[str] = "enrolment"
    person_id: int
    enrolment_id: UUID
    edition_id: int

    @property
    def subject_id(self) -> str:
        return str(self.enrolment_id)


@dataclass(frozen=True)
class EnrolmentStarted(OfEnrolment):
    pass


@dataclass(frozen=True)
class RenewalOpened(OfEnrolment):
    """Somebody who answers for an official enrolled them again, before their certificate ends."""


@dataclass(frozen=True)
class OfficialEnrolled(OfEnrolment):
    """The focal point of the country enrolled an official, who is told by letter."""

    country_code: str


@dataclass(frozen=True)
class AttemptSubmitted(OfEnrolment):
    attempt_id: UUID
    unit_id: int
    is_passed: bool


@dataclass(frozen=True)
class ModuleCompleted(OfEnrolment):
    module_id: int
    completed_at: datetime


@dataclass(frozen=True)
class CourseCompleted(OfEnrolment):
    """Every available module of the edition is complete: what a certificate follows from."""

    completed_at: datetime
