"""Training taken elsewhere: where, what a list says of it, and what becomes of each row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class RecognisedSource(StrEnum):
    """Where it was taken."""

    ECAMPUS = "ecampus"
    MOODLE = "moodle"
    PAPER = "paper"
    OTHER = "other"


PLATFORMS = (RecognisedSource.ECAMPUS, RecognisedSource.MOODLE, RecognisedSource.OTHER)
"""What a completion list comes from."""


class TrainingState(StrEnum):
    """Computed from the row, never stored."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    OVER = "over"
    DECLINED = "declined"
    TAKEN_BACK = "taken-back"


@dataclass(frozen=True, slots=True)
class CompletionLine:
    """A row of a completion list. `number` is its place in the file. `days` are those that the
    written day may mean: two where it can be read in two ways, none where nothing can be read.
    `is_done` is False where the list says that the course was not completed.
    """

    number: int
    name: str
    email: str
    title: str
    hours: str
    written: str
    days: tuple[date, ...]
    is_done: bool


@dataclass(frozen=True)
class CompletionList:
    """A list as it was read. `asks`: a day that can be read in two ways, and no other row says
    which; None where all is clear. `month_first` says how such days are read here.
    """

    lines: tuple[CompletionLine, ...]
    asks: CompletionLine | None = None
    month_first: bool = False

    def day_of(self, line: CompletionLine) -> date | None:
        """Returns the day of a line, None where none can be read."""
        if not line.days:
            return None
        return line.days[-1] if self.month_first else line.days[0]


class CompletionOutcome(StrEnum):
    """What becomes of a row when the list is accepted. Only the first is written."""

    RECOGNISED = "recognised"
    ASKED = "asked"
    OPEN_DAY = "open-day"
    KNOWN = "known"
    TAKEN_BACK = "taken-back"
    NOT_COMPLETED = "not-completed"
    NO_DAY = "no-day"
    FUTURE = "future"
    OVER = "over"
    AGAIN = "again"
    OWN = "own"
    OTHER_COURSE = "other-course"
    LEFT_OUT = "left-out"
    NOBODY = "nobody"


NEEDS_EYES = (
    CompletionOutcome.ASKED,
    CompletionOutcome.OPEN_DAY,
    CompletionOutcome.NOBODY,
    CompletionOutcome.NO_DAY,
)
"""Outcomes that are shown first: somebody may do something about them."""


@dataclass(frozen=True)
class JudgedLine:
    """A row with what becomes of it. `people`: who may be meant, the likeliest first; `person_id`
    who is. `last_valid_on`: the last day on which it would count.
    """

    line: CompletionLine
    outcome: CompletionOutcome
    people: tuple[int, ...] = ()
    person_id: int | None = None
    on: date | None = None
    last_valid_on: date | None = None

    @property
    def order(self) -> tuple[int, int]:
        """Returns the sort key that puts first what needs somebody's eyes, then goes by row."""
        place = NEEDS_EYES.index(self.outcome) if self.outcome in NEEDS_EYES else len(NEEDS_EYES)
        return (place + (self.outcome is not CompletionOutcome.RECOGNISED), self.line.number)


@dataclass(frozen=True)
class JudgedList:
    """A list judged for one country. `names` are of the people of that country who are meant or may
    be.
    """

    lines: Sequence[JudgedLine]
    names: dict[int, str] = field(default_factory=dict)

    def of(self, *outcomes: CompletionOutcome) -> list[JudgedLine]:
        return [one for one in self.lines if one.outcome in outcomes]

    @property
    def recognised(self) -> list[JudgedLine]:
        return self.of(CompletionOutcome.RECOGNISED)


@dataclass(frozen=True)
class TrainingClaim:
    """What somebody says of training taken elsewhere. `course` is the slug of the course of ours
    that it stands for.
    """

    course: str
    source: RecognisedSource
    title: str
    completed_on: date
    hours: str = ""


@dataclass(frozen=True)
class StoredUpload:
    """A certificate that was uploaded, by its key in the storage."""

    key: str
    media_type: str
