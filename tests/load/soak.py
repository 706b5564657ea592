"""Whether a worker grows while it serves: mixed reading and writing for some minutes, its memory
before and after.

`CONVOCA_SOAK_MINUTES` says for how long; one minute tells a leak of every request, ten minutes a
slow one.
"""

import http.client
import json
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select

from app import create_app
from app.infra.database import reading
from app.participation.registrations.values import CONSENT_VERSION
from app.planning.events.models import Event
from tests.load import Figure
from tests.support import rush, session
from tests.support.databases import demo_sqlite, settings_for, sqlite_copy
from tests.support.lifetime import close_app
from tests.support.workers import served

MINUTES = float(os.environ.get("CONVOCA_SOAK_MINUTES", "1"))
CLIENTS, PEOPLE, PLACES = 4, 400, 100
WARM_UP = 0.3
"""The part of the time in which caches fill; memory is read after it for the first time."""
PAGES = (
    "/",
    "/programme",
    "/programme?lang=en",
    "/programme/agenda",
    "/calendar/public.ics",
    "/courses/guidelines",
    "/verify",
    "/sign-in",
    "/no-such-page",
    "/api/v1/events",
)


def run() -> Iterator[Figure]:
    folder = session.folder() / "soak"
    url = sqlite_copy(demo_sqlite(), folder / "convoca.sqlite3")
    app = create_app(settings_for(url, folder / "var"))
    crowd = rush.prepare(app, people=PEOPLE, capacity=PLACES)
    with app.app_context(), reading() as db:
        seen = select(Event.id).where(Event.published_at.is_not(None)).order_by(Event.id)
        pages = (*PAGES, *(f"/events/{event_id}" for event_id in db.scalars(seen)))
    close_app(app)
    with served(url, folder, processes=1) as server:
        server.wake(1)
        (worker,) = server.workers()
        load = _Load(urlsplit(server.url).netloc, pages, crowd)
        load.keep_up(MINUTES * 60 * WARM_UP)
        before, asked = _resident_kilobytes(worker), load.sent
        load.keep_up(MINUTES * 60 * (1 - WARM_UP))
        after = _resident_kilobytes(worker)
    requests = load.sent - asked
    about: dict[str, str | int] = {
        "requests": requests,
        "seconds": round(MINUTES * 60),
        "database": "sqlite, demo data",
    }
    yield Figure("one worker after the warm-up, RSS", round(before / 1024, 1), "MiB", about)
    yield Figure("one worker at the end, RSS", round(after / 1024, 1), "MiB", about)
    yield Figure(
        "growth per 1,000 requests", round((after - before) / max(1, requests) * 1000), "KiB", about
    )
    yield Figure("answers that were errors of the server", load.errors, "", about)


class _Load:
    """Clients that read the pages in turn; every fourth request registers somebody or gives the
    place back.
    """

    def __init__(self, netloc: str, pages: tuple[str, ...], crowd: rush.Crowd) -> None:
        self._netloc, self._pages, self._crowd = netloc, pages, crowd
        self._numbers = count()
        self.sent = self.errors = 0

    def keep_up(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        with ThreadPoolExecutor(CLIENTS) as pool:
            for sent, errors in pool.map(self._client, [until] * CLIENTS):
                self.sent += sent
                self.errors += errors

    def _client(self, until: float) -> tuple[int, int]:
        sent = errors = 0
        while not sent or time.monotonic() < until:
            errors += self._status(next(self._numbers)) >= 500
            sent += 1
        return sent, errors

    def _status(self, number: int) -> int:
        connection = http.client.HTTPConnection(self._netloc, timeout=60)
        try:
            if number % 4:
                connection.request("GET", self._pages[number % len(self._pages)])
            else:
                self._register_or_cancel(connection, number // 4)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def _register_or_cancel(self, connection: http.client.HTTPConnection, number: int) -> None:
        _person, _country, token = self._crowd.people[number % PEOPLE]
        path = f"/api/v1/events/{self._crowd.event_id}/registrations"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        is_first_time = number // PEOPLE % 2 == 0
        body = json.dumps({"consent_version": CONSENT_VERSION}) if is_first_time else None
        connection.request("POST" if is_first_time else "DELETE", path, body, headers)


def _resident_kilobytes(process: int) -> int:
    line = re.search(
        r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(), re.MULTILINE
    )
    if line is None:
        raise RuntimeError(f"/proc/{process}/status names no VmRSS")
    return int(line[1])
