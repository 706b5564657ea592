"""A quiz: drawn from the bank, marked by exact sets, passed by whole answers, tried again after a
pause.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from random import Random

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.training.learning.values import ItemKind

SCORE_STEP = Decimal("0.0001")


class PauseNotOver(Refusal):
    """`until` is the instant from which the next attempt is possible; the edge says it in the
    reader's zone.
    """

    rule = "pause-not-over"
    msgid = N_("The pause between two attempts has not ended yet. Use it to read the module again.")

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class AlreadySubmitted(Refusal):
    rule = "attempt-submitted"
    msgid = N_("This quiz was already handed in, so its answers cannot be changed.")


class UnknownOption(Refusal):
    kind = Kind.INVALID
    rule = "unknown-option"
    msgid = N_("Choose among the answers shown.")


class OneAnswerOnly(Refusal):
    kind = Kind.INVALID
    rule = "one-answer-only"
    msgid = N_("Choose one answer only.")


class OrderUnclear(Refusal):
    kind = Kind.INVALID
    rule = "order-unclear"
    msgid = N_("Give each line a number of its own, from 1 to %(count)s.")


class NoOptionChosen(Refusal):
    kind = Kind.INVALID
    rule = "nothing-chosen"
    msgid = N_("Choose an answer first.")


@dataclass(frozen=True)
class BankItem:
    """`option_ids` in the order the author wrote them."""

    id: int
    objective: str
    kind: ItemKind
    option_ids: tuple[int, ...]


@dataclass(frozen=True)
class DrawnItem:
    item_id: int
    option_order: tuple[int, ...]


def draw(bank: Sequence[BankItem], plan: Mapping[str, int], rng: Random) -> tuple[DrawnItem, ...]:
    """As many items of each objective as the plan says, none twice, questions and options in random
    order.

    True and false keep the author's order. The same bank, plan and state of `rng` give the same
    quiz. Raises ValueError when the bank is too small, which publishing refuses.
    """
    chosen: list[BankItem] = []
    for objective, wanted in sorted(plan.items()):
        chosen += rng.sample([item for item in bank if item.objective == objective], wanted)
    rng.shuffle(chosen)
    return tuple(DrawnItem(item.id, _option_order(item, rng)) for item in chosen)


def _option_order(item: BankItem, rng: Random) -> tuple[int, ...]:
    if item.kind is ItemKind.TRUEFALSE:
        return item.option_ids
    return tuple(rng.sample(item.option_ids, len(item.option_ids)))


def require_answer(kind: ItemKind, shown: Iterable[int], chosen: Iterable[int]) -> tuple[int, ...]:
    """The chosen options in the order shown; refuses what was not shown and two answers where one
    is asked for. Not for an ordering: `ordered_answer`.
    """
    asked, answer = tuple(shown), frozenset(chosen)
    if not answer <= frozenset(asked):
        raise UnknownOption
    if kind is not ItemKind.MULTIPLE and len(answer) > 1:
        raise OneAnswerOnly
    return tuple(option for option in asked if option in answer)


def ordered_answer(shown: Iterable[int], rows: Iterable[int]) -> tuple[int, ...]:
    """The options in the learner's order: `rows` are the lines as shown, counted from 1, first to
    last. None at all is no answer.
    """
    asked, order = tuple(shown), tuple(rows)
    if not order:
        return ()
    if sorted(order) != list(range(1, len(asked) + 1)):
        raise OrderUnclear(count=len(asked))
    return tuple(asked[row - 1] for row in order)


def is_right_order(wanted: Sequence[int], given: Sequence[int]) -> bool:
    """The whole order: one line out of its place is wrong, and so is no answer."""
    return bool(wanted) and list(wanted) == list(given)


def is_right(correct: Iterable[int], chosen: Iterable[int]) -> bool:
    """Exactly the correct options: one too many or too few is wrong, and so is no answer."""
    wanted = frozenset(correct)
    return bool(wanted) and wanted == frozenset(chosen)


def needed(pass_mark: Decimal, questions: int) -> int:
    """How many right answers a pass takes: 0.75 of 10 questions is 8."""
    return ceil(pass_mark * questions)


def is_pass(right: int, questions: int, pass_mark: Decimal, critical_wrong: int = 0) -> bool:
    """Enough right answers, and every critical question among them."""
    return questions > 0 and right >= needed(pass_mark, questions) and critical_wrong == 0


def score(right: int, questions: int) -> Decimal:
    """The share of right answers, 0–1, to four decimals."""
    if questions == 0:
        return Decimal(0)
    return (Decimal(right) / questions).quantize(SCORE_STEP, ROUND_HALF_UP)


def next_try_at(submitted_at: datetime, pause_minutes: int) -> datetime:
    return submitted_at + timedelta(minutes=pause_minutes)


def require_pause_over(submitted_at: datetime | None, pause_minutes: int, *, now: datetime) -> None:
    if submitted_at is None:
        return
    until = next_try_at(submitted_at, pause_minutes)
    if now < until:
        raise PauseNotOver(until)
