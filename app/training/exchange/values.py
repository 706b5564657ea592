"""A bank of questions as the three formats know it, before a course has seen it.

Texts are stripped, with line breaks as a single newline. Weights are percent: 100 is right.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from app.kernel.refusal import Sentence
from app.training.learning.values import ItemKind

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
class EmbeddedPicture:
    """A picture inside a text, which shows it as `@@PLUGINFILE@@` + path + name."""

    name: str
    media_type: str
    data: bytes
    path: str = "/"


@dataclass(frozen=True)
class MarkedText:
    """An empty text has no format of its own: it counts as HTML, so that empty texts are equal."""

    body: str = ""
    format: TextFormat = TextFormat.HTML
    pictures: tuple[EmbeddedPicture, ...] = ()

    def __post_init__(self) -> None:
        if not self.body:
            object.__setattr__(self, "format", TextFormat.HTML)

    def __bool__(self) -> bool:
        return bool(self.body)


NO_TEXT = MarkedText()


@dataclass(frozen=True)
class WeighedAnswer:
    """`weight` is negative where choosing it costs."""

    text: MarkedText
    weight: Decimal = NOTHING
    feedback: MarkedText = NO_TEXT


@dataclass(frozen=True)
class NumberAnswer:
    """Right within `value` ± `tolerance`; a value of None stands for any other number."""

    value: Decimal | None
    tolerance: Decimal = NOTHING
    weight: Decimal = FULL
    feedback: MarkedText = NO_TEXT


@dataclass(frozen=True)
class NumberUnit:
    name: str
    multiplier: Decimal = Decimal(1)


@dataclass(frozen=True)
class MatchingPair:
    """An empty `text` makes the answer a wrong one that belongs to nothing."""

    text: MarkedText
    answer: str


@dataclass(frozen=True)
class Combined:
    """Feedback on the whole answer. `counts` tells a learner how many parts are right."""

    right: MarkedText = NO_TEXT
    partly: MarkedText = NO_TEXT
    wrong: MarkedText = NO_TEXT
    counts: bool = False


NOT_COMBINED = Combined()


@dataclass(frozen=True)
class Hint:
    text: MarkedText
    counts: bool = False
    clears: bool = False


@dataclass(frozen=True, kw_only=True)
class BankQuestion:
    """What every kind has. `feedback` is the general one; `category` a path as the file writes it,
    empty before the first; `penalty` the share that a further try costs.
    """

    name: str
    text: MarkedText
    feedback: MarkedText = NO_TEXT
    category: str = ""
    idnumber: str = ""
    tags: tuple[str, ...] = ()
    grade: Decimal = Decimal(1)
    penalty: Decimal = USUAL_PENALTY
    is_hidden: bool = False
    hints: tuple[Hint, ...] = ()
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, kw_only=True)
class ChoiceQuestion(BankQuestion):
    """Single or multiple choice. A missing word is a choice whose text holds `_____`."""

    is_single: bool
    answers: tuple[WeighedAnswer, ...]
    is_shuffled: bool = True
    numbering: str = "abc"
    combined: Combined = NOT_COMBINED


@dataclass(frozen=True, kw_only=True)
class TrueFalse(BankQuestion):
    """`if_true` and `if_false` are the feedback on choosing that answer."""

    is_true: bool
    if_true: MarkedText = NO_TEXT
    if_false: MarkedText = NO_TEXT


@dataclass(frozen=True, kw_only=True)
class ShortAnswer(BankQuestion):
    """A `*` in an answer stands for any characters."""

    answers: tuple[WeighedAnswer, ...]
    is_case_sensitive: bool = False


@dataclass(frozen=True, kw_only=True)
class Numerical(BankQuestion):
    answers: tuple[NumberAnswer, ...]
    units: tuple[NumberUnit, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Matching(BankQuestion):
    pairs: tuple[MatchingPair, ...]
    is_shuffled: bool = True
    combined: Combined = NOT_COMBINED


@dataclass(frozen=True, kw_only=True)
class Essay(BankQuestion):
    """`guidance` is for whoever marks it, `template` what the field begins with."""

    guidance: MarkedText = NO_TEXT
    template: MarkedText = NO_TEXT


@dataclass(frozen=True, kw_only=True)
class Description(BankQuestion):
    """A text among the questions, without an answer."""


@dataclass(frozen=True, kw_only=True)
class Ordering(BankQuestion):
    """`items` stand in the right order."""

    items: tuple[MarkedText, ...]
    combined: Combined = NOT_COMBINED


@dataclass(frozen=True)
class BankCategory:
    path: str
    info: MarkedText = NO_TEXT
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

    questions: tuple[BankQuestion, ...]
    skipped: tuple[Skipped, ...] = ()
    categories: tuple[BankCategory, ...] = ()
    format: Format | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Written:
    """A file. `skipped` names what it could not hold, `reduced` what it holds only in part."""

    data: bytes
    skipped: tuple[Skipped, ...] = ()
    reduced: tuple[Skipped, ...] = ()


@dataclass(frozen=True)
class QuizOption:
    """`weight` is in per cent, 0 where it follows from `is_correct`. In a matching question `match`
    belongs to `text`; `number`, within `tolerance`, is what a number answer is, "*" any other one.
    """

    is_correct: bool
    text: str
    feedback: str = ""
    weight: Decimal = NOTHING
    match: str = ""
    number: str = ""
    tolerance: str = ""


@dataclass(frozen=True)
class QuizItem:
    """A question as a quiz of a course holds it: in one language, plain text without markup. The
    options of an ordering stand in the right order, and none of them is marked correct. It counts
    `weight` times. In a short answer capitals may count; accents never do.
    """

    kind: ItemKind
    stem: str
    options: tuple[QuizOption, ...]
    explanation: str = ""
    name: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    place: Place = field(default=Place(), compare=False)
    weight: int = 1
    is_case_sensitive: bool = False


@dataclass(frozen=True)
class Fitting:
    """The questions of a bank that a quiz can hold, and why not the others. `left_out` says what a
    quiz has no place for in the questions that come in, each with how many it concerns.
    """

    items: tuple[QuizItem, ...]
    skipped: tuple[Skipped, ...] = ()
    left_out: tuple[Sentence, ...] = ()
