"""How far one event is, as its organizers read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.planning.events.values import CountryAsked, EventWork, PersonRole


@dataclass(frozen=True)
class Figures:
    """People whom an invitation means: how many got a letter about the event, how many of those
    answered, and how many of those have a place. `named`: by a country that was asked for names.
    """

    received: int = 0
    answered: int = 0
    registered: int = 0


@dataclass(frozen=True)
class CountryFigures:
    """`code` "" for people of no country. `places`: everybody of it with a place, invited or not;
    `quota` of how many, None without a limit of its own. `asked`: its invitation, None where it was
    not asked as a country. `named`: whom its focal point named.
    """

    code: str
    figures: Figures
    places: int
    quota: int | None = None
    asked: CountryAsked | None = None
    named: int = 0

    @property
    def is_reached(self) -> bool:
        """Returns whether the letter reached somebody, of a country that was asked for names."""
        return self.asked.why is None if self.asked else self.figures.received > 0


@dataclass(frozen=True)
class EnrolmentFigures:
    """`registered` of `capacity` places, None for no limit. `came` None until attendance is written
    down.
    """

    registered: int
    capacity: int | None
    figures: Figures
    countries: Sequence[CountryFigures]
    came: int | None = None

    @property
    def uninvited(self) -> int:
        """Returns how many are registered without a letter of invitation."""
        return self.registered - self.figures.registered


class Word(StrEnum):
    """What somebody of the programme said."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    SILENT = "silent"


@dataclass(frozen=True)
class PartRow:
    """Somebody with a part in the programme. `timezone` "" where it is not known; `organisation`
    for speakers from outside, whom `person_id` names too.
    """

    person_id: int
    name: str
    roles: tuple[PersonRole, ...]
    country: str
    timezone: str
    word: Word
    organisation: str = ""
    is_outside: bool = False


@dataclass(frozen=True)
class Furnishing:
    """What is there for the day beside what every event needs: how many parts the agenda has, and
    how many files and links may be read.
    """

    sessions: int = 0
    materials: int = 0


@dataclass(frozen=True)
class EventProgress:
    event_id: UUID
    work: EventWork
    enrolment: EnrolmentFigures
    people: Sequence[PartRow]
    furnishing: Furnishing
