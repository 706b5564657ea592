"""Two series for the same hours at the same moment: one is planned whole, the other wholly
refused.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import text

from app.infra.database import transaction, writing_engine
from app.planning.events.models import Event, Series
from app.planning.scheduling.models import Claim, Engagement
from app.planning.scheduling.rules import refusals
from app.planning.scheduling.services import claims
from app.planning.series.rules import SeriesRefused
from app.planning.series.services import plan_series
from tests.planning.events.planning_builders import NOW, ORGANIZER, furnished
from tests.planning.scheduling.test_race import DOUBLE_BOOKINGS
from tests.planning.scheduling.test_schema import drop_rule
from tests.planning.series.series import a_first, count, every_week, look

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(app: Flask) -> Flask:
    furnished(app)
    return app


def race(app: Flask, ready: Callable[[], None] = lambda: None) -> list[str]:
    """Two organizers want the same hours at the same moment, for two groups that never meet at
    once.
    """
    barrier = Barrier(2)

    def work(group: str) -> str:
        with app.app_context():
            ready()
            barrier.wait(timeout=30)
            try:
                with transaction() as db:
                    recurrence, draft = every_week(12, interval=2), a_first(groups=(group,))
                    plan_series(
                        db,
                        actor=ORGANIZER,
                        draft=draft,
                        recurrence=recurrence,
                        publish=True,
                        now=NOW,
                    )
            except SeriesRefused as refusal:
                return f"refused {len(refusal.misfits)}"
            return "accepted"

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(work, ("protection", "labour-migration")))


def test_of_two_series_at_once_one_is_whole_and_the_other_wholly_refused(world: Flask) -> None:
    assert race(world) == ["accepted", "refused 12"]
    assert (count(world, Event), count(world, Series), count(world, Engagement)) == (12, 1, 12)
    assert look(world, lambda db: db.scalar(text(DOUBLE_BOOKINGS))) == 0


def test_control_without_the_rule_both_are_booked_over_each_other(
    world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Takes away what the race above relies on: then the same two series must double-book."""
    with world.app_context(), writing_engine().begin() as connection:
        drop_rule(connection)
    monkeypatch.setattr(claims, "_require_free", lambda *_all, **_named: (set(), ()))
    monkeypatch.setattr(refusals, "require_free", lambda _findings: None)
    assert race(world) == ["accepted", "accepted"]
    assert count(world, Claim) > 0
    assert look(world, lambda db: db.scalar(text(DOUBLE_BOOKINGS))) >= 12
