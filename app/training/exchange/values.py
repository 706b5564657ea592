"""A bank of questions as the three formats know it, before a course has seen it.

Texts are stripped, with line breaks as a single newline. Weights are percent: 100 is right.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from app.kernel.refusal import Sentence

FULL, NOTHING = Decimal(100), Decimal(0)
USUAL_PENALTY = Decimal("0.3333333")


class Format(StrEnum):
    GIFT = "gift"
    MOODLE_XML = "moodle-xml"
    AIKEN = "aiken"


class TextFormat(StrEnum):
    """How a text is written. `moodle` is Moodle's own: HTML in which a line break counts."""

    MOODLE = "moodle"
    HTML = "html"
    PLAIN = "plain"
    MARKDOWN = "markdown"


@dataclass(frozen=True)
class Place:
    """Where in a file something stands: the first line, and which question of the file it is. Both
    count from 1; 0 is unknown.
    """

    line: int = 0
    number: int = 0


@dataclass(frozen=True)
class Picture:
    """A picture inside a text, which shows it as `@@PLUGINFILE@@` + path + name."""

    name: str
    media_type: str
    data: bytes
    path: str = "/"


@dataclass(frozen=True)
class Text:
    """An empty text has no format of its own: it counts as HTML, so that empty texts are equal."""

    body: str = ""
    format: TextFormat = TextFormat.HTML
    pictures: tuple[Picture, ...] = ()

    def __post_init__(self) -> None:
        if not self.body:
            object.__setattr__(self, "format", TextFormat.HTML)

    def __bool__(self) -> bool:
        return bool(self.body)


NO_TEXT = Text()


@dataclass(frozen=True)
class Answer:
    """`weight` is negative where choosing it costs."""

    text: Text
    weight: Decimal = NOTHING
    feedback: Text = NO_TEXT


@dataclass(frozen=True)
class NumberAnswer:
    """Right within `value` ± `tolerance`; a value of None stands for any other number."""

    value: Decimal | None
    tolerance: Decimal = NOTHING
    weight: Decimal = FULL
    feedback: Text = NO_TEXT


@dataclass(frozen=True)
class Unit:
    name: str
    multiplier: Decimal = Decimal(1)


@dataclass(frozen=True)
class Pair:
    """An empty `text` makes the answer a wrong one that belongs to nothing."""

    text: Text
    answer: str


@dataclass(frozen=True)
class Combined:
    """Feedback on the whole answer. `counts` tells a learner how many parts are right."""

    right: Text = NO_TEXT
    partly: Text = NO_TEXT
    wrong: Text = NO_TEXT
    counts: bool = False


NOT_COMBINED = Combined()


@dataclass(frozen=True)
class Hint:
    text: Text
    counts: bool = False
    clears: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """What every kind has. `feedback` is the general one; `category` a path as the file writes it,
    empty before the first; `penalty` the share that a further try costs.
    """

    name: str
    text: Text
    feedback: Text = NO_TEXT
    category: str = ""
    idnumber: str = ""
    tags: tuple[str, ...] = ()
    grade: Decimal = Decimal(1)
    penalty: Decimal = USUAL_PENALTY
    is_hidden: bool = False
    hints: tuple[Hint, ...] = ()
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, kw_only=True)
class Choice(Question):
    """Single or multiple choice. A missing word is a choice whose text holds `_____`."""

    is_single: bool
    answers: tuple[Answer, ...]
    is_shuffled: bool = True
    numbering: str = "abc"
    combined: Combined = NOT_COMBINED


@dataclass(frozen=True, kw_only=True)
class TrueFalse(Question):
    """`if_true` and `if_false` are the feedback on choosing that answer."""

    is_true: bool
    if_true: Text = NO_TEXT
    if_false: Text = NO_TEXT


@dataclass(frozen=True, kw_only=True)
class ShortAnswer(Question):
    """A `*` in an answer stands for any characters."""

    answers: tuple[Answer, ...]
    is_case_sensitive: bool = False


@dataclass(frozen=True, kw_only=True)
class Numerical(Question):
    answers: tuple[NumberAnswer, ...]
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Matching(Question):
    pairs: tuple[Pair, ...]
    is_shuffled: bool = True
    combined: Combined = NOT_COMBINED


@dataclass(frozen=True, kw_only=True)
class Essay(Question):
    """`guidance` is for whoever marks it, `template` what the field begins with."""

    guidance: Text = NO_TEXT
    template: Text = NO_TEXT


@dataclass(frozen=True, kw_only=True)
class Description(Question):
    """A text among the questions, without an answer."""


@dataclass(frozen=True, kw_only=True)
class Ordering(Question):
    """`items` stand in the right order."""

    items: tuple[Text, ...]
    combined: Combined = NOT_COMBINED


@dataclass(frozen=True)
class Category:
    path: str
    info: Text = NO_TEXT
    idnumber: str = ""


@dataclass(frozen=True)
class Skipped:
    """A question that did not come in, or did not go out, and why."""

    place: Place
    name: str
    reason: Sentence


@dataclass(frozen=True)
class Bank:
    """`categories` are those that say something of themselves."""

    questions: tuple[Question, ...]
    skipped: tuple[Skipped, ...] = ()
    categories: tuple[Category, ...] = ()
    format: Format | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Written:
    """A file. `skipped` names what it could not hold, `reduced` what it holds only in part."""

    data: bytes
    skipped: tuple[Skipped, ...] = ()
    reduced: tuple[Skipped, ...] = ()


class QuizKind(StrEnum):
    """The kinds of question that a quiz of a course has, by the same names as there."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUEFALSE = "truefalse"
    ORDERING = "ordering"


@dataclass(frozen=True)
class QuizOption:
    is_correct: bool
    text: str
    feedback: str = ""


@dataclass(frozen=True)
class QuizItem:
    """A question as a quiz of a course holds it: in one language, plain text without markup. The
    options of an ordering stand in the right order, and none of them is marked correct.
    """

    kind: QuizKind
    stem: str
    options: tuple[QuizOption, ...]
    explanation: str = ""
    name: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True)
class Fitting:
    """The questions of a bank that a quiz can hold, and why not the others."""

    items: tuple[QuizItem, ...]
    skipped: tuple[Skipped, ...] = ()
