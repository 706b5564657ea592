"""A whole class at once, every press sent twice, over several workers; one of them is killed."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.infra.database import transaction
from tests.support import sitting
from tests.support.faults import Tell
from tests.support.workers import served
from tests.training.learning.builders import QUIZ_1, Classroom

LEARNERS, QUESTIONS = 12, 3
CLIENTS = 4
"""With a worker when it is killed: as many as it has threads, all of them in mid-request."""


@pytest.mark.linux("finds the worker that it kills in /proc")
@pytest.mark.both_databases
@pytest.mark.fault("web killed")
def test_r20_no_answer_is_lost_or_doubled_when_a_worker_dies(
    app: Flask, database_url: str, tmp_path: Path, fault: Tell
) -> None:
    room = Classroom(app)
    room.publish()
    learners, answers = sitting.prepare(app, learners=LEARNERS, course=room.course, place=QUIZ_1)
    with served(database_url, tmp_path, processes=2) as workers:
        workers.wake(2)

        def kill_one() -> None:
            """Kills a worker while no answer can be written, so that nothing that it has begun is
            answered before.
            """
            with app.app_context(), transaction() as db:
                if db.get_bind().dialect.name == "postgresql":
                    db.execute(text("LOCK TABLE attempt, attempt_item IN EXCLUSIVE MODE"))
                workers.kill_one_that_serves(CLIENTS)

        outcome = sitting.run(
            workers.url, "/courses/guidelines", learners, answers, halfway=kill_one
        )
    verdict = sitting.verdict(app, learners, answers, outcome)
    fault(lost=verdict.lost, doubled=verdict.doubled)
    assert verdict == sitting.Verdict(LEARNERS * QUESTIONS, 0, 0, 0, 0, 0)
    assert outcome.dropped > 0, "nobody was talking to the worker that was killed"
