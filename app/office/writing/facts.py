"""Facts of letters to many. They hold numbers only: the words and the readers are in the letter."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class LetterWritten(Fact):
    """`event_id` is "" for a letter of the office or of a country; `country_code` is "" for all but
    the latter.
    """

    subject_kind: ClassVar[str] = "letter"

    letter_id: str
    event_id: str
    people: int
    country_code: str = ""

    @property
    def subject_id(self) -> str:
        return self.letter_id
