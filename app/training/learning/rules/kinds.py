"""The kinds of question, each in one place: what its options hold, how it is answered and marked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import factorial

from app.kernel.text import N_
from app.training.learning.rules.marking import (
    NONE,
    AnswerKey,
    mark_of_choice,
    mark_of_order,
    mark_of_pairs,
    mark_of_writing,
)
from app.training.learning.values import Answering, ItemKind
from app.training.learning.values.content import OptionContent

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
        members=("text", "correct", "feedback"),
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
        members=("text", "correct", "feedback"),
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
        members=("text", "correct", "feedback"),
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
        members=("text", "correct"),
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
        members=("number", "correct"),
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
