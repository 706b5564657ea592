"""Values of learning: what an edition holds, how a learner sees it, and what learners do."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4, uuid5

from app.kernel.text import Language, LocalizedText
from app.training.library.values import GuidelineContent

GUIDELINES = "guidelines"
"""The course on the body's Guidelines; every other one rests on documents of its own."""


class UnitKind(StrEnum):
    PAGE = "page"
    CASE = "case"
    QUIZ = "quiz"
    WEBINAR = "webinar"


class ItemKind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUEFALSE = "truefalse"
    ORDERING = "ordering"
    SHORT = "short"
    NUMERICAL = "numerical"
    MATCHING = "matching"


class Answering(StrEnum):
    """How questions are answered. What is accepted of written answers is never shown; lines to match
    have an answer each.
    """

    CHOOSING = "choosing"
    ORDERING = "ordering"
    MATCHING = "matching"
    WRITING = "writing"


class Strictness(StrEnum):
    """What an author of a short answer does not let pass."""

    CASE = "case"
    ACCENTS = "accents"


class ChangeClass(StrEnum):
    """What an edition changed in an objective, as its author judges it: words only, small, or what
    is taught.
    """

    EDITORIAL = "editorial"
    MINOR = "minor"
    MATERIAL = "material"


class CitedKind(StrEnum):
    TREATY = "treaty"
    DECLARATION = "declaration"
    GUIDANCE = "guidance"
    CASE = "case"
    LAW_MODEL = "law-model"


# A course edition as its authors wrote it: one typed document, whether it comes from a folder, from
# a draft or from the database.

NO_TEXT = LocalizedText()
LATER_FIELDS = frozenset(
    (
        "explanation",
        "is_critical",
        "screen",
        "case",
        "cases",
        "checks",
        "terms",
        "sources",
        "figures",
        "media_type",
        "sha256",
        "videos",
        "changes",
        "weight",
        "strict",
        "match",
        "number",
        "tolerance",
        "max_attempts",
        "webinar",
        "is_optional",
        "told",
    )
)
"""What earlier editions could not say. A document leaves them out where they say nothing."""

DOCUMENT_VERSION = 1
"""The form of the documents written here. A new field that may be empty does not change it; a field
that gets another name or meaning does, and `content_from` then reads both.
"""


@dataclass(frozen=True)
class OptionContent:
    """What is chosen, accepted or matched, by the kind of its question.

    `weight` is what choosing or writing it gives or costs, in per cent; 0 where it follows from
    `is_correct`. In a matching question `match` belongs to `text`; without a text it belongs to
    nothing. `number` is what a number answer is within `tolerance`, "*" any other number; both are
    written with a decimal point.
    """

    is_correct: bool
    text: LocalizedText
    feedback: LocalizedText
    weight: Decimal = Decimal(0)
    match: LocalizedText = NO_TEXT
    number: str = ""
    tolerance: str = ""


@dataclass(frozen=True)
class ItemContent:
    """`section` is the code of a section of the Guidelines, `screen` where the reason is read
    ("M2-L2#3"), `case` the code of the vignette above the question.

    The options of an ordering stand in the right order; `explanation` is its only feedback. It
    counts `weight` times in the quiz, once where that is 0. `strict` is of a short answer.
    """

    code: str
    objective: str
    kind: ItemKind
    section: str
    stem: LocalizedText
    options: tuple[OptionContent, ...]
    explanation: LocalizedText = NO_TEXT
    is_critical: bool = False
    screen: str = ""
    case: str = ""
    weight: int = 0
    strict: tuple[Strictness, ...] = ()


@dataclass(frozen=True)
class CaseContent:
    """A vignette on which several questions rest."""

    code: str
    text: LocalizedText


@dataclass(frozen=True)
class CheckContent:
    """A small question under screen `after` of a unit, for practice only."""

    code: str
    unit: str
    after: int
    kind: ItemKind
    stem: LocalizedText
    options: tuple[OptionContent, ...]


@dataclass(frozen=True)
class TermContent:
    term: LocalizedText
    meaning: LocalizedText


