"""Whether a question can be answered at all, and the two ways to say that it cannot pass."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_
from app.training.exchange.values import (
    FULL,
    BankQuestion,
    ChoiceQuestion,
    Matching,
    NumberAnswer,
    Numerical,
    Ordering,
    ShortAnswer,
    WeighedAnswer,
)

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
