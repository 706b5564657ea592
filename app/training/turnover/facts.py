"""What happened to the scope of coverage."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class PostCoursesChanged(Fact):
    """The posts of one kind in an institution ask for other courses than before; `courses` are all
    that they ask for since, by their addresses.
    """

    subject_kind: ClassVar[str] = "institution"

    institution_id: int
    country_code: str
    post: str
    courses: tuple[str, ...]

    @property
    def subject_id(self) -> str:
        return str(self.institution_id)
