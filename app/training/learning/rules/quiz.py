"""Rules of a quiz: it is drawn from the bank, passed by points and by every critical question, and
tried again after a pause. `marking` says how an answer is marked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from random import Random

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_, storable
from app.training.learning.rules.kinds import KINDS
from app.training.learning.rules.marking import numbers_in
from app.training.learning.values import Answering, ItemKind

SCORE_STEP = Decimal("0.0001")
LONGEST_ANSWER = 200


class PauseNotOver(Refusal):
    """`until` is the instant from which the next attempt is possible; pages say it in the reader's
    zone.
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
    """An answer as the form sent it: marked options; or the lines of an ordering, counted from 1,
    first to last; or for each line of a matching the id that was chosen, 0 for none; or words.
    """

    option_ids: frozenset[int] = frozenset()
    rows: tuple[int, ...] = ()
    pairs: tuple[int, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class BankItem:
    """`option_ids` are the options that are shown, in the author's order."""

    id: int
    objective: str
    kind: ItemKind
    option_ids: tuple[int, ...]


@dataclass(frozen=True)
class DrawnItem:
    item_id: int
    option_order: tuple[int, ...]


def draw(
    bank: Sequence[BankItem],
    plan: Mapping[str, int],
    rng: Random,
    last_asked: Mapping[int, int] | None = None,
) -> tuple[DrawnItem, ...]:
    """Draws as many items of each objective as the plan says, each once, with questions and options
    in random order. Some kinds keep the author's order. The same bank, plan and state of `rng`
    give the same quiz. Raises ValueError when the bank is too small, which publishing refuses.

    `last_asked` ranks by id what the learner was asked before, the latest highest: what they have
    never seen comes first, then what they saw longest ago.
    """
    ranks = last_asked or {}
    chosen: list[BankItem] = []
    for objective, wanted in sorted(plan.items()):
        items = [item for item in bank if item.objective == objective]
        new = [item for item in items if item.id not in ranks]
        if len(new) >= wanted:
            chosen += rng.sample(new, wanted)
            continue
        seen = sorted((item for item in items if item.id in ranks), key=lambda one: ranks[one.id])
        chosen += [*new, *rng.sample(seen[: wanted - len(new)], wanted - len(new))]
    rng.shuffle(chosen)
    return tuple(DrawnItem(item.id, _option_order(item, rng)) for item in chosen)


def _option_order(item: BankItem, rng: Random) -> tuple[int, ...]:
    if KINDS[item.kind].keeps_order:
        return item.option_ids
    return tuple(rng.sample(item.option_ids, len(item.option_ids)))


def require_answer(kind: ItemKind, shown: Iterable[int], chosen: Iterable[int]) -> tuple[int, ...]:
    """Returns the chosen options in the order shown. Refuses an option that was not shown, and two
    where one is asked for. For an ordering see `ordered_answer`.
    """
    options, answer = tuple(shown), frozenset(chosen)
    if not answer <= frozenset(options):
        raise UnknownOption
    if not KINDS[kind].has_several and len(answer) > 1:
        raise OneAnswerOnly
    return tuple(option for option in options if option in answer)


def answer_from(
    kind: ItemKind, shown: Sequence[int], given: Given, matches: Iterable[int] = ()
) -> list[int | str]:
    """Returns what is stored of an answer; empty for none. `matches`: the ids that lines can be
    matched with. Raises a refusal of kind INVALID for what cannot be an answer to this question.
    """
    match KINDS[kind].answering:
        case Answering.ORDERING:
            return list(ordered_answer(shown, given.rows))
        case Answering.WRITING:
            return typed_answer(kind, given.text)
        case Answering.MATCHING:
            return list(matched_answer(shown, given.pairs, matches))
        case Answering.CHOOSING:
            return list(require_answer(kind, shown, given.option_ids))


def typed_answer(kind: ItemKind, written: str) -> list[int | str]:
    """Returns the words without space around them."""
    text = written.strip()
    if len(text) > LONGEST_ANSWER or not storable(text):
        raise AnswerTooLong(limit=LONGEST_ANSWER)
    if text and KINDS[kind].is_number and not numbers_in(text):
        raise NotANumber
    return [text] if text else []


def matched_answer(
    shown: Iterable[int], pairs: Sequence[int], matches: Iterable[int]
) -> tuple[int, ...]:
    """Returns one id for each line as shown, 0 where nothing was chosen; nothing where no line was
    matched.
    """
    lines, allowed = tuple(shown), {0, *matches}
    if not any(pairs):
        return ()
    if len(pairs) != len(lines) or not allowed.issuperset(pairs):
        raise UnknownOption
    return tuple(pairs)


def ordered_answer(shown: Iterable[int], rows: Iterable[int]) -> tuple[int, ...]:
    """Returns the options in the learner's order. `rows` are the lines as shown, counted from 1,
    first to last; without any there is no answer.
    """
    options, order = tuple(shown), tuple(rows)
    if not order:
        return ()
    if sorted(order) != list(range(1, len(options) + 1)):
        raise OrderUnclear(count=len(options))
    return tuple(options[row - 1] for row in order)


def is_right_order(wanted: Sequence[int], given: Sequence[int]) -> bool:
    """Returns True for the whole order. One line out of its place is wrong, and so is no answer."""
    return bool(wanted) and list(wanted) == list(given)


def is_right(correct: Iterable[int], chosen: Iterable[int]) -> bool:
    """Returns True for exactly the correct options.

    One too many or too few is wrong, and so is no answer.
    """
    wanted = frozenset(correct)
    return bool(wanted) and wanted == frozenset(chosen)


def needed(pass_mark: Decimal, points: int) -> int:
    """Returns how many points a pass takes: 8 for 0.75 of 10. A question gives one point, or its
    weight.
    """
    return ceil(pass_mark * points)


def is_pass(
    earned: Decimal | int, points: int, pass_mark: Decimal, critical_wrong: int = 0
) -> bool:
    """Returns True where the points are enough and every critical question is wholly right."""
    return points > 0 and earned >= needed(pass_mark, points) and critical_wrong == 0


def score(earned: Decimal | int, points: int) -> Decimal:
    """Returns the share of the points, 0–1, to four decimals."""
    if points == 0:
        return Decimal(0)
    return (Decimal(earned) / points).quantize(SCORE_STEP, ROUND_HALF_UP)


def attempts_left(max_attempts: int, made: int) -> int | None:
    """Returns how many more attempts are possible; None for any number."""
    return max(0, max_attempts - made) if max_attempts else None


def require_attempts_left(max_attempts: int, made: int) -> None:
    if attempts_left(max_attempts, made) == 0:
        raise NoAttemptsLeft(count=max_attempts)


def next_try_at(submitted_at: datetime, pause_minutes: int) -> datetime:
    """Returns the whole minute from which the next attempt is possible: pages name the minute, and
    it is true from its first second.
    """
    return (submitted_at + timedelta(minutes=pause_minutes)).replace(second=0, microsecond=0)


def require_pause_over(submitted_at: datetime | None, pause_minutes: int, *, now: datetime) -> None:
    if submitted_at is None:
        return
    until = next_try_at(submitted_at, pause_minutes)
    if now < until:
        raise PauseNotOver(until)