@dataclass(frozen=True)
class SourceContent:
    """`year` 0 and `url` empty: not given."""

    title: LocalizedText
    body: LocalizedText
    year: int
    kind: CitedKind
    url: str
    note: LocalizedText


@dataclass(frozen=True)
class FigureContent:
    """A picture in one language, with its size in pixels: checked SVG, or a file that the storage
    holds under `sha256` (`svg` is empty then, and `media_type` that of the file).
    """

    code: str
    language: Language
    svg: str
    width: int
    height: int
    media_type: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class VideoContent:
    """A film that a lesson shows by its code: a link, or a file that the storage holds under
    `sha256`. `captions` are WebVTT by language, `transcript` plain text.
    """

    code: str
    title: LocalizedText
    url: str
    transcript: LocalizedText
    captions: LocalizedText = NO_TEXT
    media_type: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class ChangeContent:
    """What the edition changed in an objective of a module, against the edition before it. `told`:
    what somebody who learned it before should know now, in a sentence or two.
    """

    module: str
    objective: str
    change: ChangeClass
    told: LocalizedText = NO_TEXT


@dataclass(frozen=True)
class ObjectiveContent:
    code: str
    text: LocalizedText
    sections: tuple[str, ...]


@dataclass(frozen=True)
class QuizContent:
    """`draw`: how many items of each objective; `pass_mark`: 0–1; `pause_minutes`: between two
    attempts; `max_attempts`: 0 is any number.
    """

    draw: Mapping[str, int]
    pass_mark: Decimal
    pause_minutes: int
    max_attempts: int = 0


@dataclass(frozen=True)
class WebinarContent:
    """Which webinars count: those of a kind of event, of a series, or named one by one, the last two
    by their ids as text. `percent` of its minutes are enough.
    """

    percent: int
    kinds: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnitContent:
    """`screens` holds Markdown by language; a language may be missing, its readers then get the
    other one. What is optional is not needed to complete the module.
    """

    code: str
    kind: UnitKind
    minutes: int
    title: LocalizedText
    screens: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    quiz: QuizContent | None = None
    webinar: WebinarContent | None = None
    is_optional: bool = False

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
    cases: tuple[CaseContent, ...] = ()
    checks: tuple[CheckContent, ...] = ()
    terms: tuple[TermContent, ...] = ()
    sources: tuple[SourceContent, ...] = ()
    figures: tuple[FigureContent, ...] = ()
    videos: tuple[VideoContent, ...] = ()


VALIDITY_MONTHS = 24
"""How long a certificate is valid where the course does not say otherwise."""


