"""A learner's own attempts. Which options are right leaves the database only for an attempt that
was handed in.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, exists, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText, languages
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
    Vignette,
)
from app.training.learning.queries.keys import key_of, key_option
from app.training.learning.rules.kinds import KINDS, QuestionKind
from app.training.learning.rules.marking import ANY_OTHER, accepting
from app.training.learning.rules.quiz import needed
from app.training.learning.values import Answering, ItemKind
from app.training.library.queries import section_titles

NO_TEXT = LocalizedText()
_ABOVE = and_(Vignette.module_id == Item.module_id, Vignette.code == Item.case_code)


@dataclass(frozen=True)
class AttemptHead:
    """An attempt with where it belongs. `answered` tells for each question, in order, whether it
    has an answer; `points` is what all of them give together.
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
    points: int

    @property
    def answered_count(self) -> int:
        return sum(self.answered)

    @property
    def first_unanswered(self) -> int | None:
        return self.answered.index(False) + 1 if False in self.answered else None

    @property
    def needed(self) -> int:
        return needed(self.pass_mark, self.points)

    @property
    def is_weighed(self) -> bool:
        """Returns True where some question counts more than once, so that points are no answers."""
        return self.points != len(self.answered)


@dataclass(frozen=True)
class Choice:
    id: int
    text: LocalizedText
    is_chosen: bool


@dataclass(frozen=True)
class QuizQuestion:
    """`order` holds the ids of an ordering's answer, first to last, or what was chosen for each line
    of a matching; `matches` are what those lines can be matched with; `text` is what was written;
    `case` is the vignette above.
    """

    position: int
    kind: ItemKind
    stem: LocalizedText
    choices: tuple[Choice, ...]
    case: LocalizedText = NO_TEXT
    order: tuple[int, ...] = ()
    matches: tuple[tuple[int, LocalizedText], ...] = ()
    text: str = ""

    @property
    def spec(self) -> QuestionKind:
        return KINDS[self.kind]

    @property
    def lines(self) -> tuple[tuple[int, Choice], ...]:
        """Returns the choices with their numbers as shown."""
        return tuple(enumerate(self.choices, start=1))

    @property
    def matched(self) -> dict[int, str]:
        """Returns the id chosen for each line of a matching, by the line's number as shown."""
        return {row: str(id_) for row, id_ in enumerate(self.order, start=1)}

    @property
    def places(self) -> dict[int, str]:
        """Returns the number each line of an ordering was given, by the line's own number as shown."""
        return {
            row: str(self.order.index(choice.id) + 1)
            for row, choice in enumerate(self.choices, start=1)
            if choice.id in self.order
        }


@dataclass(frozen=True)
class MarkedChoice(Choice):
    is_correct: bool
    feedback: LocalizedText


@dataclass(frozen=True)
class MarkedPair:
    """A line of a matching question with what was chosen and what belongs to it."""

    text: LocalizedText
    chosen: LocalizedText
    right: LocalizedText

    @property
    def is_right(self) -> bool:
        return self.chosen == self.right


@dataclass(frozen=True)
class MarkedQuestion:
    """Of an ordering, `choices` stand in the learner's order and `wanted` in the right one. What was
    written is `text`, with the feedback on it as the only choice; `accepted` are the texts or the
    numbers that are right. `mark` is the share that is right, 0–1, and `points` what the whole
    question gives.
    `lesson` and `screen` say where the reason is read; `lesson` is empty where nobody wrote it.
    """

    position: int
    kind: ItemKind
    stem: LocalizedText
    is_right: bool
    choices: tuple[MarkedChoice, ...]
    section: str
    section_title: LocalizedText
    is_critical: bool = False
    explanation: LocalizedText = NO_TEXT
    case: LocalizedText = NO_TEXT
    wanted: tuple[LocalizedText, ...] = ()
    lesson: str = ""
    screen: int = 1
    mark: Decimal = Decimal(0)
    points: int = 1
    text: str = ""
    accepted: tuple[LocalizedText, ...] = ()
    pairs: tuple[MarkedPair, ...] = ()

    @property
    def is_partly(self) -> bool:
        return 0 < self.mark < 1

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
    """Returns the attempts at a quiz, newest first; the enrolment is the reader's own."""
    tries = select(Attempt).where(Attempt.enrolment_id == enrolment_id, Attempt.unit_id == unit_id)
    return tuple(
        TryLine(a.id, a.number, a.submitted_at, bool(a.is_passed), a.score or Decimal(0))
        for a in db.scalars(tries.order_by(Attempt.number.desc()))
    )


