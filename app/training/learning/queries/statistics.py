"""What the authors of a course see of its questions: counts over everybody, never a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.training.learning.models import Attempt, AttemptItem, Item, ItemOption, Module, Unit
from app.training.learning.policy import require_may_publish
from app.training.learning.rules.statistics import (
    AnswerSums,
    Difficulty,
    difficulty,
    discrimination,
    key_is_doubtful,
    languages_differ,
)
from app.training.learning.values import ItemKind


@dataclass(frozen=True)
class QuestionLine:
    """`difficulty` is empty below ten answers, `by_language` holds the languages that have ten, and
    `discrimination` is empty below thirty.
    """

    code: str
    stem: LocalizedText
    is_critical: bool
    answers: int
    difficulty: Difficulty | None
    is_doubtful: bool
    discrimination: float | None
    by_language: Mapping[str, Difficulty]

    @property
    def misleads(self) -> bool:
        """Returns True where those who know the rest get it wrong."""
        return self.discrimination is not None and self.discrimination < 0

    @property
    def languages_differ(self) -> bool:
        return languages_differ(self.by_language.values())

    @property
    def asks_for_a_look(self) -> bool:
        return self.is_doubtful or self.misleads or self.languages_differ


@dataclass(frozen=True)
class ModuleQuestions:
    number: int
    title: LocalizedText
    lines: Sequence[QuestionLine]

    @property
    def to_check(self) -> int:
        return sum(line.asks_for_a_look for line in self.lines)


_OPTIONS = (
    select(func.count())
    .select_from(ItemOption)
    .where(ItemOption.item_id == Item.id)
    .scalar_subquery()
)
_QUESTIONS = (
    select(
        Module.number,
        Module.title,
        Item.id,
        Item.code,
        Item.kind,
        Item.stem,
        Item.is_critical,
        _OPTIONS,
    )
    .join(Item, Item.module_id == Module.id)
    .where(Module.edition_id == bindparam("edition_id"))
    .order_by(Module.number, Item.id)
)
_RIGHT = case((AttemptItem.is_correct.is_(True), 1), else_=0)
_SUMS = (
    select(
        AttemptItem.item_id,
        Attempt.language,
        Attempt.unit_id,
        func.count(),
        func.sum(_RIGHT),
        func.sum(Attempt.score),
        func.sum(Attempt.score * _RIGHT),
        func.sum(Attempt.score * Attempt.score),
    )
    .join(Attempt, Attempt.id == AttemptItem.attempt_id)
    .where(
        Attempt.unit_id.in_(bindparam("quizzes", expanding=True)),
        Attempt.number == 1,
        Attempt.submitted_at.is_not(None),
    )
    .group_by(AttemptItem.item_id, Attempt.language, Attempt.unit_id)
)
_DRAWS = (
    select(Unit.id, Unit.draw)
    .join(Module, Module.id == Unit.module_id)
    .where(Module.edition_id == bindparam("edition_id"), Unit.pass_mark.is_not(None))
)


def question_statistics(
    db: Session, *, actor: Actor, edition_id: int
) -> tuple[ModuleQuestions, ...]:
    """Returns the questions of each module, the hardest first; from first attempts only, because
    later ones come after the feedback. Three statements.
    """
    require_may_publish(actor)
    of_edition = {"edition_id": edition_id}
    sums = _sums(db, of_edition)
    titles: dict[int, LocalizedText] = {}
    lines: dict[int, list[QuestionLine]] = {}
    for number, title, item_id, code, kind, stem, critical, options in db.execute(
        _QUESTIONS, of_edition
    ):
        by_language = sums.get(item_id, {})
        whole = sum(by_language.values(), AnswerSums())
        overall = difficulty(whole.answers, whole.right)
        doubtful = overall is not None and key_is_doubtful(overall, ItemKind(kind), options)
        told = {
            language: spoken
            for language, given in sorted(by_language.items())
            if (spoken := difficulty(given.answers, given.right)) is not None
        }
        titles[number] = title
        lines.setdefault(number, []).append(
            QuestionLine(
                code=code,
                stem=stem,
                is_critical=critical,
                answers=whole.answers,
                difficulty=overall,
                is_doubtful=doubtful,
                discrimination=discrimination(whole),
                by_language=told,
            )
        )
    return tuple(
        ModuleQuestions(number, titles[number], sorted(given, key=_hardest_first))
        for number, given in lines.items()
    )


def _sums(db: Session, of_edition: Mapping[str, int]) -> dict[int, dict[str, AnswerSums]]:
    """Returns the sums of the first attempts, by question and language."""
    drawn = {unit_id: sum(draw.values()) for unit_id, draw in db.execute(_DRAWS, of_edition)}
    sums: dict[int, dict[str, AnswerSums]] = {}
    for item_id, language, unit_id, answers, right, *scores in db.execute(
        _SUMS, {"quizzes": list(drawn)}
    ):
        of_item = sums.setdefault(item_id, {})
        totals, of_right, squares = map(float, scores)
        given = AnswerSums(
            answers=answers,
            right=right,
            scores=totals,
            scores_of_right=of_right,
            squares=squares,
            questions=drawn.get(unit_id, 0),
        )
        of_item[language] = of_item.get(language, AnswerSums()) + given
    return sums


def _hardest_first(line: QuestionLine) -> tuple[bool, float]:
    return (line.difficulty is None, line.difficulty.share if line.difficulty else 0.0)
