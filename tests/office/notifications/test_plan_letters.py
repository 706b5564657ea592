"""The presidency hears of a submitted plan; the table hears that it came back or was validated."""

from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.followup.plans.services import add_member, send_back_plan, submit_plan, validate_plan
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.office.notifications.tasks.plans import (
    on_plan_sent_back,
    on_plan_submitted,
    on_plan_validated,
)
from app.office.outbox.models import Message
from app.people.directory.models import FocalPoint, Person
from app.people.identity.models import Account, RoleGrant
from tests.followup.agreements.world import NOW, RAPPORTEUR
from tests.followup.plans.test_plans import DECISION, an_institution, world, written
from tests.planning.events.planning_builders import ORGANIZER, PRESIDENCY

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("app_context")]
SINCE = date(2026, 1, 1)
AT_THE_TABLE = {"p1@example.org", "p2@example.org"}
"""The focal point of Guatemala, which sits at it, and its rapporteur."""


def submitted(db: Session) -> int:
    """A submitted plan; person 3 holds the presidency and reads English."""
    table = world(db)
    member = an_institution(db, "GT", "migration")
    add_member(db, actor=ORGANIZER, work_table_id=table, institution_id=member, now=NOW)
    db.add(FocalPoint(person_id=1, country_code="GT", valid_from=SINCE))
    db.execute(update(Account).where(Account.id == PRESIDENCY.account_id).values(person_id=3))
    db.execute(update(Person).where(Person.id == 3).values(language="en"))
    db.add(RoleGrant(account_id=PRESIDENCY.account_id, role="presidency", valid_from=SINCE))
    written(db, table, 1)
    submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
    return table


def letters(fact: str) -> dict[str, str]:
    """Returns subject and body by address, of what follows from a fact told twice."""
    tell = {
        "WorkPlanSubmitted": on_plan_submitted,
        "WorkPlanSentBack": on_plan_sent_back,
        "WorkPlanValidated": on_plan_validated,
    }[fact]
    with transaction() as db:
        [entry] = db.scalars(select(JournalEntry).where(JournalEntry.fact == fact))
        for _again in range(2):
            tell(db, entry, now=NOW)
    with reading() as db:
        told = db.scalars(select(Message).where(Message.dedupe.like(f"{entry.id}.%"))).all()
        assert len({one.recipient for one in told}) == len(told), "once each"
        return {one.recipient: f"{one.subject}\n{one.body}" for one in told}


def test_the_presidency_is_told_in_its_language_of_a_submitted_plan() -> None:
    with transaction() as db:
        table = submitted(db)
    [(address, letter)] = letters("WorkPlanSubmitted").items()
    assert address == "p3@example.org"
    assert "A work plan waits for you: Protección (en)" in letter
    assert f"/work-tables/{table}" in letter


def test_who_leads_the_table_and_its_focal_points_read_the_note_of_a_plan_sent_back() -> None:
    with transaction() as db:
        table, note = submitted(db), "Con un arreglo lo validamos."
        send_back_plan(db, actor=PRESIDENCY, work_table_id=table, note=note, now=NOW)
    told = letters("WorkPlanSentBack")
    assert set(told) == AT_THE_TABLE
    assert all(note in letter for letter in told.values())


def test_the_table_and_the_countries_that_answer_are_told_of_the_decision() -> None:
    with transaction() as db:
        table = submitted(db)
        db.add(FocalPoint(person_id=2, country_code="HN", valid_from=SINCE))
        validate_plan(db, actor=PRESIDENCY, work_table_id=table, decision_ref=DECISION, now=NOW)
    told = letters("WorkPlanValidated")
    assert set(told) == AT_THE_TABLE, "the rapporteur answers for Honduras too, and gets one letter"
    assert all(DECISION in letter for letter in told.values())