_SHOWN = (
    select(ItemOption.id, ItemOption.text, ItemOption.match)
    .where(ItemOption.item_id == bindparam("item_id"))
    .order_by(ItemOption.position)
)
_WEIGHED = select(exists().where(Item.module_id == bindparam("module_id"), Item.weight > 1))


def is_weighed(db: Session, *, module_id: int) -> bool:
    """Returns True where some question of a module's bank counts more than once."""
    return bool(db.scalar(_WEIGHED, {"module_id": module_id}))


def attempt_head(db: Session, *, actor: Actor, attempt_id: UUID) -> AttemptHead:
    """Returns the actor's own attempt. Raises NotFound for somebody else's."""
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
    answers = db.execute(
        select(AttemptItem.answered_at, Item.weight)
        .join(Item, Item.id == AttemptItem.item_id)
        .where(AttemptItem.attempt_id == attempt_id)
        .order_by(AttemptItem.position)
    ).all()
    return AttemptHead(
        id=attempt.id,
        number=attempt.number,
        course_slug=slug,
        course_title=course_title,
        module_number=number,
        module_slug=module_slug,
        unit_code=code,
        unit_title=title,
        pass_mark=attempt.pass_mark,
        pause_minutes=pause,
        guideline_version_id=version,
        submitted_at=attempt.submitted_at,
        is_passed=bool(attempt.is_passed),
        answered=tuple(at is not None for at, _weight in answers),
        points=sum(weight for _at, weight in answers),
    )


def question(db: Session, *, head: AttemptHead, position: int) -> QuizQuestion:
    """Returns a question as it is asked: the options in the order shown, without a word on which
    are right.
    """
    row = db.execute(
        select(
            AttemptItem.item_id,
            AttemptItem.option_order,
            AttemptItem.response,
            Item.kind,
            Item.stem,
            Vignette.text,
        )
        .join(Item, Item.id == AttemptItem.item_id)
        .outerjoin(Vignette, _ABOVE)
        .where(AttemptItem.attempt_id == head.id, AttemptItem.position == position)
    ).one_or_none()
    if row is None:
        raise NotFound
    item_id, order, response, kind, stem, case = row
    answering = KINDS[ItemKind(kind)].answering
    if answering is Answering.WRITING:
        written = str(response[0]) if response else ""
        return QuizQuestion(
            position=position,
            kind=ItemKind(kind),
            stem=stem,
            choices=(),
            case=case or NO_TEXT,
            text=written,
        )
    options = db.execute(_SHOWN, {"item_id": item_id}).all()
    texts = {id_: text for id_, text, _match in options}
    choices = tuple(Choice(option, texts[option], option in response) for option in order)
    in_order = answering in (Answering.ORDERING, Answering.MATCHING)
    matchable = ((id_, match or NO_TEXT) for id_, _text, match in options)
    matches = _matches(matchable) if answering is Answering.MATCHING else ()
    return QuizQuestion(
        position=position,
        kind=ItemKind(kind),
        stem=stem,
        choices=choices,
        case=case or NO_TEXT,
        order=tuple(response) if in_order else (),
        matches=matches,
    )


def _matches(options: Iterable[tuple[int, LocalizedText]]) -> tuple[tuple[int, LocalizedText], ...]:
    """Returns what lines can be matched with, each text once, in an order that says nothing: by
    their first house language.
    """
    once: dict[LocalizedText, int] = {}
    for id_, match in options:
        once.setdefault(match, id_)
    pairs = ((id_, text) for text, id_ in once.items())
    return tuple(sorted(pairs, key=lambda pair: pair[1].in_().casefold()))


