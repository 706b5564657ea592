"""kill -9 while a row of a plan saves: it is there whole or as it was before, with those who answer,
and what was answered is kept.
"""

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.followup.agreements.models import Agreement, AgreementParty
from app.followup.agreements.values import ActivityDraft, Responsible, ResponsibleKind
from app.followup.plans.services import write_activity
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.text import LocalizedText
from tests.followup.agreements.world import NOW, RAPPORTEUR
from tests.followup.plans.test_plans import world, written
from tests.support.killed import writer

SAVES = 4


def write(number: int, table: int, activity: int) -> None:
    """In a process of its own."""
    draft = ActivityDraft(
        text=LocalizedText(es=f"Actividad {number}"),
        responsible=tuple(
            Responsible(ResponsibleKind.COUNTRY, code)
            for code in (("GT", "HN"), ("CR", "MX", "SV"))[number % 2]
        ),
        indicator=f"Indicador {number}",
    )
    with transaction() as db:
        write_activity(
            db, actor=RAPPORTEUR, work_table_id=table, activity_id=activity, draft=draft, now=NOW
        )


@pytest.mark.both_databases
def test_killed_while_a_row_saves_nothing_is_torn_and_nothing_answered_is_lost(app: Flask) -> None:
    """Given a row that is saved again and again, when its process is killed, then the row and those
    who answer are of one save, the last that was answered or the one on its way; so is the journal.
    """
    with app.app_context(), transaction() as db:
        table = world(db)
        [activity] = written(db, table, 1)
    first = 0
    with writer(app, write, table, activity) as killed_after:
        for moment in (0.0, 0.007):
            answered = killed_after(first, SAVES, moment)
            with app.app_context(), reading() as db:
                row = db.get_one(Agreement, activity)
                number = int(row.text["es"].removeprefix("Actividad "))
                assert answered <= number <= answered + 1
                assert row.indicator == f"Indicador {number}"
                of_row = select(AgreementParty.key).where(AgreementParty.agreement_id == activity)
                parties = (["GT", "HN"], ["CR", "MX", "SV"])[number % 2]
                assert sorted(db.scalars(of_row)) == parties
                facts = select(func.count()).where(JournalEntry.fact == "ActivityWritten")
                assert db.scalar(facts) == number + 2, "one when it was made, one for each save"
            first = number + 1
