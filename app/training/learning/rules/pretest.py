"""The pre-test that exempts from a module: questions that the quiz then never asks, one attempt;
pure.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from app.kernel.refusal import Refusal
from app.kernel.text import N_
from app.training.learning.rules.kinds import answered_by
from app.training.learning.values import Answering, ItemKind

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
