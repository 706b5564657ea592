"""Values of refreshers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.kernel.text import Language, LocalizedText


class WishState(StrEnum):
    """PAUSED by the platform, after three that nobody answered."""

    ON = "on"
    OFF = "off"
    PAUSED = "paused"


@dataclass(frozen=True)
class Rhythm:
    """How often, how many questions, and after how many unanswered ones it pauses. A link also
    ends when the next letter leaves.
    """

    days: int = 14
    questions: int = 5
    link_days: int = 14
    unanswered: int = 3


@dataclass(frozen=True)
class PracticeCheck:
    """A practice question that may be asked: its course and code name it in every edition."""

    id: int
    course_id: int
    code: str
    module_number: int


@dataclass(frozen=True)
class MemoryCard:
    """What FSRS knows of one question for one person, as its JSON; instants are in UTC."""

    course_id: int
    code: str
    state: Mapping[str, object]
    due_at: datetime


@dataclass(frozen=True)
class RefresherAnswer:
    """The options of a question that its reader chose, by their numbers from 1."""

    person_id: int
    refresher_id: UUID
    position: int
    chosen: frozenset[int]


@dataclass(frozen=True)
class RefresherOption:
    """`number` counts from 1."""

    number: int
    text: LocalizedText
    feedback: LocalizedText
    is_correct: bool


@dataclass(frozen=True)
class RefresherQuestion:
    """A question of a refresher; `response` are the numbers of the chosen options, none before it
    is answered. `slug`, `module_slug`, `unit_code` and `screen` say where it is explained.
    """

    position: int
    kind: str
    stem: LocalizedText
    options: tuple[RefresherOption, ...]
    response: tuple[int, ...]
    is_right: bool | None
    slug: str
    module_slug: str
    module_title: LocalizedText
    unit_code: str
    unit_title: LocalizedText
    screen: int

    @property
    def is_answered(self) -> bool:
        return self.is_right is not None


@dataclass(frozen=True)
class Refresher:
    id: UUID
    person_id: int
    language: Language
    sent_at: datetime
    ends_at: datetime
    questions: tuple[RefresherQuestion, ...]

    @property
    def right(self) -> int:
        return sum(bool(one.is_right) for one in self.questions)

    @property
    def answered(self) -> int:
        return sum(one.is_answered for one in self.questions)


@dataclass(frozen=True)
class OwnRefreshers:
    """How somebody stands: None for who never said anything. `may_begin`: a module is complete."""

    state: WishState | None
    next_on: date | None
    may_begin: bool


@dataclass(frozen=True)
class RefresherFigures:
    """A country's counts. `asked` and `right` are answers of the last 90 days; `recall` is an
    estimate by the model, 0 to 1. All are None where a small group could be recognised, and with
    `is_shared` False where the country does not share them.
    """

    code: str
    name: LocalizedText
    people: int | None
    answered: int | None
    right: int | None
    recall: float | None
    is_shared: bool = True
