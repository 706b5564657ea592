"""What happens to deadlines."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class CourseDeadlineSet(Fact):
    """The office said how many days a course gives; 0 where it gives none any more."""

    subject_kind: ClassVar[str] = "course"

    course_slug: str
    days: int

    @property
    def subject_id(self) -> str:
        return self.course_slug


@dataclass(frozen=True)
class CourseDueGiven(Fact):
    """Somebody entered a post and has a day by which to finish a course."""

    subject_kind: ClassVar[str] = "course_due"

    due_id: int
    person_id: int
    course_slug: str
    due_on: date

    @property
    def subject_id(self) -> str:
        return str(self.due_id)
