"""The kinds of question, each in one place: what its options hold, how it is answered and marked."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import factorial

from app.kernel.text import N_, LocalizedText
from app.training.learning.values import Answering, ItemContent, ItemKind, OptionContent, Strictness

# How much of a question an answer gets right: all or nothing, or in parts where the question has
# parts. Which of the functions marks a kind of question is said in `KINDS`.

NO_TEXT = LocalizedText()
ALL, NONE, PER_CENT = Decimal(1), Decimal(0), Decimal(100)
MARK_STEP = Decimal("0.0001")
NEARLY_ALL = Decimal("0.999")
"""Three times 33.333 per cent are the whole."""
ANY_OTHER = "*"
"""As a number: every number that no other answer accepts."""
MINUS = str.maketrans({"−": "-", "–": "-"})
SPACES = re.compile(r"[\s'’]")
NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?|[+-]?\.[0-9]{1,30}")
THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?P<sign>[.,])[0-9]{3}(?:(?P=sign)[0-9]{3})*")


@dataclass(frozen=True)
class KeyOption:
    """An option with what marking needs of it; see `OptionContent`."""

    id: int
    is_correct: bool
    text: LocalizedText = NO_TEXT
    weight: Decimal = NONE
    match: LocalizedText = NO_TEXT
    number: str = ""
    tolerance: str = ""

    @property
    def share(self) -> Decimal:
        """Returns what writing it gives, 0–1."""
        if self.weight:
            return max(NONE, self.weight / PER_CENT)
        return ALL if self.is_correct else NONE


@dataclass(frozen=True)
class AnswerKey:
    """`options` in the order of the author."""

    kind: ItemKind
    options: tuple[KeyOption, ...]
    strict: frozenset[Strictness] = frozenset()

    @property
    def matches(self) -> tuple[KeyOption, ...]:
        """Returns what a line of a matching question can be matched with: each text once."""
        once: dict[LocalizedText, KeyOption] = {}
        for option in self.options:
            once.setdefault(option.match, option)
        return tuple(once.values())


def key_from(item: ItemContent) -> AnswerKey:
    """Returns the key of a question that has no row; its options are numbered from 1."""
    options = (
        KeyOption(
            id=number,
            is_correct=one.is_correct,
            text=one.text,
            weight=one.weight,
            match=one.match,
            number=one.number,
            tolerance=one.tolerance,
        )
        for number, one in enumerate(item.options, start=1)
    )
    return AnswerKey(item.kind, tuple(options), frozenset(item.strict))


Response = Sequence[int | str]
"""Ids of options, or what was written. For a matching question it holds, for each line that was
shown, the id of the option whose match was chosen, 0 for none.
"""


def mark_of_choice(key: AnswerKey, response: Response, _shown: Sequence[int]) -> Decimal:
    """Returns 1 for exactly the right options or, where the author gave them weights, the sum of
    what was chosen. Whoever marks every option has chosen nothing.
    """
    chosen = frozenset(int(one) for one in response)
    if not any(option.weight for option in key.options):
        right = {option.id for option in key.options if option.is_correct}
        return ALL if right and right == chosen else NONE
    if len(chosen) == len(key.options) and any(option.weight <= 0 for option in key.options):
        return NONE
    total = sum((option.weight for option in key.options if option.id in chosen), NONE)
    return _rounded(total / PER_CENT)


def mark_of_order(key: AnswerKey, response: Response, _shown: Sequence[int]) -> Decimal:
    """Returns 1 for the whole order and 0 for any other."""
    return ALL if [option.id for option in key.options] == list(response) else NONE


def mark_of_pairs(key: AnswerKey, response: Response, shown: Sequence[int]) -> Decimal:
    """Returns the share of the lines that were matched rightly."""
    chosen = [int(one) for one in response]
    match = {option.id: option.match for option in key.options}
    if not shown or len(chosen) != len(shown):
        return NONE
    right = sum(
        bool(given) and match.get(given) == match[line]
        for line, given in zip(shown, chosen, strict=True)
    )
    return _rounded(Decimal(right) / len(shown))


def mark_of_writing(key: AnswerKey, response: Response, _shown: Sequence[int]) -> Decimal:
    """Returns what the answer of the key that was written gives."""
    accepted = accepting(key, str(response[0]))
    return _rounded(accepted.share) if accepted else NONE


def _rounded(share: Decimal) -> Decimal:
    if share >= NEARLY_ALL:
        return ALL
    return max(NONE, share).quantize(MARK_STEP)


def accepting(key: AnswerKey, written: str) -> KeyOption | None:
    """Returns the first answer of the key that what was written is, right or a common mistake."""
    if key.kind is ItemKind.SHORT:
        plain = folded(written, key.strict)
        return next(
            (
                option
                for option in key.options
                if any(_fits(text, plain, key.strict) for text in option.text.values())
            ),
            None,
        )
    readings = numbers_in(written)
    near = (option for option in key.options if _is_near(option, readings))
    others = (option for option in key.options if option.number == ANY_OTHER and readings)
    return next(near, None) or next(others, None)


def _fits(accepted: str, plain: str, strict: Iterable[Strictness]) -> bool:
    """Returns True where `plain` is what is accepted; `*` is any characters, `\\*` itself."""
    parts = re.split(r"(\\\*|\*)", accepted)
    if "*" not in parts:
        return folded(accepted.replace("\\*", "*"), strict) == plain
    marked = "".join("\x00" if part == "*" else part.replace("\\*", "*") for part in parts)
    pattern = ".*".join(re.escape(part) for part in folded(marked, strict).split("\x00"))
    return re.fullmatch(pattern, plain, re.DOTALL) is not None


def folded(text: str, strict: Iterable[Strictness] = ()) -> str:
    """Returns a text as it is compared: without space around it or twice, without a full stop at
    its end and, unless the author wants them, without capitals and accents.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).rstrip(" .")
    if Strictness.ACCENTS not in strict:
        parts = unicodedata.normalize("NFKD", plain)
        plain = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return plain if Strictness.CASE in strict else plain.casefold()


