"""Solving in the background: killed in the middle it begins again, and nothing is doubled."""

import json
import os
import signal

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import Delivery, JournalEntry
from app.infra.platform import platform
from app.planning.seasons.values import SeasonState
from tests.planning.seasons.solving import HALF_WAY
from tests.planning.seasons.test_services import accept
from tests.planning.seasons.world import a_season, create, events, furnished, season
from tests.support import forked
from tests.support.faults import Tell


def solve_and_kill(app: Flask) -> None:
    """Another process takes the work up and is killed with SIGKILL in the middle of it."""
    settings = platform(app).settings
    about = {
        "database_url": settings.database,
        "data": str(settings.data),
        "now": clock.now().isoformat(),
    }
    words = ("tests.planning.seasons.solving", json.dumps(about))
    with forked.begun("-m", *words, env=os.environ) as process:
        assert process.stdout.readline() == "half way\n"
        process.kill()
        assert process.wait() == -signal.SIGKILL


@pytest.mark.both_databases
@pytest.mark.fault("planning killed")
def test_a_solver_that_is_killed_begins_again_and_doubles_nothing(app: Flask, fault: Tell) -> None:
    furnished(app)
    made = create(app, a_season(3), drain=False)
    solve_and_kill(app)
    found = season(app, made)
    assert (found.state, found.progress) == (SeasonState.SOLVING, HALF_WAY)
    jobs = platform(app).jobs
    with app.app_context():
        assert jobs.drain() == 0, "the lease of the killed process still runs"
        with transaction() as db:
            db.execute(
                update(Delivery).values(next_at=clock.now()).where(Delivery.state == "pending")
            )
        assert jobs.drain() == 1
        with reading() as db:
            facts = db.scalars(select(JournalEntry.fact)).all()
            states = db.scalars(select(Delivery.state)).all()
    assert facts.count("SeasonRequested") == facts.count("SeasonProposed") == 1
    assert set(states) == {"done"}
    assert season(app, made).state is SeasonState.PROPOSED
    assert len(accept(app, made)) == 3
    fault(lost=max(0, 3 - events(app)), doubled=max(0, events(app) - 3))


def test_the_work_told_twice_is_done_once(app: Flask) -> None:
    """The mark of a delivery can be lost after the work: then it is told again."""
    furnished(app)
    made = create(app, a_season(2))
    before = season(app, made)
    with app.app_context():
        with transaction() as db:
            db.execute(update(Delivery).values(state="pending", next_at=clock.now()))
        assert platform(app).jobs.drain() == 1
        with reading() as db:
            assert db.scalars(select(JournalEntry.fact)).all().count("SeasonProposed") == 1
    assert season(app, made) == before
