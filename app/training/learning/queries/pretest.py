"""Pre-tests: what is set apart for them, a learner's own, and the gain of all."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.small_numbers import SMALLEST_TOLD
from app.kernel.text import LocalizedText
from app.training.learning.models import (
    Attempt,
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
from app.training.learning.queries.keys import keys_of
from app.training.learning.queries.quiz import Choice
from app.training.learning.rules.kinds import mark_of
from app.training.learning.rules.pretest import Gain, PoolItem, gain_of, pretest_pool
from app.training.learning.rules.progress import module_state
from app.training.learning.values import ItemKind
from app.training.learning.values.events import LearningVerb
from app.training.learning.values.outline import ModuleOutline, ModuleState, Seat

NO_TEXT = LocalizedText()
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
class PretestQuestion:
    """`is_right` is None before it is handed in. `lesson` and `screen` say where it is read."""

    position: int
    kind: ItemKind
    stem: LocalizedText
    choices: tuple[Choice, ...]
    case: LocalizedText
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
            select(Item, Vignette.text)
            .outerjoin(
                Vignette,
                (Vignette.module_id == Item.module_id) & (Vignette.code == Item.case_code),
            )
            .where(Item.id.in_(ids))
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
                exempted=exempted if len(taken) >= SMALLEST_TOLD else None,
                gain=gain_of(pairs),
            )
        )
    return tuple(lines)