def number_text(number: Decimal) -> str:
    """Returns a number without an exponent and without zeros that say nothing."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def numbers_in(written: str) -> tuple[Decimal, ...]:
    """Returns the numbers that what was written can mean: "3,5" and "3.5" are one; "1,234" may be
    either of two.

    None for what is no number. Spaces divide thousands; a sign for per cent says nothing.
    """
    text = SPACES.sub("", written.translate(MINUS)).removesuffix("%")
    last = max(text.rfind(","), text.rfind("."))
    readings = []
    if last < 0 or (text.count(",") + text.count(".") == 1):
        readings.append(text.replace(",", "."))
    elif "," in text and "." in text:
        whole = text[:last].replace(",", "").replace(".", "")
        readings.append(f"{whole}.{text[last + 1 :]}")
    if THOUSANDS.fullmatch(text):
        readings.append(text.replace(",", "").replace(".", ""))
    return tuple(Decimal(one) for one in readings if NUMBER.fullmatch(one))


def _is_near(option: KeyOption, readings: Iterable[Decimal]) -> bool:
    if option.number == ANY_OTHER:
        return False
    value, tolerance = Decimal(option.number), Decimal(option.tolerance or 0)
    return any(abs(reading - value) <= tolerance for reading in readings)


FEWEST_OPTIONS, TRUE_AND_FALSE, MOST_TO_ORDER, FEWEST_PAIRS = 3, 2, 7, 2
WHOLE = 100
Options = Sequence[OptionContent]
WEIGHTS = N_(
    "Give weights only where part of an answer earns part of the points: "
    "the right ones make 100 together, a wrong one is below 0."
)


@dataclass(frozen=True, kw_only=True)
class QuestionKind:
    """`title` names it for authors and `needs` tells them which options it needs, as `fits` checks.

    `members` are what each option must have and `extras` what it may have besides, named as in a
    course's folder; authors are asked for these and for nothing else. Some options are read with a
    feedback that nobody is asked for: `unasked`.
    """

    title: str
    hint: str = ""
    """What authors are told above the options."""
    answering: Answering
    members: tuple[str, ...]
    extras: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    needs: str
    fits: Callable[[Options], bool]
    mark: Callable[[AnswerKey, Sequence[int | str], Sequence[int]], Decimal]
    chance: Callable[[int], float]
    """The share of answers that guessing among so many options gets right."""
    whole: Callable[[Iterable[Decimal]], Decimal] | None = None
    """What the weights of the right options come to, which must be 100; None: nobody asks."""
    has_several: bool = False
    """Several options may be chosen."""
    keeps_order: bool = False
    """Options are shown in the order of their author."""
    most: int = 0
    """How many options there can be; 0 for as many as a question may have."""
    is_number: bool = False
    """What is written must be a number."""
    needs_explanation: bool = False
    """Its options have no feedback that says why."""
    can_be_strict: bool = False
    """Capitals and accents may count; see `Strictness`."""

    def has(self, member: str) -> bool:
        return member in self.members or member in self.extras


def _right(options: Options) -> int:
    return sum(option.is_correct for option in options)


def _wholly_right(options: Options) -> int:
    return sum(option.is_correct and option.weight in (0, WHOLE) for option in options)


def _total(gains: Iterable[Decimal]) -> Decimal:
    return sum(gains, NONE)


def _highest(gains: Iterable[Decimal]) -> Decimal:
    return max(gains, default=NONE)


def _one_of(options: int) -> float:
    return 1.0 / max(1, options)


def _nobody_guesses(_options: int) -> float:
    return 0.0


KINDS: Mapping[ItemKind, QuestionKind] = {
    ItemKind.SINGLE: QuestionKind(
        title=N_("One right answer"),
        hint=WEIGHTS,
        answering=Answering.CHOOSING,
        members=("text", "is_correct", "feedback"),
        extras=("weight",),
        needs=N_("three or more options, exactly one of them correct"),
        fits=lambda options: len(options) >= FEWEST_OPTIONS and _wholly_right(options) == 1,
        mark=mark_of_choice,
        chance=_one_of,
        whole=_highest,
    ),
    ItemKind.MULTIPLE: QuestionKind(
        title=N_("Several right answers"),
        hint=WEIGHTS,
        answering=Answering.CHOOSING,
        members=("text", "is_correct", "feedback"),
        extras=("weight",),
        needs=N_("three or more options, two or more of them correct"),
        fits=lambda options: len(options) >= FEWEST_OPTIONS and _right(options) > 1,
        mark=mark_of_choice,
        chance=lambda options: 1.0 / max(1, 2**options - options - 1),
        whole=_total,
        has_several=True,
    ),
    ItemKind.TRUEFALSE: QuestionKind(
        title=N_("True or false"),
        answering=Answering.CHOOSING,
        members=("text", "is_correct", "feedback"),
        needs=N_("two options, exactly one of them correct"),
        fits=lambda options: len(options) == TRUE_AND_FALSE and _right(options) == 1,
        mark=mark_of_choice,
        chance=_one_of,
        keeps_order=True,
        most=TRUE_AND_FALSE,
    ),
    ItemKind.ORDERING: QuestionKind(
        title=N_("Put in order"),
        hint=N_("Write the options of an ordering in the right order."),
        answering=Answering.ORDERING,
        members=("text",),
        unasked=("feedback",),
        needs=N_("three to seven options in the right order, none of them marked correct"),
        fits=lambda options: (
            FEWEST_OPTIONS <= len(options) <= MOST_TO_ORDER and _right(options) == 0
        ),
        mark=mark_of_order,
        chance=lambda options: 1.0 / factorial(options),
        needs_explanation=True,
    ),
    ItemKind.SHORT: QuestionKind(
        title=N_("Short answer to write"),
        hint=N_(
            "Every answer that is accepted, and common mistakes with a feedback. A * stands for any characters."
        ),
        answering=Answering.WRITING,
        members=("text", "is_correct"),
        extras=("feedback", "weight"),
        needs=N_("one or more answers, at least one of them wholly right"),
        fits=lambda options: _wholly_right(options) > 0,
        mark=mark_of_writing,
        chance=_nobody_guesses,
        can_be_strict=True,
    ),
    ItemKind.NUMERICAL: QuestionKind(
        title=N_("Number to write"),
        hint=N_("Every number that is accepted; * is any other number, for a feedback."),
        answering=Answering.WRITING,
        members=("number", "is_correct"),
        extras=("tolerance", "feedback", "weight"),
        needs=N_("one or more numbers, at least one of them wholly right"),
        fits=lambda options: _wholly_right(options) > 0,
        mark=mark_of_writing,
        chance=_nobody_guesses,
        is_number=True,
    ),
    ItemKind.MATCHING: QuestionKind(
        title=N_("Match in pairs"),
        hint=N_(
            "A line and what belongs to it. A row without a line adds something that belongs to none."
        ),
        answering=Answering.MATCHING,
        members=("match",),
        extras=("text",),
        needs=N_("two or more pairs, with at least two different matches"),
        fits=lambda options: (
            _right(options) >= FEWEST_PAIRS
            and len({option.match for option in options}) >= FEWEST_PAIRS
        ),
        mark=mark_of_pairs,
        chance=lambda options: float(max(1, options)) ** -max(1, options),
    ),
}
"""A new kind is an entry here and a name in `ItemKind`; see "How to add" in CONTRIBUTING."""


def answered_by(*ways: Answering) -> frozenset[ItemKind]:
    """Returns the kinds that are answered in one of these ways."""
    return frozenset(kind for kind, spec in KINDS.items() if spec.answering in ways)


def mark_of(key: AnswerKey, response: Sequence[int | str], shown: Sequence[int] = ()) -> Decimal:
    """Returns the share of the question that is right, 0–1 to four decimals; no answer is 0.

    `response` holds ids of options, or what was written. For a matching question it holds, for each
    line of `shown`, the id of the option whose match was chosen, 0 for none.
    """
    return KINDS[key.kind].mark(key, response, shown) if response else NONE
