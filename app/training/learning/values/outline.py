"""An edition as a learner moves through it, and how far that is. Ids are those of the tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.kernel.text import LocalizedText
from app.training.learning.values import UnitKind


class ModuleState(StrEnum):
    DONE = "done"
    IN_PROGRESS = "in-progress"
    NOT_STARTED = "not-started"
    LOCKED = "locked"
    IN_PREPARATION = "in-preparation"


@dataclass(frozen=True)
class UnitOutline:
    """`questions`: how many a quiz draws; `pass_mark`: 0–1. Both are empty for a unit that is read.
    `max_attempts` 0: any number.
    """

    id: int
    code: str
    kind: UnitKind
    minutes: int
    title: LocalizedText
    screens: int = 1
    questions: int = 0
    pass_mark: Decimal = Decimal(0)
    pause_minutes: int = 0
    max_attempts: int = 0
    is_optional: bool = False

    @property
    def is_quiz(self) -> bool:
        return self.kind is UnitKind.QUIZ

    @property
    def is_webinar(self) -> bool:
        return self.kind is UnitKind.WEBINAR

    @property
    def is_read(self) -> bool:
        """Returns True for a unit with screens; a quiz and a webinar have a page of their own."""
        return not self.is_quiz and not self.is_webinar


@dataclass(frozen=True)
class ModuleOutline:
    id: int
    number: int
    slug: str
    title: LocalizedText
    outcome: LocalizedText
    minutes: int
    is_available: bool
    units: tuple[UnitOutline, ...] = ()

    def unit(self, code: str) -> UnitOutline | None:
        return next((unit for unit in self.units if unit.code == code), None)


@dataclass(frozen=True)
class ModulePart:
    """A module as the way from one edition to the next names it; `minutes` are measured. `told`:
    what authors say of its changes to those who learned it before.
    """

    id: int
    number: int
    slug: str
    title: LocalizedText
    minutes: int
    told: tuple[LocalizedText, ...] = ()


@dataclass(frozen=True)
class EditionStep:
    """From the enrolment `earned_in` to the newest edition: which of its modules stand, and which
    are to be taken. `has_new`: one of these was not open before.
    """

    earned_in: UUID
    edition_id: int
    label: str
    kept: tuple[ModulePart, ...]
    to_take: tuple[ModulePart, ...]
    has_new: bool

    @property
    def minutes(self) -> int:
        return sum(module.minutes for module in self.to_take)


@dataclass(frozen=True)
class LaterEdition:
    """The newest edition for somebody who takes an earlier one: the modules that authors changed
    materially since, or of which they have something to tell. `is_material`: one of them changed
    materially.
    """

    label: str
    changed: tuple[ModulePart, ...]
    is_material: bool


@dataclass(frozen=True)
class Outline:
    edition_id: int
    slug: str
    label: str
    title: LocalizedText
    summary: LocalizedText
    guideline_version_id: int
    published_at: datetime
    modules: tuple[ModuleOutline, ...]

    @property
    def available(self) -> tuple[ModuleOutline, ...]:
        return tuple(module for module in self.modules if module.is_available)

    def module(self, slug: str) -> ModuleOutline | None:
        return next((module for module in self.modules if module.slug == slug), None)


@dataclass(frozen=True)
class UnitReading:
    """How far a unit was read: the furthest screen that is open, and whether the learner went on
    from the last one.
    """

    screen: int = 1
    is_done: bool = False


@dataclass(frozen=True)
class LearnerProgress:
    """What a learner has done in an edition. `completed_at`: when the whole edition was completed
    by rule.
    """

    reading: Mapping[int, UnitReading] = field(default_factory=dict)
    tried: frozenset[int] = frozenset()
    passed: frozenset[int] = frozenset()
    completed_modules: frozenset[int] = frozenset()
    completed_at: datetime | None = None


@dataclass(frozen=True)
class CoursePosition:
    """A place in a course: a screen of a lesson, or screen 1 of a quiz or a webinar, which have a
    page of their own.
    """

    module_slug: str
    unit_code: str
    screen: int = 1
    is_quiz: bool = False
    is_webinar: bool = False


@dataclass(frozen=True)
class Seat:
    """An edition as one reader sees it; without an enrolment, the syllabus only. `has_later`: another
    edition was published since.
    """

    outline: Outline
    standing: LearnerProgress = LearnerProgress()
    enrolment_id: UUID | None = None
    last_unit_id: int | None = None
    last_screen: int = 1
    has_later: bool = False
