"""Quizzes and pre-tests. Which options are right is read only for what was handed in."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, case, exists, func, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.small_numbers import is_enough
from app.kernel.text import LocalizedText, languages
from app.training.learning.models import (
    Attempt,
    AttemptItem,
    Course,
    CourseEdition,
    Enrolment,
    Item,
    ItemOption,
    LearningEvent,
    Module,
    Pretest,
    Unit,
    Vignette,
)
from app.training.learning.policy import require_may_publish
from app.training.learning.rules.kinds import (
    ANY_OTHER,
    KINDS,
    NONE,
    AnswerKey,
    KeyOption,
    QuestionKind,
    accepting,
    mark_of,
)
from app.training.learning.rules.progress import module_state
from app.training.learning.rules.quiz import (
    AnswerSums,
    Difficulty,
    Gain,
    PoolItem,
    difficulty,
    discrimination,
    gain_of,
    key_is_doubtful,
    languages_differ,
    needed,
    pretest_pool,
)
from app.training.learning.values import (
    Answering,
    ItemKind,
    LearningVerb,
    ModuleOutline,
    ModuleState,
    Seat,
    Strictness,
)
from app.training.library.queries import section_titles

NO_TEXT = LocalizedText()
_KEYS = (
    select(ItemOption, Item.kind, Item.strict)
    .join(Item, Item.id == ItemOption.item_id)
    .where(ItemOption.item_id.in_(bindparam("item_ids", expanding=True)))
    .order_by(ItemOption.item_id, ItemOption.position)
)


def keys_of(db: Session, item_ids: Sequence[int]) -> dict[int, AnswerKey]:
    """Returns the keys of questions by their ids, in one statement."""
    options: dict[int, list[KeyOption]] = defaultdict(list)
    told: dict[int, tuple[ItemKind, frozenset[Strictness]]] = {}
    for option, kind, strict in db.execute(_KEYS, {"item_ids": list(item_ids)}):
        options[option.item_id].append(key_option(option))
        told[option.item_id] = ItemKind(kind), frozenset(map(Strictness, strict or ()))
    return {
        item_id: AnswerKey(kind, tuple(options[item_id]), strict)
        for item_id, (kind, strict) in told.items()
    }


def key_of(item: Item, options: Iterable[ItemOption]) -> AnswerKey:
    """Returns the key of a question that was read with its options, in the order of the author."""
    return AnswerKey(
        ItemKind(item.kind),
        tuple(map(key_option, options)),
        frozenset(map(Strictness, item.strict or ())),
    )


def key_option(option: ItemOption) -> KeyOption:
    return KeyOption(
        id=option.id,
        is_correct=option.is_correct,
        text=option.text,
        weight=option.weight or NONE,
        match=option.match or NO_TEXT,
        number=option.number or "",
        tolerance=option.tolerance or "",
    )


# A learner's own attempts. Which options are right leaves the database only for an attempt that
# was handed in.

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
class AskedQuestion:
    """A question as it is asked in a quiz or a pre-test. `case` is the vignette above."""

    position: int
    kind: ItemKind
    stem: LocalizedText
    choices: tuple[Choice, ...]
    case: LocalizedText

    @property
    def spec(self) -> QuestionKind:
        return KINDS[self.kind]

    @property
    def lines(self) -> tuple[tuple[int, Choice], ...]:
        """Returns the choices with their numbers as shown."""
        return tuple(enumerate(self.choices, start=1))


@dataclass(frozen=True)
class QuizQuestion(AskedQuestion):
    """`order` holds the ids of an ordering's answer, first to last, or what was chosen for each line
    of a matching; `matches` are what those lines can be matched with; `text` is what was written.
    """

    order: tuple[int, ...] = ()
    matches: tuple[tuple[int, LocalizedText], ...] = ()
    text: str = ""

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


# Pre-tests: what is set apart for them, a learner's own, and the gain of all.

_ITEMS = (
    select(
        Item.module_id,
        Item.id,
        Item.code,
        Item.objective_code,
        Item.kind,
        Item.is_critical,
        Unit.id,
        Unit.draw,
    )
    .join(Unit, Unit.module_id == Item.module_id)
    .where(Unit.kind == "quiz", Item.module_id.in_(bindparam("modules", expanding=True)))
    .order_by(Unit.position, Item.id)
)
_OWN_PRETESTS = select(Pretest).where(Pretest.enrolment_id == bindparam("enrolment_id"))
_SPARED = (
    select(Pretest.asked)
    .join(Enrolment, Enrolment.id == Pretest.enrolment_id)
    .where(
        Enrolment.person_id == bindparam("person_id"), Pretest.module_id == bindparam("module_id")
    )
)
_EXEMPTED = (
    select(LearningEvent.enrolment_id, Module.number)
    .join(LearningEvent, LearningEvent.module_id == Module.id)
    .where(
        LearningEvent.enrolment_id.in_(bindparam("enrolment_ids", expanding=True)),
        LearningEvent.verb == LearningVerb.EXEMPTED.value,
    )
    .order_by(Module.number)
)


@dataclass(frozen=True)
class PretestState:
    """How a learner stands with a module's pre-test. `is_offered`: may be begun or gone on with."""

    is_offered: bool
    is_exempted: bool
    is_submitted: bool


