"""An official who was exempted from the first module by its pre-test and gets refreshers since."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import ANONYMOUS
from app.office.demo.services.refreshers import RHYTHM
from app.training.learning.models import Enrolment, ItemOption, Pretest
from app.training.learning.queries.courses import seat_of
from app.training.learning.queries.quiz import pretest_states
from app.training.learning.services.quiz import save_pretest_answer, start_pretest, submit_pretest
from app.training.learning.services.study import start_enrolment
from app.training.learning.values import GUIDELINES
from app.training.refreshers.services import make_next, start_refreshers

PERSONA, BEGUN_DAYS_AGO = "convenor-labour", 60
FIRST_MODULE = "01-framework"


def load_exemption(
    db: Session, *, people: dict[str, int], chance: Random, today: date, now: datetime
) -> None:
    actor = replace(ANONYMOUS, account_id=-1, person_id=people[PERSONA])
    begun = timedelta(days=BEGUN_DAYS_AGO)
    start_enrolment(db, actor=actor, course_slug=GUIDELINES, language="es", now=now - begun)
    seat = seat_of(db, actor=actor, slug=GUIDELINES)
    module = seat.outline.module(FIRST_MODULE)
    if module is None or not pretest_states(db, seat)[module.id].is_offered:
        return
    start_pretest(
        db,
        actor=actor,
        course_slug=GUIDELINES,
        module_slug=FIRST_MODULE,
        language="es",
        rng=chance,
        now=now - begun,
    )
    own = select(Enrolment.id).where(Enrolment.person_id == actor.person_id)
    row = db.scalars(select(Pretest).where(Pretest.enrolment_id.in_(own))).one()
    right = {
        position: db.scalars(
            select(ItemOption.id).where(ItemOption.item_id == item_id, ItemOption.is_correct)
        ).all()
        for position, (item_id, _order) in enumerate(row.asked, start=1)
    }
    place = {"course_slug": GUIDELINES, "module_slug": FIRST_MODULE}
    for position, option_ids in right.items():
        save_pretest_answer(db, actor=actor, position=position, option_ids=option_ids, **place)
    submit_pretest(db, actor=actor, now=now - begun, **place)
    start_refreshers(db, actor=actor, rhythm=RHYTHM, today=today - begun, now=now - begun)
    for ago in (timedelta(days=BEGUN_DAYS_AGO - RHYTHM.days), timedelta(days=3)):
        make_next(db, person_id=people[PERSONA], rhythm=RHYTHM, today=today - ago, now=now - ago)
