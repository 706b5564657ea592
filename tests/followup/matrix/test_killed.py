"""kill -9 while a row saves: it is there whole or as it was before, and what was answered is kept."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.followup.matrix.models import MatrixRow
from app.followup.matrix.services import write_row
from app.followup.matrix.values import RowDraft, RowStatus
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.text import LocalizedText
from tests.followup.agreements.world import NOW
from tests.followup.matrix.test_matrix import a_period, own, world
from tests.planning.events.planning_builders import FOCAL_POINT
from tests.support.killed import writer

SAVES = 12


def write(number: int, row_id: int) -> None:
    """In a process of its own."""
    draft = RowDraft(
        status=(RowStatus.ADVANCED, RowStatus.DONE)[number % 2],
        fact=LocalizedText(es=f"Hecho {number}"),
        contact=f"Cargo {number}",
    )
    with transaction() as db:
        write_row(db, actor=FOCAL_POINT, row_id=row_id, draft=draft, now=NOW)


@pytest.mark.both_databases
def test_killed_while_a_row_saves_nothing_is_torn_and_nothing_answered_is_lost(app: Flask) -> None:
    """Given a row that is saved again and again, when its process is killed, then the row holds one
    save whole, the last that was answered or the one that was on its way, and so does the journal.
    """
    with app.app_context(), transaction() as db:
        world(db)
        row_id = own(db, a_period(db)).agreed[0].id
    first = 0
    with writer(app, write, row_id) as killed_after:
        for moment in (0.0, 0.003, 0.011):
            answered = killed_after(first, SAVES, moment)
            with app.app_context(), reading() as db:
                row = db.get_one(MatrixRow, row_id)
                number = int(row.fact["es"].removeprefix("Hecho "))
                assert answered <= number <= answered + 1
                assert row.contact == f"Cargo {number}"
                assert row.status == ("advanced", "done")[number % 2]
                written = select(func.count()).where(JournalEntry.fact == "MatrixRowWritten")
                assert db.scalar(written) == number + 1, "each save changed the status"
            first = number + 1
