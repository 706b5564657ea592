"""What happened to the scope of coverage, and to counts that were declared."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact
from app.people.directory.facts import CountryFact


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


@dataclass(frozen=True)
class CountsDeclared(CountryFact):
    """A country that gives no names declared its counts of a day, over all its institutions."""

    posts: int
    serving: int
    trained: int
