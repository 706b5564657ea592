"""A year with a thousand published events in four groups, for the benchmarks of pages and feeds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from statistics import median

from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.infra import clock
from app.infra.database import transaction
from app.people.directory.services.reference import seed_reference
from tests.load import Figure
from tests.planning.events.rows import add_event
from tests.support import databases, session
from tests.support.lifetime import close_app

EVENTS = 1000
GROUPS = ("protection", "labour-migration", "border-management", "irregular-mass-migration")
ZONES = ("America/Costa_Rica", "America/New_York", "America/Mexico_City", "America/Santo_Domingo")
YEAR = timedelta(days=365)


@contextmanager
def a_thousand_events(name: str) -> Iterator[tuple[Flask, FlaskClient]]:
    """On SQLite, with nothing cached yet; the events lie from 60 days ago to 305 days ahead."""
    folder = session.folder() / name
    url = databases.sqlite_copy(databases.migrated_sqlite(), folder / "convoca.sqlite3")
    app = create_app(databases.settings_for(url, folder))
    first = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=60)
    with app.app_context(), transaction() as db:
        seed_reference(db)
        for number in range(EVENTS):
            add_event(
                db,
                title=f"Seminario web {number}: protección de niñas, niños y mujeres migrantes; rutas",
                groups=[GROUPS[number % 4]],
                timezone=ZONES[number % 4],
                starts_at=first + YEAR / EVENTS * number,
            )
    yield app, app.test_client()
    close_app(app)


def cost(name: str, act: Callable[[], object], times: int, **about: str | int) -> Iterator[Figure]:
    """CPU and elapsed milliseconds of one act: median and best of several, the best being what a
    busy machine adds least to.
    """
    cpu, elapsed = [], []
    for _ in range(times):
        started, ticked = time.perf_counter(), time.process_time()
        act()
        cpu.append((time.process_time() - ticked) * 1000)
        elapsed.append((time.perf_counter() - started) * 1000)
    conditions = {"events": EVENTS, "samples": times, **about}
    for kind, found in (("CPU", cpu), ("elapsed", elapsed)):
        yield Figure(f"{name}, {kind} median", round(median(found), 2), "ms", conditions)
        yield Figure(f"{name}, {kind} best", round(min(found), 2), "ms", conditions)
