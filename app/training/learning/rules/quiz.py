"""A quiz: drawn from the bank, passed by points and by every critical question, tried again after a
pause. How an answer is marked stands in `marking`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from random import Random

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_, storable
from app.training.learning.rules.marking import numbers_in
from app.training.learning.values import TYPED, ItemKind

SCORE_STEP = Decimal("0.0001")
LONGEST_ANSWER = 200


class PauseNotOver(Refusal):
    """`until` is the instant from which the next attempt is possible; the edge says it in the
    reader's zone.
    """

    rule = "pause-not-over"
    msgid = N_("The pause between two attempts has not ended yet. Use it to read the module again.")

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class NoAttemptsLeft(Refusal):
    rule = "no-attempts-left"
    msgid = N_("You have used all %(count)s attempts at this quiz.")


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


class NotANumber(Refusal):
    kind = Kind.INVALID
    rule = "not-a-number"
    msgid = N_("Write a number in figures, such as 12 or 3.5.")


class AnswerTooLong(Refusal):
    kind = Kind.INVALID
    rule = "answer-too-long"
    msgid = N_("Write at most %(limit)s characters, without special characters.")


@dataclass(frozen=True)
class Given:
    """What a learner's form said: marked options; or the lines of an ordering, counted from 1, first
    to last; or for each line of a matching the id that was chosen, 0 for none; or words.
    """

    option_ids: frozenset[int] = frozenset()
    rows: tuple[int, ...] = ()
    pairs: tuple[int, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class BankItem:
    """`option_ids`: those that are shown, in the order the author wrote them."""

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


def answer_from(
    kind: ItemKind, shown: Sequence[int], given: Given, matches: Iterable[int] = ()
) -> list[int | str]:
    """What is kept of an answer; empty for none. `matches`: the ids that lines can be matched with.

    Raises a refusal of kind INVALID for what cannot be an answer to this question.
    """
    if kind is ItemKind.ORDERING:
        return list(ordered_answer(shown, given.rows))
    if kind in TYPED:
        return typed_answer(kind, given.text)
    if kind is ItemKind.MATCHING:
        return list(matched_answer(shown, given.pairs, matches))
    return list(require_answer(kind, shown, given.option_ids))


def typed_answer(kind: ItemKind, written: str) -> list[int | str]:
    """The words without space around them."""
    text = written.strip()
    if len(text) > LONGEST_ANSWER or not storable(text):
        raise AnswerTooLong(limit=LONGEST_ANSWER)
    if text and kind is ItemKind.NUMERICAL and not numbers_in(text):
        raise NotANumber
    return [text] if text else []


def matched_answer(
    shown: Iterable[int], pairs: Sequence[int], matches: Iterable[int]
) -> tuple[int, ...]:
    """One id for each line as shown, 0 where nothing was chosen; nothing at all is no answer."""
    lines, allowed = tuple(shown), {0, *matches}
    if not any(pairs):
        return ()
    if len(pairs) != len(lines) or not allowed.issuperset(pairs):
        raise UnknownOption
    return tuple(pairs)


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


def needed(pass_mark: Decimal, points: int) -> int:
    """How many points a pass takes: 0.75 of 10 is 8. A question gives one, or its weight."""
    return ceil(pass_mark * points)


def is_pass(
    earned: Decimal | int, points: int, pass_mark: Decimal, critical_wrong: int = 0
) -> bool:
    """Enough points, and every critical question wholly right."""
    return points > 0 and earned >= needed(pass_mark, points) and critical_wrong == 0


def score(earned: Decimal | int, points: int) -> Decimal:
    """The share of the points, 0–1, to four decimals."""
    if points == 0:
        return Decimal(0)
    return (Decimal(earned) / points).quantize(SCORE_STEP, ROUND_HALF_UP)


def attempts_left(max_attempts: int, made: int) -> int | None:
    """How many more attempts are possible; None for any number."""
    return max(0, max_attempts - made) if max_attempts else None


def require_attempts_left(max_attempts: int, made: int) -> None:
    if attempts_left(max_attempts, made) == 0:
        raise NoAttemptsLeft(count=max_attempts)


def next_try_at(submitted_at: datetime, pause_minutes: int) -> datetime:
    return submitted_at + timedelta(minutes=pause_minutes)


def require_pause_over(submitted_at: datetime | None, pause_minutes: int, *, now: datetime) -> None:
    if submitted_at is None:
        return
    until = next_try_at(submitted_at, pause_minutes)
    if now < until:
        raise PauseNotOver(until)