@dataclass(frozen=True)
class PretestQuestion(AskedQuestion):
    """`is_right` is None before it is handed in. `lesson` and `screen` say where it is read."""

    is_right: bool | None
    is_critical: bool
    lesson: str
    screen: int


@dataclass(frozen=True)
class PretestPage:
    count: int
    questions: tuple[PretestQuestion, ...]
    submitted_at: datetime | None
    is_passed: bool

    @property
    def answered(self) -> tuple[bool, ...]:
        return tuple(any(one.is_chosen for one in each.choices) for each in self.questions)

    @property
    def first_unanswered(self) -> int | None:
        """Returns the number of a question; None when all are answered."""
        return next((n for n, is_done in enumerate(self.answered, start=1) if not is_done), None)

    @property
    def right(self) -> int:
        return sum(bool(one.is_right) for one in self.questions)


@dataclass(frozen=True)
class StudyStep:
    """A lesson to read, with how many of its questions were not known."""

    code: str
    title: LocalizedText
    missed: int


@dataclass(frozen=True)
class ModuleGain:
    """`gain` None: too few took both. `exempted` counts people, None where they are too few."""

    number: int
    title: LocalizedText
    taken: int
    exempted: int | None
    gain: Gain | None


def pools_of(db: Session, module_ids: Iterable[int]) -> dict[int, tuple[PoolItem, ...]]:
    """Returns what is set apart in each module, in one statement."""
    banks: dict[int, dict[int, PoolItem]] = defaultdict(dict)
    plans: dict[int, dict[int, Mapping[str, int]]] = defaultdict(dict)
    for module_id, id_, code, objective, kind, is_critical, unit_id, draw in db.execute(
        _ITEMS, {"modules": list(module_ids)}
    ):
        banks[module_id][id_] = PoolItem(id_, code, objective, ItemKind(kind), is_critical)
        plans[module_id][unit_id] = draw
    return {
        module_id: pretest_pool(list(banks[module_id].values()), _sum_of(draws.values()))
        for module_id, draws in plans.items()
    }


