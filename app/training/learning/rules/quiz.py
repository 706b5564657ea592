"""Rules of quizzes and pre-tests, and what first answers say of a question."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from itertools import combinations
from math import ceil, sqrt
from random import Random

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_, storable
from app.training.learning.rules.kinds import KINDS, answered_by, numbers_in
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


# The pre-test that exempts from a module: questions that the quiz then never asks, one attempt.

EXEMPTION_RULE = "pretest-2026.1"
"""Kept with each exemption: nine of ten right, and every critical question."""
EXEMPT_MARK = Decimal("0.9")
FEWEST_QUESTIONS = 5
FEWEST_FOR_GAIN = 5
MARKED = answered_by(Answering.CHOOSING)
"""Kinds that a pre-test asks."""


class PretestNotOffered(Refusal):
    rule = "pretest-not-offered"
    msgid = N_("There is no pre-test for this module now.")


@dataclass(frozen=True)
class PoolItem:
    id: int
    code: str
    objective: str
    kind: ItemKind
    is_critical: bool


def pretest_pool(bank: Sequence[PoolItem], plan: Mapping[str, int]) -> tuple[PoolItem, ...]:
    """Returns the questions set apart for the pre-test, always the same; none where the bank is too
    small.

    Of each objective as many as the quiz asks, but only what the quiz can do without. Only
    questions answered by marking. Where an objective has several critical ones, one is taken, so
    that nobody is exempted from what must be right.
    """
    chosen: list[PoolItem] = []
    for objective, wanted in sorted(plan.items()):
        items = [item for item in bank if item.objective == objective]
        spare = min(wanted, len(items) - wanted)
        pool = _in_order(item for item in items if item.kind in MARKED)[: max(0, spare)]
        if not pool:
            return ()
        chosen += pool
    needs_critical = any(item.is_critical for item in bank)
    if len(chosen) < FEWEST_QUESTIONS:
        return ()
    if needs_critical and not any(item.is_critical for item in chosen):
        return ()
    return tuple(chosen)


def _in_order(items: Iterable[PoolItem]) -> list[PoolItem]:
    """Returns questions by a fingerprint of their code, the first of several critical ones before
    all others.
    """
    ordered = sorted(items, key=lambda item: sha256(item.code.encode()).hexdigest())
    critical = [item for item in ordered if item.is_critical]
    if len(critical) > 1:
        ordered.remove(critical[0])
        ordered.insert(0, critical[0])
    return ordered


def is_exempt(right: int, asked: int, critical_wrong: int) -> bool:
    """Returns True for nine of ten right among those asked, and no critical one wrong."""
    return asked > 0 and Decimal(right) >= EXEMPT_MARK * asked and critical_wrong == 0


@dataclass(frozen=True)
class Gain:
    """Shares of right answers, 0 to 1, of `n` people who took both the pre-test and the quiz."""

    n: int
    before: float
    after: float

    @property
    def mean(self) -> float:
        return self.after - self.before


def gain_of(pairs: Collection[tuple[float, float]]) -> Gain | None:
    """Returns the mean over people: pre-test and last result. None where too few took both."""
    n = len(pairs)
    if n < FEWEST_FOR_GAIN:
        return None
    return Gain(
        n, sum(first for first, _last in pairs) / n, sum(last for _first, last in pairs) / n
    )


# How hard a question is and how well it tells those who know from those who do not, from first
# attempts.

FEWEST_TO_SAY, FEWEST_TO_DOUBT, FEWEST_TO_CORRELATE = 10, 20, 30
"""Answers from which an interval is shown, a key is doubted, and a correlation is shown."""

Z_95 = 1.959964


@dataclass(frozen=True)
class Difficulty:
    """`low` and `high` are the 95 % Wilson interval of the share right, 0–1."""

    answers: int
    right: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.right / self.answers


def difficulty(answers: int, right: int) -> Difficulty | None:
    """Returns how hard a question is; None below ten answers: so few say nothing of a question and
    too much of those who gave them.
    """
    if answers < FEWEST_TO_SAY:
        return None
    return Difficulty(answers, right, *interval(answers, right))


def interval(of: int, counted: int) -> tuple[float, float]:
    """Returns the 95 % Wilson interval of a share, 0–1."""
    share, spread = counted / of, Z_95**2 / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z_95 * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    # where all or none are counted the interval ends at the share itself, which rounding may miss
    return min(share, middle - half), max(share, middle + half)


def key_is_doubtful(difficulty: Difficulty, kind: ItemKind, options: int) -> bool:
    """Returns True from twenty answers when fewer are right than by guessing, even at the upper end
    of the interval: the key, or the sentence, deserves a second look.
    """
    return difficulty.answers >= FEWEST_TO_DOUBT and difficulty.high < chance_of(kind, options)


def chance_of(kind: ItemKind, options: int) -> float:
    """Returns the share that guessing gets right: one option of so many, one set of them, one
    order, one match for each line.

    Nobody guesses what has to be written.
    """
    return KINDS[kind].chance(options)


@dataclass(frozen=True)
class AnswerSums:
    """Sums over the first attempts at one question. `right` counts the right answers; a score is the
    share of the whole quiz, 0–1, in which the question is one of `questions`.
    """

    answers: int = 0
    right: int = 0
    scores: float = 0.0
    scores_of_right: float = 0.0
    squares: float = 0.0
    questions: int = 0

    def __add__(self, other: "AnswerSums") -> "AnswerSums":
        return AnswerSums(
            answers=self.answers + other.answers,
            right=self.right + other.right,
            scores=self.scores + other.scores,
            scores_of_right=self.scores_of_right + other.scores_of_right,
            squares=self.squares + other.squares,
            questions=max(self.questions, other.questions),
        )


ROUNDING = 0.01
"""Scores are kept with four decimals, so equal scores may differ by as much in the sums."""


def discrimination(sums: AnswerSums) -> float | None:
    """Returns the correlation of a question with the rest of its quiz, −1 to 1: below zero, those
    who know the rest get it wrong.

    None below thirty answers, and when all answers or all scores are equal.

    The corrected item–total correlation (Henrysson 1963): the question itself is taken out of the
    score, or a short quiz would correlate with anything in it.
    """
    n, right, size = sums.answers, sums.right, sums.questions
    if n < FEWEST_TO_CORRELATE or not 0 < right < n:
        return None
    rest = size * sums.scores - right
    rest_of_right = size * sums.scores_of_right - right
    rest_squares = size**2 * sums.squares - 2 * size * sums.scores_of_right + right
    spread = (n * right - right**2) * (n * rest_squares - rest**2)
    if spread <= ROUNDING * n**2:
        return None
    return max(-1.0, min(1.0, (n * rest_of_right - right * rest) / sqrt(spread)))


def languages_differ(by_language: Iterable[Difficulty | None]) -> bool:
    """Returns True when the intervals of two languages lie apart: one of the two texts says
    something else, or says it less clearly.
    """
    known = [one for one in by_language if one is not None]
    return any(a.high < b.low or b.high < a.low for a, b in combinations(known, 2))