@dataclass(frozen=True)
class CourseContent:
    slug: str
    title: LocalizedText
    summary: LocalizedText
    edition: str
    validity_months: int
    guidelines: GuidelineContent
    modules: tuple[ModuleContent, ...]
    changes: tuple[ChangeContent, ...] = ()

    @property
    def document(self) -> dict[str, Any]:
        """Returns the edition as JSON holds it; `content_from` reads it."""
        return dict(plain(self, _in_both))

    @property
    def fingerprint(self) -> str:
        """Returns the SHA-256 of the document in hexadecimal: the same for the same content."""
        text = json.dumps(self.document, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def plain(content: object, texts: Callable[[LocalizedText], object] = dict) -> Any:
    """Returns content, or a part of it, as JSON holds it: fields by their names, numbers with a
    decimal point as text, and without the later fields that are empty. `texts` writes a text.
    """
    if isinstance(content, LocalizedText):
        return texts(content)
    if is_dataclass(content):
        content = vars(content)
    if isinstance(content, Mapping):
        return {
            str(key): plain(inner, texts)
            for key, inner in content.items()
            if inner or key not in LATER_FIELDS
        }
    if isinstance(content, list | tuple):
        return [plain(inner, texts) for inner in content]
    return str(content) if isinstance(content, Decimal | Enum) else content


def _in_both(text: LocalizedText) -> dict[Language, str]:
    """Returns a text with Spanish and English even where they are missing: earlier editions had
    both, and must keep their fingerprints.
    """
    return {"es": "", "en": "", **text}


def content_from(document: Mapping[str, Any], version: int = DOCUMENT_VERSION) -> CourseContent:
    """Returns the edition that a document says. It was checked before it was published, so nothing
    is checked here. Raises ValueError for a version that is not known.
    """
    if version != DOCUMENT_VERSION:
        raise ValueError(f"documents of version {version} are not known here")
    content: CourseContent = _typed(CourseContent, document)
    return content


def _typed(kind: Any, value: Any) -> Any:
    """Returns a value of JSON as the type that the content's classes declare for it."""
    if value is None or kind in (str, int, bool):
        return value
    if isinstance(kind, type) and is_dataclass(kind):
        types = _types_of(kind)
        return kind(**{name: _typed(types[name], inner) for name, inner in value.items()})
    inside = get_args(kind)
    if get_origin(kind) is tuple:
        return tuple(_typed(inside[0], one) for one in value)
    if get_origin(kind) is Mapping:
        return {key: _typed(inside[1], one) for key, one in value.items()}
    if inside:  # one type, or None
        return _typed(inside[0], value)
    return kind(value)  # a text, a number with a decimal point, or a word of a list


@cache
def _types_of(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


# An edition as a learner moves through it, and how far that is. Ids are those of the tables.


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


class Keeping(StrEnum):
    """What counts already when somebody takes a course again: nothing; the modules that did not
    change; or all reading, so that the quizzes are left.
    """

    NOTHING = "nothing"
    MODULES = "modules"
    READING = "reading"


@dataclass(frozen=True)
class ModulePart:
    """A module as the way from one edition to the next names it; `minutes` are measured. `told`:
    what authors say of its changes to those who learned it before. `quizzes`: how many
    it has that must be passed.
    """

    id: int
    number: int
    slug: str
    title: LocalizedText
    minutes: int
    quizzes: int = 0
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

    @property
    def keeps(self) -> Keeping:
        """Returns what counts already for somebody whose certificate holds: where modules changed
        all others; else all reading, if each module has a quiz that can show what they know.
        """
        if self.to_take:
            return Keeping.MODULES
        has_quizzes = bool(self.kept) and all(module.quizzes for module in self.kept)
        return Keeping.READING if has_quizzes else Keeping.NOTHING


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


# The acts of a learner, one line for each, in the order in which they were stored.


class LearningVerb(StrEnum):
    """`ATTENDED` says whether an attendance of a webinar unit counts now, because minutes may be
    corrected. `CREDITED` completes a module without its screens and quiz, or a unit without its
    screens, because it was completed in an earlier enrolment or before events were stored.
    `EXEMPTED` completes a module by its pre-test.
    """

    STARTED = "started"
    SEEN = "seen"
    CHECKED = "checked"
    ANSWERED = "answered"
    SUBMITTED = "submitted"
    ATTENDED = "attended"
    CREDITED = "credited"
    EXEMPTED = "exempted"


@dataclass(frozen=True)
class Press:
    """One press of a button as the browser names it: each repetition of the press has the same id.
    `at` is the browser's clock; it is stored and never trusted.
    """

    id: UUID = field(default_factory=uuid4)
    at: datetime | None = None

    def key(self, *content: object) -> UUID:
        """Returns the id under which the act is stored. It depends on what was sent too: on a page
        without scripts, somebody may go back, choose another answer and send the same form. The
        press's own id is not stored, so that the key of an erased answer tells nothing.
        """
        return uuid5(self.id, repr(content))


@dataclass(frozen=True)
class EventLine:
    """`position` is a screen or the number of a question; 0 for whole attempts and modules.
    `number` counts the events of an enrolment from 1.
    """

    number: int
    client_id: UUID
    verb: LearningVerb
    edition_id: int
    language: str
    at: datetime
    unit_id: int | None = None
    module_id: int | None = None
    position: int = 0
    attempt_id: UUID | None = None
    client_at: datetime | None = None
    payload: Mapping[str, object] = field(default_factory=dict)
