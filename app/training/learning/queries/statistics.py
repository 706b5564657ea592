"""What the authors of a course see of its questions: counts over everybody, never a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, bindparam, case, cast, func, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.training.learning.models import Attempt, AttemptItem, Item, ItemOption, Module
from app.training.learning.policy import require_may_publish
from app.training.learning.rules.statistics import Difficulty, difficulty, key_is_doubtful
from app.training.learning.values import ItemKind


@dataclass(frozen=True)
class QuestionLine:
    """`difficulty` is empty below ten answers."""

    code: str
    stem: LocalizedText
    is_critical: bool
    answers: int
    difficulty: Difficulty | None
    is_doubtful: bool


@dataclass(frozen=True)
class ModuleQuestions:
    number: int
    title: LocalizedText
    lines: Sequence[QuestionLine]

    @property
    def doubtful(self) -> int:
        return sum(line.is_doubtful for line in self.lines)


_OPTIONS = (
    select(func.count())
    .select_from(ItemOption)
    .where(ItemOption.item_id == Item.id)
    .scalar_subquery()
)
_MARKS = (
    select(
        AttemptItem.item_id.label("item_id"),
        func.count().label("answers"),
        func.sum(case((AttemptItem.is_correct.is_(True), 1), else_=0)).label("right"),
    )
    .join(Attempt, Attempt.id == AttemptItem.attempt_id)
    .where(Attempt.number == 1, Attempt.submitted_at.is_not(None))
    .group_by(AttemptItem.item_id)
    .subquery()
)
_QUESTIONS = (
    select(
        Module.number,
        Module.title,
        Item.code,
        Item.kind,
        Item.stem,
        Item.is_critical,
        _OPTIONS,
        cast(func.coalesce(_MARKS.c.answers, 0), Integer),
        cast(func.coalesce(_MARKS.c.right, 0), Integer),
    )
    .join(Item, Item.module_id == Module.id)
    .outerjoin(_MARKS, _MARKS.c.item_id == Item.id)
    .where(Module.edition_id == bindparam("edition_id"))
    .order_by(Module.number, Item.id)
)


def question_statistics(
    db: Session, *, actor: Actor, edition_id: int
) -> tuple[ModuleQuestions, ...]:
    """The questions of each module, the hardest first; first attempts only, because later ones come
    after the feedback. One statement.
    """
    require_may_publish(actor)
    titles: dict[int, LocalizedText] = {}
    lines: dict[int, list[QuestionLine]] = {}
    for number, title, code, kind, stem, critical, options, answers, right in db.execute(
        _QUESTIONS, {"edition_id": edition_id}
    ):
        found = difficulty(answers, right)
        doubtful = found is not None and key_is_doubtful(found, ItemKind(kind), options)
        titles[number] = title
        lines.setdefault(number, []).append(
            QuestionLine(code, stem, critical, answers, found, doubtful)
        )
    return tuple(
        ModuleQuestions(number, titles[number], sorted(given, key=_hardest_first))
        for number, given in lines.items()
    )


def _hardest_first(line: QuestionLine) -> tuple[bool, float]:
    return (line.difficulty is None, line.difficulty.share if line.difficulty else 0.0)
