"""kill -9 while a row of a plan saves: it is there whole or as it was before, with those who answer,
and what was answered is kept.
"""

import signal
import subprocess
import sys
import time
from itertools import islice

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.followup.agreements.models import Agreement, AgreementParty
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from tests.followup.plans.test_plans import world, written
from tests.infra.test_processes import environment
from tests.support import patience
from tests.support.databases import ROOT

WRITING = """
import sys
from itertools import count
from app import create_app
from app.followup.agreements.values import ActivityDraft, Responsible, ResponsibleKind
from app.followup.plans.services import write_activity
from app.infra.database import transaction
from app.kernel.text import LocalizedText
from tests.followup.agreements.world import NOW, RAPPORTEUR

table, activity, first = map(int, sys.argv[1:])
with create_app().app_context():
    for number in count(first):
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
        print(number, flush=True)
"""
SAVES = 4


def write_and_kill(app: Flask, table: int, activity: int, first: int, moment: float) -> int:
    """Another process saves the row again and again and is killed. Returns the last number of which
    it said that it is saved. `moment`: seconds after a save.
    """
    with subprocess.Popen(
        [sys.executable, "-c", WRITING, str(table), str(activity), str(first)],
        cwd=ROOT,
        env=environment(app),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = [int(line) for line in islice(process.stdout, SAVES)]
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=patience.scaled(10)) == -signal.SIGKILL
        return max([*said, *(int(line) for line in process.stdout if line.endswith("\n"))])


@pytest.mark.both_databases
def test_killed_while_a_row_saves_nothing_is_torn_and_nothing_answered_is_lost(app: Flask) -> None:
    """Given a row that is saved again and again, when its process is killed, then the row and those
    who answer are of one save, the last that was answered or the one on its way; so is the journal.
    """
    with app.app_context(), transaction() as db:
        table = world(db)
        [activity] = written(db, table, 1)
    first = 0
    for moment in (0.0, 0.007):
        answered = write_and_kill(app, table, activity, first, moment)
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
