"""Questions of files: which can be answered at all, and their texts and numbers in plain words."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_
from app.training.exchange.values import (
    FULL,
    BankQuestion,
    ChoiceQuestion,
    EmbeddedPicture,
    MarkedText,
    Matching,
    NumberAnswer,
    Numerical,
    Ordering,
    ShortAnswer,
    TextFormat,
    WeighedAnswer,
)


def bodies(value: object) -> Iterator[str]:
    """Yields every string inside a value."""
    if isinstance(value, str):
        yield value
    else:
        for inner in _parts(value):
            yield from bodies(inner)


def texts(value: object) -> Iterator[MarkedText]:
    """Yields every text with a format inside a value."""
    if isinstance(value, MarkedText):
        yield value
    else:
        for inner in _parts(value):
            yield from texts(inner)


def has_pictures(value: object) -> bool:
    return isinstance(value, EmbeddedPicture) or any(has_pictures(inner) for inner in _parts(value))


def _parts(value: object) -> tuple[object, ...]:
    if isinstance(value, tuple):
        return value
    return tuple(vars(value).values()) if hasattr(value, "__dataclass_fields__") else ()


NUMBER = re.compile(r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?")


def number_of(written: str) -> Decimal | None:
    """Returns None for what is not a number of at most 30 digits beside the point."""
    return Decimal(written) if NUMBER.fullmatch(written) else None


# Texts of a bank without their markup.

SPACE = " \t\n\r\x0b\x0c"
"""What Moodle strips from the ends of a text: no-break spaces stay."""
LONGEST_NAME = 80
BLOCKS = {"p", "br", "li", "div", "tr", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
END_OF_BLOCK = re.compile(rf"<br>|</(?:{'|'.join(sorted(BLOCKS))})>")
TAG = re.compile(r"<[^>]*>")
TAG_BEGINS = re.compile("<")
LOOKS_LIKE_HTML = re.compile(
    r"</?(?:a|b|br|code|div|em|h[1-6]|i|img|li|ol|p|pre|script|span|strong|style|sub|sup|table|td|tr"
    r"|u|ul)\b[^<]*>",
    re.IGNORECASE,
)
SHOWS_A_PICTURE = re.compile(r"<(?:img|svg|object|embed|video|audio|iframe)\b|@@PLUGINFILE@@", re.I)
MARKDOWN_PICTURE = re.compile(r"!\[[^\]]{0,500}\]\(")
TOO_MANY_BREAKS = re.compile(r"\n{3,}")
SPACES = re.compile(r"[ \t\n]+")


MARKS_OF_MARKDOWN = re.compile(r"[*_\[\]!`<>|~]|^[ \t]*(?:[-+]|[0-9]+[.)])[ \t]", re.MULTILINE)
MOST_MARKS = 1_000
"""Marks or tags of one text. What makes HTML of Markdown and cleans HTML takes longer than the
length of a text where thousands of them stand in one another, and nobody writes so many.
"""
RAISED, LOWERED = re.compile(r"<sup>([^<]{0,40})</sup>"), re.compile(r"<sub>([^<]{0,40})</sub>")
UP = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
DOWN = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
HAS_UP, HAS_DOWN = set("0123456789+-−=()ni"), set("0123456789+-−=()")
ORDINALS = {"o": "º", "a": "ª"}
AFTER_NUMBERS = frozenset(
    [
        *("er", "ro", "ra", "do", "da", "to", "ta", "mo", "ma", "vo", "va", "no", "na"),
        *("avo", "ava", "os", "as", "st", "nd", "rd", "th"),
    ]
)
"""Raised letters that belong to a number in words, as in 1<sup>er</sup>, and are no power."""


def stripped(body: str) -> str:
    return body.replace("\r\n", "\n").replace("\r", "\n").strip(SPACE)


def plain_text(text: MarkedText) -> str:
    """Returns the words of a text with its line breaks.

    Scripts and styles go with what they hold.
    """
    if text.format is TextFormat.PLAIN:
        return text.body
    if text.format is TextFormat.MARKDOWN:
        return _without_tags(_rendered(text.body))
    if text.format is TextFormat.HTML:
        return _without_tags(SPACES.sub(" ", text.body))
    if LOOKS_LIKE_HTML.search(text.body):
        return _without_tags(text.body)
    return html.unescape(text.body).strip(SPACE)


def one_line(text: MarkedText) -> str:
    return SPACES.sub(" ", plain_text(text)).strip(SPACE)


def name_of(text: MarkedText) -> str:
    """Returns a name for a question that has none: the first words of its text."""
    beginning = MarkedText(text.body[: 20 * LONGEST_NAME], text.format)
    if is_overloaded(beginning):
        beginning = MarkedText(beginning.body, TextFormat.PLAIN)
    words = one_line(beginning)
    if len(words) <= LONGEST_NAME:
        return words
    short, _, _ = words[:LONGEST_NAME].rpartition(" ")
    return (short or words[:LONGEST_NAME]) + "…"


def marks_of(text: MarkedText) -> int:
    """Returns how many marks of Markdown or tags a text has; at most one more than MOST_MARKS are
    counted.
    """
    if text.format is TextFormat.PLAIN:
        return 0
    marks = MARKS_OF_MARKDOWN if text.format is TextFormat.MARKDOWN else TAG_BEGINS
    return sum(1 for _ in islice(marks.finditer(text.body), MOST_MARKS + 1))


def is_overloaded(text: MarkedText) -> bool:
    """Returns True for more marks than a text is rendered with. Asked before it is rendered."""
    return marks_of(text) > MOST_MARKS


def shows_a_picture(text: MarkedText) -> bool:
    if text.pictures or (text.format is not TextFormat.PLAIN and SHOWS_A_PICTURE.search(text.body)):
        return True
    return text.format is TextFormat.MARKDOWN and bool(MARKDOWN_PICTURE.search(text.body))


def _rendered(body: str) -> str:
    from app.web.markdown import rich_text

    return str(rich_text(body)).replace("</td>", " </td>").replace(">\n", ">")


def _without_tags(body: str) -> str:
    import nh3

    kept = nh3.clean(
        body, tags=BLOCKS | {"sup", "sub"}, attributes={}, link_rel=None, strip_comments=True
    )
    kept = LOWERED.sub(lambda tag: _lowered(tag[1]), RAISED.sub(lambda tag: _raised(tag[1]), kept))
    words = html.unescape(TAG.sub("", END_OF_BLOCK.sub("\n", kept))).replace("\xa0", " ")
    lines = "\n".join(line.strip(" \t") for line in words.split("\n"))
    return TOO_MANY_BREAKS.sub("\n\n", lines).strip(SPACE)


def _raised(words: str) -> str:
    """Returns what stands raised as plain text that means the same: 10⁻³, x^2a, 1er, 2º."""
    plain = words.strip()
    if set(plain) <= HAS_UP:
        return plain.translate(UP)
    if plain.lower() in ORDINALS:
        return ORDINALS[plain.lower()]
    if plain.lower() in AFTER_NUMBERS or not plain:
        return plain
    return f"^{plain}" if plain.isalnum() else f"^({plain})"


def _lowered(words: str) -> str:
    """Returns what stands lowered as plain text that means the same: CO₂, x_max."""
    plain = words.strip()
    if set(plain) <= HAS_DOWN:
        return plain.translate(DOWN)
    return f"_{plain}" if plain.isalnum() else f"_({plain})"


# Whether a question can be answered at all, and the two ways to say that it cannot pass.

FEWEST = 2
MOST_QUESTIONS = 1_000
"""As many as the bank of a module takes in (`authoring.rules.drafting`)."""
MOST_ANSWERS = 100
TOO_MANY = N_(
    "This file holds more than %(limit)s questions. Divide it into several files; in Moodle, export one category at "
    "a time."
)
TOO_MANY_ANSWERS = N_("It has more than %(limit)s answers.")
NO_WORDS = N_("It has no question text.")
NO_RIGHT_ANSWER = N_("No answer is right.")
TOO_FEW = N_("It needs at least two answers.")
TOO_FEW_PAIRS = N_("It needs at least two pairs.")
NO_ANSWER = N_("It has no answer.")
BAD_WEIGHT = N_("A weight is not between -100 and 100 percent.")


class _WithReason(Exception):
    def __init__(self, msgid: str, **params: Any) -> None:
        super().__init__(msgid)
        self.sentence = Sentence(msgid, params)


class Unreadable(_WithReason):
    """A question of a file that cannot be read, with the reason."""


class Unwritable(_WithReason):
    """A question that a format cannot hold, with the reason."""


class Unfit(_WithReason):
    """A question that a quiz cannot hold, with the reason."""


def refuse_too_many(count: int) -> None:
    """Raises InvalidInput for the field `file` where a file holds more questions than are read."""
    if count > MOST_QUESTIONS:
        raise InvalidInput({"file": Sentence(TOO_MANY, {"limit": MOST_QUESTIONS})})


def require_few_answers(count: int) -> None:
    """Raises Unreadable for a question with more answers than anybody would read."""
    if count > MOST_ANSWERS:
        raise Unreadable(TOO_MANY_ANSWERS, limit=MOST_ANSWERS)


def defect_of(question: BankQuestion) -> Sentence | None:
    """Returns why nobody could answer the question; None when it is sound."""
    if not question.text and not question.text.pictures:
        return Sentence(NO_WORDS)
    msgid = None
    if isinstance(question, ChoiceQuestion):
        msgid = _of_choice(question)
    elif isinstance(question, ShortAnswer | Numerical):
        msgid = _of_answers(question.answers)
    elif isinstance(question, Matching) and len(question.pairs) < FEWEST:
        msgid = TOO_FEW_PAIRS
    elif isinstance(question, Ordering) and len(question.items) < FEWEST:
        msgid = TOO_FEW
    return Sentence(msgid) if msgid else None


def _of_choice(question: ChoiceQuestion) -> str | None:
    if len(question.answers) < FEWEST:
        return TOO_FEW
    weights = [answer.weight for answer in question.answers]
    if not _fit(weights):
        return BAD_WEIGHT
    needed = FULL if question.is_single else Decimal("0.00001")
    return None if max(weights) >= needed else NO_RIGHT_ANSWER


def _of_answers(answers: Sequence[WeighedAnswer | NumberAnswer]) -> str | None:
    if not answers:
        return NO_ANSWER
    weights = [answer.weight for answer in answers]
    if not _fit(weights):
        return BAD_WEIGHT
    return None if max(weights) > 0 else NO_RIGHT_ANSWER


def _fit(weights: Iterable[Decimal]) -> bool:
    return all(-FULL <= weight <= FULL for weight in weights)