def _sum_of(draws: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Returns how many questions of each objective all quizzes of a module ask."""
    plan: dict[str, int] = defaultdict(int)
    for draw in draws:
        for objective, number in draw.items():
            plan[objective] += number
    return plan


def pool_of(db: Session, module_id: int) -> tuple[PoolItem, ...]:
    return pools_of(db, [module_id]).get(module_id, ())


def option_ids_of(db: Session, item_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Returns the ids of the options of each question, in the author's order."""
    options: dict[int, tuple[int, ...]] = {}
    rows = select(ItemOption.item_id, ItemOption.id).where(ItemOption.item_id.in_(item_ids))
    for item_id, option_id in db.execute(rows.order_by(ItemOption.position)):
        options[item_id] = (*options.get(item_id, ()), option_id)
    return options


def critical_among(db: Session, item_ids: Sequence[int]) -> frozenset[int]:
    """Returns those of the questions that must be right."""
    return frozenset(db.scalars(select(Item.id).where(Item.id.in_(item_ids), Item.is_critical)))


def spared_items(db: Session, *, person_id: int, module_id: int) -> frozenset[int]:
    """Returns the questions of the pre-test that a learner took: their quiz never asks them."""
    rows = db.scalars(_SPARED, {"person_id": person_id, "module_id": module_id})
    return frozenset(item_id for asked in rows for item_id, _order in asked)


def exempted_numbers(
    db: Session, enrolment_ids: Collection[UUID]
) -> Mapping[UUID, tuple[int, ...]]:
    """Returns the numbers of the modules from which each enrolment was exempted."""
    exempted: dict[UUID, tuple[int, ...]] = dict.fromkeys(enrolment_ids, ())
    for enrolment_id, number in db.execute(_EXEMPTED, {"enrolment_ids": list(exempted)}):
        exempted[enrolment_id] = (*exempted[enrolment_id], number)
    return exempted


def pretest_states(db: Session, seat: Seat) -> Mapping[int, PretestState]:
    """Returns the states by module for the reader's own course page; none for who is not enrolled."""
    if seat.enrolment_id is None:
        return {}
    own = {
        row.module_id: row for row in db.scalars(_OWN_PRETESTS, {"enrolment_id": seat.enrolment_id})
    }
    open_ones = [one for one in seat.outline.available if _may_begin(seat, one)]
    pools = pools_of(db, [one.id for one in open_ones])
    states = {}
    for module in seat.outline.available:
        row = own.get(module.id)
        is_open = module in open_ones
        is_offered = is_open and (
            bool(pools.get(module.id)) if row is None else row.submitted_at is None
        )
        states[module.id] = PretestState(
            is_offered=is_offered,
            is_exempted=row is not None and bool(row.is_passed),
            is_submitted=row is not None and row.submitted_at is not None,
        )
    return states


def _may_begin(seat: Seat, module: ModuleOutline) -> bool:
    state = module_state(seat.outline, module, seat.standing)
    is_tried = any(unit.id in seat.standing.tried for unit in module.units)
    return state in (ModuleState.NOT_STARTED, ModuleState.IN_PROGRESS) and not is_tried


def pretest_page(db: Session, *, enrolment_id: UUID, module_id: int) -> PretestPage | None:
    """Returns the learner's own pre-test, None before it is begun; without a word on what is right
    until it was handed in.
    """
    row = db.get(Pretest, (enrolment_id, module_id))
    if row is None:
        return None
    ids = [item_id for item_id, _order in row.asked]
    items = {
        item.id: (item, case or NO_TEXT)
        for item, case in db.execute(
            select(Item, Vignette.text).outerjoin(Vignette, _ABOVE).where(Item.id.in_(ids))
        )
    }
    texts = {
        option.id: option.text
        for option in db.scalars(select(ItemOption).where(ItemOption.item_id.in_(ids)))
    }
    keys = keys_of(db, ids) if row.submitted_at is not None else {}
    questions = []
    for position, (item_id, order) in enumerate(row.asked, start=1):
        item, case = items[item_id]
        lesson, _, screen = (item.screen or "").partition("#")
        given = row.answers[position - 1] if row.answers else []
        questions.append(
            PretestQuestion(
                position=position,
                kind=ItemKind(item.kind),
                stem=item.stem,
                choices=tuple(Choice(one, texts[one], one in given) for one in order),
                case=case,
                is_right=mark_of(keys[item_id], given, order) == 1 if keys else None,
                is_critical=item.is_critical,
                lesson=lesson,
                screen=int(screen or 1),
            )
        )
    return PretestPage(len(ids), tuple(questions), row.submitted_at, bool(row.is_passed))


def study_plan(page: PretestPage, module: ModuleOutline) -> tuple[StudyStep, ...]:
    """Returns the lessons behind what was not known, those with the most of it first."""
    missed: dict[str, int] = defaultdict(int)
    for one in page.questions:
        if one.is_right is False and one.lesson:
            missed[one.lesson] += 1
    steps = [
        StudyStep(unit.code, unit.title, missed[unit.code])
        for unit in module.units
        if missed.get(unit.code)
    ]
    return tuple(sorted(steps, key=lambda step: -step.missed))


def gains(db: Session, *, actor: Actor, edition_id: int) -> tuple[ModuleGain, ...]:
    """Returns for each module with pre-tests what everybody together knew before, and in the last
    quiz they handed in.
    """
    require_may_publish(actor)
    rows = db.execute(
        select(Module, Pretest)
        .join(Pretest, Pretest.module_id == Module.id)
        .where(Module.edition_id == edition_id, Pretest.submitted_at.is_not(None))
        .order_by(Module.number)
    ).all()
    finals: dict[tuple[UUID, int], float] = {}
    tries = (
        select(Attempt.enrolment_id, Unit.module_id, Attempt.score)
        .join(Unit, Unit.id == Attempt.unit_id)
        .join(Module, Module.id == Unit.module_id)
        .where(Module.edition_id == edition_id, Attempt.submitted_at.is_not(None))
        .order_by(Attempt.number)
    )
    for enrolment_id, module_id, score in db.execute(tries):
        finals[enrolment_id, module_id] = float(score or 0)
    by_module: dict[int, tuple[Module, list[Pretest]]] = {}
    for module, row in rows:
        by_module.setdefault(module.id, (module, []))[1].append(row)
    lines = []
    for module, taken in by_module.values():
        pairs = [
            ((row.right or 0) / len(row.asked), finals[row.enrolment_id, module.id])
            for row in taken
            if (row.enrolment_id, module.id) in finals
        ]
        exempted = sum(bool(row.is_passed) for row in taken)
        lines.append(
            ModuleGain(
                number=module.number,
                title=module.title,
                taken=len(taken),
                exempted=exempted if is_enough(len(taken)) else None,
                gain=gain_of(pairs),
            )
        )
    return tuple(lines)


# What the authors of a course see of its questions: counts over everybody, never a person.


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
