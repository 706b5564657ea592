"""A course edition as its authors wrote it, before it has a database."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal

from app.kernel.text import Language, LocalizedText
from app.training.learning.values import ItemKind, UnitKind
from app.training.library.values import GuidelineContent


@dataclass(frozen=True)
class OptionContent:
    is_correct: bool
    text: LocalizedText
    feedback: LocalizedText


@dataclass(frozen=True)
class ItemContent:
    """`section` is the code of a section of the Guidelines."""

    code: str
    objective: str
    kind: ItemKind
    section: str
    stem: LocalizedText
    options: tuple[OptionContent, ...]


@dataclass(frozen=True)
class ObjectiveContent:
    code: str
    text: LocalizedText
    sections: tuple[str, ...]


@dataclass(frozen=True)
class QuizContent:
    """`draw`: how many items of each objective; `pass_mark`: 0–1; `pause_minutes`: between two
    attempts.
    """

    draw: Mapping[str, int]
    pass_mark: Decimal
    pause_minutes: int


@dataclass(frozen=True)
class UnitContent:
    """`screens` holds Markdown by language; a language may be missing, its readers then get the
    other one.
    """

    code: str
    kind: UnitKind
    minutes: int
    title: LocalizedText
    screens: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    quiz: QuizContent | None = None

    @property
    def screen_count(self) -> int:
        return max((len(screens) for screens in self.screens.values()), default=1)


@dataclass(frozen=True)
class ModuleContent:
    number: int
    slug: str
    title: LocalizedText
    outcome: LocalizedText
    minutes: int
    is_available: bool
    objectives: tuple[ObjectiveContent, ...] = ()
    units: tuple[UnitContent, ...] = ()
    items: tuple[ItemContent, ...] = ()


@dataclass(frozen=True)
class CourseContent:
    slug: str
    title: LocalizedText
    summary: LocalizedText
    edition: str
    validity_months: int
    guidelines: GuidelineContent
    modules: tuple[ModuleContent, ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything the edition says, in hexadecimal: the same content has the same one
        anywhere.
        """
        plain = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, default=_plain)
        return hashlib.sha256(plain.encode()).hexdigest()


def _plain(value: object) -> object:
    """Spanish and English stand in the fingerprint even where they are missing, as they always
    did: the same content keeps the same one.
    """
    return {"es": "", "en": "", **value} if isinstance(value, LocalizedText) else str(value)
