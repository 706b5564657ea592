"""How hard a question is and how well it tells those who know from those who do not, from first
attempts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

from app.training.learning.rules.kinds import KINDS
from app.training.learning.values import ItemKind

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


ROUNDING = 0.01
"""Scores are kept with four decimals, so equal scores may differ by as much in the sums."""


def languages_differ(by_language: Iterable[Difficulty | None]) -> bool:
    """Returns True when the intervals of two languages lie apart: one of the two texts says
    something else, or says it less clearly.
    """
    known = [one for one in by_language if one is not None]
    return any(a.high < b.low or b.high < a.low for a, b in combinations(known, 2))
