"""The pre-test of a module: begun once, answered one by one, handed in once; whoever passes is exempted."""

from collections.abc import Collection
from datetime import datetime
from random import Random

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import Language
from app.training.learning.facts import ModuleCompleted
from app.training.learning.models import Enrolment, Item, Pretest
from app.training.learning.policy import require_learner
from app.training.learning.queries.keys import keys_of
from app.training.learning.queries.pretest import critical_among, option_ids_of, pool_of
from app.training.learning.queries.seat import require_enrolled, seat_of
from app.training.learning.rules import pretest, quiz
from app.training.learning.rules.kinds import mark_of
from app.training.learning.rules.progress import module_is_complete, require_open
from app.training.learning.services.completing import complete_what_is_done
from app.training.learning.services.crediting import exempt_module
from app.training.learning.services.study import lock_enrolment, lock_person
from app.training.learning.values import ItemKind
from app.training.learning.values.outline import ModuleOutline, Seat


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
        raise pretest.PretestNotOffered
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
    row.is_passed = pretest.is_exempt(right, len(given), critical_wrong)
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
    payload = {"rule": pretest.EXEMPTION_RULE, "right": row.right, "asked": len(row.asked)}
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
