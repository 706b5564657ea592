"""How hard a question is, from how many got it right at their first attempt."""

from dataclasses import dataclass
from math import factorial, sqrt

from app.training.learning.values import ItemKind

FEWEST_TO_SAY, FEWEST_TO_DOUBT = 10, 20
"""Answers from which an interval is shown, and from which a key is doubted."""

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
    """None below ten answers: so few say nothing of a question and too much of those who gave
    them.
    """
    if answers < FEWEST_TO_SAY:
        return None
    share, spread = right / answers, Z_95**2 / answers
    middle = (share + spread / 2) / (1 + spread)
    half = Z_95 * sqrt(share * (1 - share) / answers + spread / (4 * answers)) / (1 + spread)
    # where all or none are right the interval ends at the share itself, which rounding may miss
    return Difficulty(answers, right, min(share, middle - half), max(share, middle + half))


def key_is_doubtful(found: Difficulty, kind: ItemKind, options: int) -> bool:
    """True from twenty answers when fewer are right than by guessing, even at the upper end of the
    interval: the key, or the sentence, deserves a second look.
    """
    return found.answers >= FEWEST_TO_DOUBT and found.high < chance_of(kind, options)


def chance_of(kind: ItemKind, options: int) -> float:
    """The share that guessing gets right: one option of so many, one set of them, one order."""
    if kind is ItemKind.MULTIPLE:
        return 1.0 / max(1, int(2**options) - options - 1)
    return 1.0 / (factorial(options) if kind is ItemKind.ORDERING else max(1, options))
