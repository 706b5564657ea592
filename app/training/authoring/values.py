"""A draft of a course as values: its parts and their fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.kernel.text import Language, LocalizedText
from app.training.learning.rules.kinds import KINDS, QuestionKind
from app.training.learning.values import ItemKind


class CoursePartKind(StrEnum):
    COURSE = "course"
    SECTION = "section"
    MODULE = "module"
    OBJECTIVE = "objective"
    LESSON = "lesson"
    SCREEN = "screen"
    CHECK = "check"
    QUIZ = "quiz"
    WEBINAR = "webinar"
    CASE = "case"
    QUESTION = "question"
    TERM = "term"
    SOURCE = "source"
    PICTURE = "picture"
    VIDEO = "video"


CHILDREN: Mapping[CoursePartKind, tuple[CoursePartKind, ...]] = {
    CoursePartKind.COURSE: (CoursePartKind.MODULE, CoursePartKind.SECTION),
    CoursePartKind.MODULE: (
        CoursePartKind.OBJECTIVE,
        CoursePartKind.LESSON,
        CoursePartKind.WEBINAR,
        CoursePartKind.QUIZ,
        CoursePartKind.QUESTION,
        CoursePartKind.CASE,
        CoursePartKind.TERM,
        CoursePartKind.SOURCE,
        CoursePartKind.PICTURE,
        CoursePartKind.VIDEO,
    ),
    CoursePartKind.LESSON: (CoursePartKind.SCREEN,),
    CoursePartKind.SCREEN: (CoursePartKind.CHECK,),
}
"""Which parts stand under which, in the order of the outline."""

LOCALIZED: Mapping[CoursePartKind, tuple[str, ...]] = {
    CoursePartKind.COURSE: ("title", "summary", "document_title", "document_note"),
    CoursePartKind.SECTION: ("title",),
    CoursePartKind.MODULE: ("title", "outcome"),
    CoursePartKind.OBJECTIVE: ("text",),
    CoursePartKind.LESSON: ("title",),
    CoursePartKind.SCREEN: ("body",),
    CoursePartKind.CHECK: ("stem",),
    CoursePartKind.QUIZ: ("title",),
    CoursePartKind.WEBINAR: ("title",),
    CoursePartKind.CASE: ("text",),
    CoursePartKind.QUESTION: ("stem", "explanation"),
    CoursePartKind.TERM: ("term", "meaning"),
    CoursePartKind.SOURCE: ("title", "body", "note"),
    CoursePartKind.PICTURE: ("words",),
    CoursePartKind.VIDEO: ("title", "transcript", "captions"),
}
"""The fields that stand in every language. Questions and checks have their options besides, each
with a text and a feedback: `option_fields`.
"""
OPTIONAL = frozenset(("document_note", "explanation", "note", "captions"))
"""What may be missing in every language; in one language alone it may not."""
NAMES_OTHERS: Mapping[str, CoursePartKind] = {
    "objective": CoursePartKind.OBJECTIVE,
    "screen": CoursePartKind.SCREEN,
    "case": CoursePartKind.CASE,
}
"""Fields of a question that hold the number of another part of its module. `draw` of a quiz maps
numbers of objectives, as text, to how many questions it takes of each.
"""
NAMED_BY: Mapping[CoursePartKind, str] = {kind: fields[0] for kind, fields in LOCALIZED.items()}
"""The field by which a part is called in lists."""

MOST_OPTIONS = 12
Data = Mapping[str, Any]
"""The fields of a part: a localized one is a mapping of language to text, options are a list of
`key`, `text`, `feedback`, `is_correct` and what some kinds have: `match`, `weight`, `number`,
`tolerance`. Parts are named by their ids.
"""


@dataclass(frozen=True)
class CoursePart:
    """A part as it stands. `marks` are those of `rules.drafting`; times are UTC."""

    id: int
    parent_id: int | None
    kind: CoursePartKind
    position: int
    data: Data
    marks: Data = field(default_factory=dict)
    changed_at: datetime | None = None
    changed_by: str = ""

    def text(self, name: str) -> LocalizedText:
        """Returns a localized field, as "stem" or "option.b.text"; empty where it was never written."""
        given = self._value(name)
        return LocalizedText(given if isinstance(given, Mapping) else {})

    @property
    def name(self) -> LocalizedText:
        return self.text(NAMED_BY[self.kind])

    @property
    def code(self) -> str:
        return str(self.data.get("code", ""))

    @property
    def options(self) -> tuple[Data, ...]:
        return tuple(self.data.get("options", ()))

    @property
    def fields(self) -> tuple[str, ...]:
        """Returns the names of all localized fields."""
        return (*LOCALIZED[self.kind], *option_fields(self.data))

    def _value(self, name: str) -> Any:
        if not name.startswith("option."):
            return self.data.get(name)
        _, key, field_name = name.split(".")
        return next((one.get(field_name) for one in self.options if one.get("key") == key), None)


OPTION_TEXTS = ("text", "feedback", "match")
"""The members of an option that stand in every language."""


def kind_of(data: Data) -> QuestionKind:
    """Returns the kind of a question or check; one right answer while nobody has chosen."""
    return KINDS[ItemKind(data.get("kind") or ItemKind.SINGLE)]


def may_be_unsaid(data: Data, name: str) -> bool:
    """Returns True for a field that need not be written, such as the text of a matching's line that
    nothing belongs to.
    """
    if not name.startswith("option."):
        return name in OPTIONAL
    return name.rpartition(".")[2] not in kind_of(data).members


def option_fields(data: Data) -> tuple[str, ...]:
    """Returns the names of the localized fields of the options; none where there are no options."""
    options = data.get("options", ())
    names = [name for name in OPTION_TEXTS if options and kind_of(data).has(name)]
    return tuple(f"option.{one['key']}.{name}" for one in options for name in names)


@dataclass(frozen=True)
class Draft:
    """An open draft with its parts, in order within each parent."""

    id: int
    slug: str
    base_edition_id: int | None
    parts: tuple[CoursePart, ...]

    def __post_init__(self) -> None:
        below: dict[int | None, list[CoursePart]] = {}
        for part in self.parts:
            below.setdefault(part.parent_id, []).append(part)
        object.__setattr__(self, "_below", below)
        object.__setattr__(self, "_by_id", {part.id: part for part in self.parts})

    @property
    def course(self) -> CoursePart:
        return self.children(None, CoursePartKind.COURSE)[0]

    def part(self, part_id: object) -> CoursePart | None:
        found: CoursePart | None = getattr(self, "_by_id").get(part_id)  # noqa: B009 - set above
        return found

    def children(self, parent_id: int | None, kind: CoursePartKind) -> tuple[CoursePart, ...]:
        below: Mapping[int | None, list[CoursePart]] = getattr(self, "_below")  # noqa: B009 - set above
        return tuple(part for part in below.get(parent_id, ()) if part.kind is kind)

    def module_of(self, part: CoursePart) -> CoursePart | None:
        """Returns the module a part stands in; None for the course and its sections."""
        here: CoursePart | None = part
        while here is not None and here.kind is not CoursePartKind.MODULE:
            here = self.part(here.parent_id)
        return here

    def path(self, part: CoursePart) -> tuple[CoursePart, ...]:
        """Returns the parts from the course down to the part, without the part."""
        above: list[CoursePart] = []
        here = self.part(part.parent_id)
        while here is not None:
            above.insert(0, here)
            here = self.part(here.parent_id)
        return tuple(above)


class State(StrEnum):
    """Of a text in one language."""

    MISSING = "missing"
    STALE = "stale"


@dataclass(frozen=True)
class ToTranslate:
    """A text that is missing or out of date in a language."""

    part: CoursePart
    field: str
    language: Language
    state: State


@dataclass(frozen=True)
class NewPart:
    """A part that has no number yet, with what stands under it.

    `ref` is how its neighbours in the module name it; in `data` they do so by the fields of
    `NAMES_OTHERS` and by `draw`, which are replaced by numbers when the parts are stored.
    """

    kind: CoursePartKind
    data: dict[str, Any]
    children: tuple["NewPart", ...] = ()
    ref: str = ""


@dataclass(frozen=True)
class DraftLine:
    """A draft in the list of drafts."""

    id: int
    slug: str
    title: LocalizedText
    edition: str
    started_at: datetime
    started_by: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class NextReview:
    """`due_on` is our proposal while nobody has set a day; `opened_at` is None unless the review is
    open.
    """

    due_on: date
    is_proposed: bool = False
    opened_at: datetime | None = None


@dataclass(frozen=True)
class DueReview:
    """A course whose review is due and that nobody has opened."""

    slug: str
    title: LocalizedText
    due_on: date


@dataclass(frozen=True)
class EditableCourse:
    """A published course of which a draft can be made; `draft_id` is the one that is open."""

    slug: str
    title: LocalizedText
    edition: str
    draft_id: int | None
    review: NextReview
