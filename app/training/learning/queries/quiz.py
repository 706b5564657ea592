"""A learner's own attempts. Which options are right leaves the database only for an attempt that
was handed in.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.training.learning.models import (
    Attempt,
    AttemptItem,
    Course,
    CourseEdition,
    Enrolment,
    Item,
    ItemOption,
    Module,
    Unit,
)
from app.training.learning.rules.quiz import needed
from app.training.learning.values import ItemKind
from app.training.library.queries import section_titles


@dataclass(frozen=True)
class AttemptHead:
    """An attempt with where it belongs. `answered` tells for each question, in order, whether it
    has an answer.
    """

    id: UUID
    number: int
    course_slug: str
    course_title: LocalizedText
    module_number: int
    module_slug: str
    unit_code: str
    unit_title: LocalizedText
    pass_mark: Decimal
    pause_minutes: int
    guideline_version_id: int
    submitted_at: datetime | None
    is_passed: bool
    answered: tuple[bool, ...]

    @property
    def answered_count(self) -> int:
        return sum(self.answered)

    @property
    def first_unanswered(self) -> int | None:
        return self.answered.index(False) + 1 if False in self.answered else None

    @property
    def needed(self) -> int:
        return needed(self.pass_mark, len(self.answered))


@dataclass(frozen=True)
class Choice:
    id: int
    text: LocalizedText
    is_chosen: bool


@dataclass(frozen=True)
class QuizQuestion:
    position: int
    kind: ItemKind
    stem: LocalizedText
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class MarkedChoice(Choice):
    is_correct: bool
    feedback: LocalizedText


@dataclass(frozen=True)
class MarkedQuestion:
    position: int
    stem: LocalizedText
    is_right: bool
    choices: tuple[MarkedChoice, ...]
    section: str
    section_title: LocalizedText

    @property
    def chosen(self) -> tuple[MarkedChoice, ...]:
        return tuple(choice for choice in self.choices if choice.is_chosen)

    @property
    def missed(self) -> tuple[MarkedChoice, ...]:
        return tuple(
            choice for choice in self.choices if choice.is_correct and not choice.is_chosen
        )


@dataclass(frozen=True)
class TryLine:
    id: UUID
    number: int
    submitted_at: datetime | None
    is_passed: bool
    score: Decimal


def my_tries(db: Session, *, enrolment_id: UUID, unit_id: int) -> tuple[TryLine, ...]:
    """Attempts at a quiz, newest first; the enrolment is the reader's own."""
    found = select(Attempt).where(Attempt.enrolment_id == enrolment_id, Attempt.unit_id == unit_id)
    return tuple(
        TryLine(a.id, a.number, a.submitted_at, bool(a.is_passed), a.score or Decimal(0))
        for a in db.scalars(found.order_by(Attempt.number.desc()))
    )


def attempt_head(db: Session, *, actor: Actor, attempt_id: UUID) -> AttemptHead:
    """Somebody else's attempt does not exist."""
    row = db.execute(
        select(
            Attempt,
            Unit.code,
            Unit.title,
            Unit.pause_minutes,
            Module.number,
            Module.slug,
            Course.slug,
            CourseEdition.title,
            CourseEdition.guideline_version_id,
        )
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Unit, Unit.id == Attempt.unit_id)
        .join(Module, Module.id == Unit.module_id)
        .join(CourseEdition, CourseEdition.id == Module.edition_id)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Attempt.id == attempt_id, Enrolment.person_id == actor.person_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    attempt, code, title, pause, number, module_slug, slug, course_title, version = row
    answers = db.scalars(
        select(AttemptItem.answered_at)
        .where(AttemptItem.attempt_id == attempt_id)
        .order_by(AttemptItem.position)
    )
    return AttemptHead(
        attempt.id,
        attempt.number,
        slug,
        course_title,
        number,
        module_slug,
        code,
        title,
        attempt.pass_mark,
        pause,
        version,
        attempt.submitted_at,
        bool(attempt.is_passed),
        tuple(at is not None for at in answers),
    )


def question(db: Session, *, head: AttemptHead, position: int) -> QuizQuestion:
    """A question as it is asked: the options in the order shown, without a word on which are
    right.
    """
    row = db.execute(
        select(
            AttemptItem.item_id,
            AttemptItem.option_order,
            AttemptItem.response,
            Item.kind,
            Item.stem,
        )
        .join(Item, Item.id == AttemptItem.item_id)
        .where(AttemptItem.attempt_id == head.id, AttemptItem.position == position)
    ).one_or_none()
    if row is None:
        raise NotFound
    item_id, order, response, kind, stem = row
    options = select(ItemOption.id, ItemOption.text).where(ItemOption.item_id == item_id)
    texts = dict(db.execute(options).all())
    choices = tuple(Choice(option, texts[option], option in response) for option in order)
    return QuizQuestion(position, ItemKind(kind), stem, choices)


def marked_questions(db: Session, *, head: AttemptHead) -> tuple[MarkedQuestion, ...]:
    """Every question with its feedback; only of an attempt that was handed in."""
    if head.submitted_at is None:
        raise NotFound
    sections = section_titles(db, head.guideline_version_id)
    options = _options_of(db, select(AttemptItem.item_id).where(AttemptItem.attempt_id == head.id))
    rows = db.execute(
        select(AttemptItem, Item.stem, Item.section)
        .join(Item, Item.id == AttemptItem.item_id)
        .where(AttemptItem.attempt_id == head.id)
        .order_by(AttemptItem.position)
    )
    return tuple(
        MarkedQuestion(
            asked.position,
            stem,
            bool(asked.is_correct),
            _marked_choices(asked, options[asked.item_id]),
            section,
            sections.get(section, LocalizedText()),
        )
        for asked, stem, section in rows
    )


def _options_of(db: Session, items: Select[int]) -> dict[int, dict[int, ItemOption]]:
    found: dict[int, dict[int, ItemOption]] = defaultdict(dict)
    for option in db.scalars(select(ItemOption).where(ItemOption.item_id.in_(items))):
        found[option.item_id][option.id] = option
    return found


def _marked_choices(asked: AttemptItem, options: dict[int, ItemOption]) -> tuple[MarkedChoice, ...]:
    response: list[Any] = asked.response
    return tuple(
        MarkedChoice(
            id_, options[id_].text, id_ in response, options[id_].is_correct, options[id_].feedback
        )
        for id_ in asked.option_order
    )
