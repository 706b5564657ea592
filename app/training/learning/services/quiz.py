"""Quizzes and pre-tests: begun, answered one question at a time, marked here and nowhere else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random
from uuid import UUID

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import Language
from app.training.learning.facts import AttemptSubmitted, ModuleCompleted
from app.training.learning.models import (
    Attempt,
    AttemptItem,
    Enrolment,
    Item,
    ItemOption,
    Pretest,
    Unit,
)
from app.training.learning.policy import require_learner
from app.training.learning.queries.courses import (
    outline_of_edition,
    require_enrolled,
    seat_of,
    unit_at,
)
from app.training.learning.queries.quiz import (
    critical_among,
    keys_of,
    option_ids_of,
    pool_of,
    spared_items,
)
from app.training.learning.rules import quiz
from app.training.learning.rules.kinds import KINDS, answered_by, mark_of
from app.training.learning.rules.progress import module_is_complete, require_open
from app.training.learning.services.recording import record, tail_of
from app.training.learning.services.study import (
    complete_what_is_done,
    exempt_module,
    lock_enrolment,
    lock_person,
)
from app.training.learning.values import (
    Answering,
    CoursePosition,
    ItemKind,
    LearningVerb,
    ModuleOutline,
    Press,
    Seat,
)

MOST_QUESTIONS = (
    500  # far above any quiz; a larger number is no question's and may not fit the database
)
WRITTEN, MATCHED = (
    [kind.value for kind in answered_by(way)] for way in (Answering.WRITING, Answering.MATCHING)
)

_ASKED = (
    select(
        Attempt.submitted_at,
        Attempt.unit_id,
        Attempt.language,
        Attempt.enrolment_id,
        Enrolment.edition_id,
        AttemptItem.id,
        AttemptItem.item_id,
        AttemptItem.option_order,
        AttemptItem.response,
        Item.kind,
    )
    .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
    .join(Item, Item.id == AttemptItem.item_id)
    .where(
        Attempt.id == bindparam("attempt_id"),
        Enrolment.person_id == bindparam("person_id"),
        AttemptItem.position == bindparam("position"),
    )
    .with_for_update(of=(Attempt, Enrolment, AttemptItem), key_share=True)
)
_ASKED_BEFORE = (
    select(AttemptItem.item_id)
    .join(Attempt, Attempt.id == AttemptItem.attempt_id)
    .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    .where(
        Attempt.unit_id == bindparam("unit_id"),
        Enrolment.person_id == bindparam("person_id"),
    )
    .order_by(Attempt.started_at, AttemptItem.position)
)
_OPTIONS_OF = select(ItemOption.id).where(ItemOption.item_id == bindparam("item_id"))
_ANSWER = (
    update(AttemptItem)
    .where(AttemptItem.id == bindparam("item_row"))
    .values(response=bindparam("given"), answered_at=bindparam("given_at"))
    .execution_options(synchronize_session=False)
)


def start_attempt(
    db: Session,
    *,
    actor: Actor,
    course_slug: str,
    place: CoursePosition,
    language: Language,
    rng: Random,
    press: Press | None = None,
    now: datetime,
) -> UUID:
    """Returns the attempt that is open, or a new one drawn with `rng`; refused while the pause
    after the last one lasts, and when no attempt is left.

    The same press again leads to the attempt that it began, also when that is over.
    """
    pressed = press or Press()
    person_id = require_learner(actor)
    lock_person(db, person_id)
    seat = seat_of(db, actor=actor, slug=course_slug)
    module, unit = unit_at(seat, place.module_slug, place.unit_code)
    if not unit.is_quiz:
        raise NotFound
    enrolment = lock_enrolment(db, require_enrolled(seat))
    tail = tail_of(db, enrolment.id, pressed.key(LearningVerb.STARTED, unit.id))
    if tail.attempt_id is not None and tail.is_known:
        return tail.attempt_id
    tries = select(Attempt).where(Attempt.enrolment_id == enrolment.id, Attempt.unit_id == unit.id)
    last = db.scalar(tries.order_by(Attempt.number.desc()).limit(1))
    if last is not None and last.submitted_at is None:
        return last.id
    if last is not None:
        quiz.require_attempts_left(unit.max_attempts, last.number)
        quiz.require_pause_over(last.submitted_at, unit.pause_minutes, now=now)
    enrolment.last_unit_id, enrolment.last_screen, enrolment.language = unit.id, 1, language
    attempt = Attempt(
        enrolment_id=enrolment.id,
        unit_id=unit.id,
        number=last.number + 1 if last else 1,
        language=language,
        pass_mark=unit.pass_mark,
        started_at=now,
        submitted_at=None,
        score=None,
        is_passed=None,
    )
    db.add(attempt)
    db.flush()
    _ask(db, attempt, person_id, module.id, rng)
    record(
        db,
        tail,
        LearningVerb.STARTED,
        edition_id=enrolment.edition_id,
        language=language,
        now=now,
        client_at=pressed.at,
        unit_id=unit.id,
        attempt_id=attempt.id,
    )
    return attempt.id


def _ask(db: Session, attempt: Attempt, person_id: int, module_id: int, rng: Random) -> None:
    """Draws the questions of an attempt. What the learner's pre-test asked is never asked again;
    what an earlier attempt asked, only where the bank has nothing else.
    """
    plan = db.scalars(select(Unit.draw).where(Unit.id == attempt.unit_id)).one()
    spared = spared_items(db, person_id=person_id, module_id=module_id)
    bank = [item for item in _bank(db, module_id) if item.id not in spared]
    tries = db.scalars(_ASKED_BEFORE, {"unit_id": attempt.unit_id, "person_id": person_id})
    last_asked = {item_id: rank for rank, item_id in enumerate(tries, start=1)}
    for position, drawn in enumerate(quiz.draw(bank, plan, rng, last_asked), start=1):
        db.add(
            AttemptItem(
                attempt_id=attempt.id,
                item_id=drawn.item_id,
                position=position,
                option_order=list(drawn.option_order),
                response=[],
                answered_at=None,
                is_correct=None,
            )
        )
    db.flush()


def _bank(db: Session, module_id: int) -> list[quiz.BankItem]:
    """Returns the questions of a module with the options that are shown: not what is accepted of a
    written answer, nor what belongs to no line of a matching question.
    """
    options: dict[int, list[int]] = {}
    shown = (
        select(ItemOption.item_id, ItemOption.id)
        .join(Item, Item.id == ItemOption.item_id)
        .where(
            Item.module_id == module_id,
            Item.kind.not_in(WRITTEN),
            or_(Item.kind.not_in(MATCHED), ItemOption.is_correct),
        )
    )
    for item_id, option_id in db.execute(shown.order_by(ItemOption.position)):
        options.setdefault(item_id, []).append(option_id)
    items = (
        select(Item.id, Item.objective_code, Item.kind)
        .where(Item.module_id == module_id)
        .order_by(Item.id)
    )
    return [
        quiz.BankItem(item_id, objective, ItemKind(kind), tuple(options.get(item_id, ())))
        for item_id, objective, kind in db.execute(items)
    ]


def save_answer(
    db: Session,
    *,
    actor: Actor,
    attempt_id: UUID,
    position: int,
    given: quiz.Given,
    language: Language | None = None,
    press: Press | None = None,
    now: datetime,
) -> None:
    """Keeps the answer to one question; saved again it is simply the newer one, and none at all
    takes it back. The same press again writes nothing, also after the attempt was handed in.

    Which part of what was `given` is read follows from the kind of question. Without a `language` it
    is the attempt's.
    """
    pressed = press or Press()
    person_id = require_learner(actor)
    if not 1 <= position <= MOST_QUESTIONS:
        raise NotFound
    row = db.execute(
        _ASKED, {"attempt_id": attempt_id, "person_id": person_id, "position": position}
    ).one_or_none()
    if row is None:
        raise NotFound
    kind = ItemKind(row.kind)
    is_matched = KINDS[kind].answering is Answering.MATCHING
    matches = db.scalars(_OPTIONS_OF, {"item_id": row.item_id}).all() if is_matched else ()
    answer = quiz.answer_from(kind, row.option_order, given, matches)
    tail = tail_of(
        db, row.enrolment_id, pressed.key(LearningVerb.ANSWERED, attempt_id, position, answer)
    )
    if tail.is_known:
        return
    if row.submitted_at is not None:
        raise quiz.AlreadySubmitted
    if answer == row.response:
        return
    db.execute(
        _ANSWER,
        {"item_row": row.id, "given": answer, "given_at": now if answer else None},
    )
    record(
        db,
        tail,
        LearningVerb.ANSWERED,
        edition_id=row.edition_id,
        language=language or row.language,
        now=now,
        client_at=pressed.at,
        unit_id=row.unit_id,
        position=position,
        attempt_id=attempt_id,
    )


def submit_attempt(
    db: Session,
    *,
    actor: Actor,
    attempt_id: UUID,
    language: Language | None = None,
    press: Press | None = None,
    now: datetime,
) -> bool:
    """Marks the attempt and says whether it passed; pressed again, the same result and nothing
    new. Without a `language` it is the attempt's.
    """
    pressed = press or Press()
    person_id = require_learner(actor)
    lock_person(db, person_id)
    attempt = _own_attempt(db, person_id, attempt_id)
    if attempt.submitted_at is not None:
        return bool(attempt.is_passed)
    enrolment = lock_enrolment(db, attempt.enrolment_id)
    tail = tail_of(db, enrolment.id, pressed.key(LearningVerb.SUBMITTED, attempt_id))
    marks = _mark(db, attempt)
    attempt.submitted_at = now
    attempt.score = quiz.score(marks.earned, marks.points)
    attempt.is_passed = quiz.is_pass(
        marks.earned, marks.points, attempt.pass_mark, marks.critical_wrong
    )
    db.flush()
    record(
        db,
        tail,
        LearningVerb.SUBMITTED,
        edition_id=enrolment.edition_id,
        language=language or attempt.language,
        now=now,
        client_at=pressed.at,
        unit_id=attempt.unit_id,
        attempt_id=attempt.id,
        payload={"passed": attempt.is_passed, "right": marks.right, "asked": marks.asked},
    )
    fact = AttemptSubmitted(
        person_id=person_id,
        enrolment_id=enrolment.id,
        edition_id=enrolment.edition_id,
        attempt_id=attempt.id,
        unit_id=attempt.unit_id,
        is_passed=attempt.is_passed,
    )
    journal.record(db, fact, actor=actor, now=now)
    if attempt.is_passed:
        _follow_pass(db, actor=actor, enrolment=enrolment, unit_id=attempt.unit_id, now=now)
    return attempt.is_passed


def _own_attempt(db: Session, person_id: int, attempt_id: UUID) -> Attempt:
    attempt = db.scalar(
        select(Attempt)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Attempt.id == attempt_id, Enrolment.person_id == person_id)
        .with_for_update(of=Attempt)
    )
    if attempt is None:
        raise NotFound
    return attempt


@dataclass(frozen=True)
class _Marks:
    """`right` of `asked` questions are wholly right; `earned` of `points` counts their weights."""

    right: int
    asked: int
    critical_wrong: int
    earned: Decimal
    points: int


def _mark(db: Session, attempt: Attempt) -> _Marks:
    """Marks every question of an attempt."""
    rows = db.execute(
        select(AttemptItem, Item.weight, Item.is_critical)
        .join(Item, Item.id == AttemptItem.item_id)
        .where(AttemptItem.attempt_id == attempt.id)
    ).all()
    keys = keys_of(db, [question.item_id for question, _weight, _critical in rows])
    for question, _weight, _critical in rows:
        question.mark = mark_of(keys[question.item_id], question.response, question.option_order)
        question.is_correct = question.mark == 1
    return _Marks(
        right=sum(bool(question.is_correct) for question, _weight, _critical in rows),
        asked=len(rows),
        critical_wrong=sum(
            critical and not question.is_correct for question, _weight, critical in rows
        ),
        earned=sum(
            (weight * (question.mark or Decimal(0)) for question, weight, _critical in rows),
            Decimal(0),
        ),
        points=sum(weight for _question, weight, _critical in rows),
    )


def _follow_pass(
    db: Session, *, actor: Actor, enrolment: Enrolment, unit_id: int, now: datetime
) -> None:
    """Completes what a passed quiz completes."""
    outline = outline_of_edition(db, enrolment.edition_id)
    module = next(
        module for module in outline.modules if any(unit.id == unit_id for unit in module.units)
    )
    complete_what_is_done(
        db, actor=actor, enrolment=enrolment, outline=outline, module=module, now=now
    )


# The pre-test of a module: begun once, answered one by one, handed in once; whoever passes is exempted.


def start_pretest(
    db: Session,
    *,
    actor: Actor,
    course_slug: str,
    module_slug: str,
    language: Language,
    rng: Random,
    now: datetime,
) -> None:
    """Begins it; the same again changes nothing. Refused once the module is complete or its quiz
    was tried.
    """
    seat, module, enrolment = _place(db, actor, course_slug, module_slug)
    if db.get(Pretest, (enrolment.id, module.id)) is not None:
        return
    require_open(seat.outline, module, seat.standing)
    is_tried = any(unit.id in seat.standing.tried for unit in module.units)
    pool = pool_of(db, module.id)
    if is_tried or not pool or module_is_complete(module, seat.standing):
        raise quiz.PretestNotOffered
    options = option_ids_of(db, [item.id for item in pool])
    bank = [quiz.BankItem(one.id, one.objective, one.kind, options[one.id]) for one in pool]
    plan = {one.objective: sum(two.objective == one.objective for two in pool) for one in pool}
    drawn = quiz.draw(bank, plan, rng)
    db.add(
        Pretest(
            enrolment_id=enrolment.id,
            module_id=module.id,
            language=language,
            asked=[[one.item_id, list(one.option_order)] for one in drawn],
            answers=[],
            started_at=now,
            submitted_at=None,
            right=None,
            is_passed=None,
        )
    )
    db.flush()


def save_pretest_answer(
    db: Session,
    *,
    actor: Actor,
    course_slug: str,
    module_slug: str,
    position: int,
    option_ids: Collection[int],
) -> None:
    """Keeps the answer to one question, as a quiz does; saved again it is the newer one, and none at
    all takes it back. Raises AlreadySubmitted after the pre-test was handed in.
    """
    _seat, _module, row = _begun(db, actor, course_slug, module_slug)
    if not 1 <= position <= len(row.asked):
        raise NotFound
    if row.submitted_at is not None:
        raise quiz.AlreadySubmitted
    item_id, order = row.asked[position - 1]
    kind = ItemKind(db.get_one(Item, item_id).kind)
    given = [list(one) for one in row.answers] or [[] for _ in row.asked]
    given[position - 1] = list(quiz.require_answer(kind, order, option_ids))
    row.answers = given
    db.flush()


def submit_pretest(
    db: Session, *, actor: Actor, course_slug: str, module_slug: str, now: datetime
) -> bool:
    """Marks what was answered, once, and says whether it exempts; pressed again, the same result.
    What was left out counts as not known.
    """
    seat, module, row = _begun(db, actor, course_slug, module_slug)
    if row.submitted_at is not None:
        return bool(row.is_passed)
    item_ids = [item_id for item_id, _order in row.asked]
    keys, critical = keys_of(db, item_ids), critical_among(db, item_ids)
    given = [list(one) for one in row.answers] or [[] for _ in row.asked]
    right = critical_wrong = 0
    for (item_id, order), chosen in zip(row.asked, given, strict=True):
        is_right = mark_of(keys[item_id], chosen, order) == 1
        right += is_right
        critical_wrong += item_id in critical and not is_right
    row.answers, row.submitted_at, row.right = given, now, right
    row.is_passed = quiz.is_exempt(right, len(given), critical_wrong)
    db.flush()
    if row.is_passed and not module_is_complete(module, seat.standing):
        _exempt(db, actor=actor, seat=seat, module=module, row=row, now=now)
    return row.is_passed


def _begun(
    db: Session, actor: Actor, course_slug: str, module_slug: str
) -> tuple[Seat, ModuleOutline, Pretest]:
    """Returns the learner's own, locked; not found before it is begun."""
    seat, module, enrolment = _place(db, actor, course_slug, module_slug)
    row = db.get(Pretest, (enrolment.id, module.id), with_for_update=True)
    if row is None:
        raise NotFound
    return seat, module, row


def _exempt(
    db: Session, *, actor: Actor, seat: Seat, module: ModuleOutline, row: Pretest, now: datetime
) -> None:
    enrolment = db.get_one(Enrolment, row.enrolment_id)
    payload = {"rule": quiz.EXEMPTION_RULE, "right": row.right, "asked": len(row.asked)}
    exempt_module(db, enrolment=enrolment, module_id=module.id, payload=payload, now=now)
    of_enrolment = (enrolment.person_id, enrolment.id, seat.outline.edition_id)
    fact = ModuleCompleted(*of_enrolment, module_id=module.id, completed_at=now)
    journal.record(db, fact, actor=actor, now=now)
    complete_what_is_done(
        db, actor=actor, enrolment=enrolment, outline=seat.outline, module=module, now=now
    )


def _place(
    db: Session, actor: Actor, course_slug: str, module_slug: str
) -> tuple[Seat, ModuleOutline, Enrolment]:
    lock_person(db, require_learner(actor))
    seat = seat_of(db, actor=actor, slug=course_slug)
    module = seat.outline.module(module_slug)
    if module is None:
        raise NotFound
    return seat, module, lock_enrolment(db, require_enrolled(seat))