def marked_questions(db: Session, *, head: AttemptHead) -> tuple[MarkedQuestion, ...]:
    """Returns every question with its feedback, those that were not right first; only of an attempt
    that was handed in.
    """
    if head.submitted_at is None:
        raise NotFound
    sections = section_titles(db, head.guideline_version_id)
    options = _options_of(db, select(AttemptItem.item_id).where(AttemptItem.attempt_id == head.id))
    rows = db.execute(
        select(AttemptItem, Item, Vignette.text)
        .join(Item, Item.id == AttemptItem.item_id)
        .outerjoin(Vignette, _ABOVE)
        .where(AttemptItem.attempt_id == head.id)
        .order_by(AttemptItem.position)
    )
    marked = [
        _marked(answered, item, case or NO_TEXT, options[item.id], sections)
        for answered, item, case in rows
    ]
    return tuple(sorted(marked, key=lambda one: one.is_right))


def _marked(
    answered: AttemptItem,
    item: Item,
    case: LocalizedText,
    options: dict[int, ItemOption],
    sections: dict[str, LocalizedText],
) -> MarkedQuestion:
    answering = KINDS[ItemKind(item.kind)].answering
    is_ordering = answering is Answering.ORDERING
    is_matching = answering is Answering.MATCHING
    is_written = answering is Answering.WRITING
    written = str(answered.response[0]) if is_written and answered.response else ""
    lesson, _, screen = (item.screen or "").partition("#")
    in_order = sorted(options.values(), key=lambda option: option.position)
    return MarkedQuestion(
        position=answered.position,
        kind=ItemKind(item.kind),
        stem=item.stem,
        is_right=bool(answered.is_correct),
        choices=_feedback_on(item, in_order, written)
        if is_written
        else _marked_choices(answered, options, answered.response if is_ordering else None),
        section=item.section,
        section_title=sections.get(item.section, NO_TEXT),
        is_critical=item.is_critical,
        explanation=item.explanation or NO_TEXT,
        case=case,
        wanted=tuple(option.text for option in in_order) if is_ordering else (),
        lesson=lesson,
        screen=int(screen or 1),
        mark=Decimal(bool(answered.is_correct)) if answered.mark is None else answered.mark,
        points=item.weight,
        text=written,
        accepted=_accepted(in_order) if is_written else (),
        pairs=_marked_pairs(answered, options) if is_matching and answered.response else (),
    )


def _feedback_on(item: Item, options: list[ItemOption], written: str) -> tuple[MarkedChoice, ...]:
    """Returns the answer of the key that was written, as the only choice; none where nobody foresaw
    it.
    """
    accepted = accepting(key_of(item, options), written) if written else None
    if accepted is None:
        return ()
    feedback = next((one.feedback for one in options if one.id == accepted.id), NO_TEXT)
    choice = MarkedChoice(
        id=accepted.id,
        text=accepted.text,
        is_chosen=True,
        is_correct=accepted.share > 0,
        feedback=feedback,
    )
    return (choice,)


def _accepted(options: list[ItemOption]) -> tuple[LocalizedText, ...]:
    """Returns the answers that are wholly right."""
    return tuple(
        option.text or LocalizedText(dict.fromkeys(languages(), option.number or ""))
        for option in options
        if key_option(option).share == 1 and option.number != ANY_OTHER
    )


def _marked_pairs(answered: AttemptItem, options: dict[int, ItemOption]) -> tuple[MarkedPair, ...]:
    return tuple(
        MarkedPair(
            options[line].text,
            (options[given].match or NO_TEXT) if given else NO_TEXT,
            options[line].match or NO_TEXT,
        )
        for line, given in zip(answered.option_order, answered.response, strict=True)
    )


def _options_of(db: Session, items: Select[int]) -> dict[int, dict[int, ItemOption]]:
    """Returns the options of questions, by question and by their ids."""
    options: dict[int, dict[int, ItemOption]] = defaultdict(dict)
    for option in db.scalars(select(ItemOption).where(ItemOption.item_id.in_(items))):
        options[option.item_id][option.id] = option
    return options


def _marked_choices(
    answered: AttemptItem, options: dict[int, ItemOption], order: list[Any] | None
) -> tuple[MarkedChoice, ...]:
    """Returns the options in `order`, ids of options; None for the order in which they stood."""
    response: list[Any] = answered.response
    return tuple(
        MarkedChoice(
            id=id_,
            text=options[id_].text,
            is_chosen=id_ in response,
            is_correct=options[id_].is_correct,
            feedback=options[id_].feedback,
        )
        for id_ in (answered.option_order if order is None else order)
    )
