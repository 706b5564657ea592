"""Every step of a work plan, of a row of the matrix and of a review of the Guidelines is in the
journal, with who did it.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.followup.agreements.facts import ActivityRemoved, ActivityWritten
from app.followup.matrix.facts import MatrixPeriodFact, MatrixRowFact
from app.followup.matrix.services import (
    answer_passed_row,
    close_period,
    move_period,
    pass_row,
    publish_period,
    release_row,
    remove_row,
    reopen_row,
    send_matrix,
    take_row_back,
)
from app.followup.matrix.values import PeriodDraft
from app.followup.plans.facts import TableMemberFact, WorkPlanFact
from app.followup.plans.services import (
    add_member,
    change_member,
    open_plans,
    remove_member,
    remove_plan_activity,
    send_back_plan,
    submit_plan,
    validate_plan,
)
from app.followup.plans.values import Sector
from app.followup.review.facts import GuidelinesReviewFact
from app.followup.review.services import add_challenge, open_guidelines_review
from app.followup.review.services import set_guidelines_review as set_day
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import ANONYMOUS, SYSTEM, Actor
from app.kernel.fact import Fact
from app.kernel.text import LocalizedText
from app.planning.events.models import WorkTable
from tests.followup.agreements.world import NOW, RAPPORTEUR
from tests.followup.matrix import test_matrix as matrix
from tests.followup.plans import test_plans as plans
from tests.followup.review import test_review as review
from tests.planning.events.planning_builders import FOCAL_POINT, ORGANIZER, PRESIDENCY

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.usefixtures("app_context"),
    pytest.mark.at(NOW),
]
HELD = LocalizedText(es="Ruta de Tocoa, informa al 9988-7766.")


def kinds_of(*bases: type[Fact]) -> set[str]:
    """Returns the names of the facts of these kinds, whatever is added to them later."""
    return {kind.__name__ for base in bases for kind in base.__subclasses__()}


def told() -> list[tuple[str, int | None]]:
    """Returns each entry of the journal as its fact and the account that acted, in order."""
    with reading() as db:
        entries = select(JournalEntry.fact, JournalEntry.actor_account_id).order_by(JournalEntry.id)
        return [(fact, account) for fact, account in db.execute(entries)]


def by(who: Actor, *facts: str) -> list[tuple[str, int | None]]:
    return [(fact, who.account_id or None) for fact in facts]


def steps_of_a_plan(db: Session) -> None:
    table = plans.world(db)
    edition = db.get_one(WorkTable, table).edition_id
    open_plans(db, edition_id=edition, actor=SYSTEM, now=NOW)
    seat = plans.an_institution(db, "HN", "migration")
    member = add_member(db, actor=ORGANIZER, work_table_id=table, institution_id=seat, now=NOW)
    change_member(db, actor=ORGANIZER, member_id=member, sector=Sector.WOMEN, now=NOW)
    remove_member(db, actor=ORGANIZER, member_id=member, now=NOW)
    _kept, gone = plans.written(db, table, 1, 2)
    remove_plan_activity(db, actor=RAPPORTEUR, work_table_id=table, activity_id=gone, now=NOW)
    submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
    send_back_plan(db, actor=ORGANIZER, work_table_id=table, note="Bien", now=NOW)
    submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
    validate_plan(db, actor=PRESIDENCY, work_table_id=table, decision_ref=plans.DECISION, now=NOW)


def test_every_step_of_a_plan_is_told_with_who_did_it() -> None:
    with transaction() as db:
        steps_of_a_plan(db)
    known = kinds_of(WorkPlanFact, TableMemberFact) | {
        ActivityWritten.__name__,
        ActivityRemoved.__name__,
    }
    steps = [one for one in told() if one[0] in known]
    assert {fact for fact, _account in steps} == known, "a kind of step that no test takes"
    assert steps == [
        *by(SYSTEM, "WorkPlanOpened"),
        *by(ORGANIZER, "TableMemberAdded", "TableMemberChanged", "TableMemberRemoved"),
        *by(RAPPORTEUR, "ActivityWritten", "ActivityWritten", "ActivityRemoved"),
        *by(RAPPORTEUR, "WorkPlanSubmitted"),
        *by(ORGANIZER, "WorkPlanSentBack"),
        *by(RAPPORTEUR, "WorkPlanSubmitted"),
        *by(PRESIDENCY, "WorkPlanValidated"),
    ]


def steps_of_rows(db: Session) -> None:
    matrix.world(db)
    period = matrix.a_period(db)
    closes_on = matrix.TODAY + timedelta(days=5)
    days = PeriodDraft("iii", closes_on - timedelta(days=150), matrix.TODAY, closes_on)
    move_period(db, actor=ORGANIZER, period_id=period, draft=days, now=NOW)
    first = matrix.own(db, period).agreed[0].id
    mailbox = "consular@example.org"
    pass_row(db, actor=FOCAL_POINT, row_id=first, to=mailbox, now=NOW)
    take_row_back(db, actor=FOCAL_POINT, row_id=first, now=NOW)
    number = pass_row(db, actor=FOCAL_POINT, row_id=first, to=mailbox, now=NOW)
    answer_passed_row(db, row_id=first, pass_number=number, draft=matrix.a_fact(), now=NOW)
    gone = matrix.new(db, period)
    remove_row(db, actor=FOCAL_POINT, row_id=gone, now=NOW)
    held = matrix.new(db, period, fact=HELD)
    matrix.sent(db, period, FOCAL_POINT, "HN")
    reopen_row(db, actor=FOCAL_POINT, row_id=first, now=NOW)
    send_matrix(db, actor=FOCAL_POINT, period_id=period, country="HN", now=NOW)
    close_period(db, actor=ORGANIZER, period_id=period, now=NOW)
    publish_period(db, actor=ORGANIZER, period_id=period, now=matrix.AFTER)
    release_row(db, actor=ORGANIZER, row_id=held, now=matrix.AFTER)


def test_every_step_of_a_row_and_its_period_is_told_with_who_did_it() -> None:
    with transaction() as db:
        steps_of_rows(db)
    known = kinds_of(MatrixPeriodFact, MatrixRowFact)
    steps = [one for one in told() if one[0] in known]
    assert {fact for fact, _account in steps} == known, "a kind of step that no test takes"
    assert steps == [
        *by(ORGANIZER, "MatrixPeriodOpened", "MatrixPeriodMoved"),
        *by(FOCAL_POINT, "MatrixRowPassed", "MatrixRowTakenBack", "MatrixRowPassed"),
        *by(ANONYMOUS, "MatrixRowWritten", "MatrixRowCameBack"),
        *by(FOCAL_POINT, "MatrixRowWritten", "MatrixRowRemoved", "MatrixRowWritten"),
        *by(FOCAL_POINT, "MatrixRowWritten", "MatrixSent", "MatrixRowReopened", "MatrixSent"),
        *by(ORGANIZER, "MatrixPeriodClosed", "MatrixPeriodPublished", "MatrixRowReleased"),
    ]


def test_every_step_of_a_review_is_told_with_who_did_it() -> None:
    with transaction() as db:
        review.world(db)
        number = set_day(db, actor=ORGANIZER, due_on=review.TODAY, now=NOW)
        until = review.TODAY + timedelta(days=60)
        open_guidelines_review(db, actor=ORGANIZER, review_id=number, answers_until=until, now=NOW)
        add_challenge(
            db,
            actor=FOCAL_POINT,
            review_id=number,
            words=LocalizedText(es="Brecha digital"),
            country="HN",
            now=NOW,
        )
        review.answered(db, number)
        review.close(db, number)
    known = kinds_of(GuidelinesReviewFact)
    steps = [one for one in told() if one[0] in known]
    assert {fact for fact, _account in steps} == known, "a kind of step that no test takes"
    assert steps == [
        *by(ORGANIZER, "GuidelinesReviewDated", "GuidelinesReviewOpened"),
        *by(FOCAL_POINT, "GuidelinesChallengeAdded"),
        *by(ORGANIZER, *["GuidelinesAnswered"] * 6),
        *by(ORGANIZER, "GuidelinesReviewClosed", "GuidelinesReviewDated"),
    ]
