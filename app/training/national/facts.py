"""What happened to the national page of a country."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class NationalFact(Fact):
    subject_kind: ClassVar[str] = "national-page"

    country_code: str

    @property
    def subject_id(self) -> str:
        return self.country_code


@dataclass(frozen=True)
class NationalPageChanged(NationalFact):
    """A line was added, changed or removed, or the notes were: `change` is add, change, remove or
    notes.
    """

    change: str


@dataclass(frozen=True)
class NationalPageChecked(NationalFact):
    """The focal point says that everything on the page is right."""
