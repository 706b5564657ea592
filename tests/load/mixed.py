"""Whether two web processes and one of background work hold out on PostgreSQL: officials who read
lessons and save answers, organizers who plan, people who verify, calendars and programs that ask,
while 300 connections send a byte in ten seconds.

A year of the real body is 12 events and some 500 officials: 150,000 requests of a course (300 for each
of them), 132,000 of the office (three people, 220 days, 200 pages), 24,000 about events and 5,000 to
verify, in 220 days of eight hours: 0.05 a second; and calendars that ask every hour: 0.05 more. The
hundredfold is 10 a second; 20 is that of an hour that is twice as busy as the mean.

Requests leave when they are due, whoever still waits: what is measured begins at that moment. One
line; `MINUTES` says for how long. The first part warms up and counts for nothing.
"""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from random import Random
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import psycopg
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.infra.database import reading
from app.participation.registrations.values import CONSENT_VERSION
from app.people.identity.values import SignInWay
from app.planning.events.models import Event
from app.training.certificates.models import Certificate
from app.training.learning.values import CoursePosition
from tests.load import Figure
from tests.planning.events.planning_builders import typed
from tests.support import databases, rush, session, sitting
from tests.support.actors import open_session
from tests.support.lifetime import close_app
from tests.support.slow_clients import slow_clients
from tests.support.workers import SECRET, served

MINUTES = float(os.environ.get("MINUTES", "2"))
A_SECOND, CLIENTS, SLOW = 20.0, 32, 300
PEOPLE, LEARNERS, PLACES = 1200, 100, 400
WARM_UP = 0.3
COURSE, MODULE = "/courses/guidelines", "01-framework"
FORM = "application/x-www-form-urlencoded"

Sent = tuple[str, str, dict[str, str], str | None]
"""Method, path, headers and body."""


@dataclass
class Load:
    """What the clients send, and what they saw: milliseconds from when a request was due."""

    app: Flask
    netloc: str = ""
    asked: dict[str, Callable[[int], Sent]] = field(default_factory=dict)
    milliseconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)

    def keep_up(self, seconds: float) -> None:
        """Sends for so long; what was seen before is forgotten."""
        self.milliseconds.clear()
        self.errors.clear()
        order = [name for name, share in SHARES.items() for _ in range(share)]
        Random(1).shuffle(order)
        numbers, lock, began = count(), threading.Lock(), time.monotonic()

        def client(_number: int) -> None:
            while True:
                with lock:
                    number = next(numbers)
                due = number / A_SECOND
                if due > seconds:
                    return
                time.sleep(max(0.0, began + due - time.monotonic()))
                name = order[number % len(order)]
                status = self._status(number, self.asked[name](number // len(order)))
                took = (time.monotonic() - began - due) * 1000
                with lock:
                    self.milliseconds[name].append(took)
                    if not 200 <= status < 400:
                        self.errors[f"{name}: {status}"] += 1

        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(client, range(CLIENTS)))

    def _status(self, number: int, sent: Sent) -> int:
        """Returns 0 where the connection broke. Each comes from another address, as a proxy says it."""
        method, path, headers, body = sent
        connection = HTTPConnection(self.netloc, timeout=60)
        came_from = f"198.18.{number // 250 % 250}.{number % 250}"
        try:
            connection.request(method, path, body, {**headers, "X-Forwarded-For": came_from})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except OSError:
            return 0
        finally:
            connection.close()


SHARES = {"lesson": 30, "answer": 20, "feed": 20, "planning": 15, "program": 10, "verify": 5}


def requests_of(app: Flask) -> dict[str, Callable[[int], Sent]]:
    """Makes whoever sends, and says what each sends the n-th time."""
    crowd = rush.prepare(app, people=PEOPLE, capacity=PLACES)
    place = CoursePosition(MODULE, "M1-Q", is_quiz=True)
    learners, answers = sitting.prepare(app, learners=LEARNERS, course="guidelines", place=place)
    opened = {**open_session(app, "organizer", SignInWay.PASSWORD), "csrf_token": sitting.CSRF}
    organizer = {"Cookie": sitting.cookie(opened)}
    with app.app_context(), reading() as db:
        events = list(db.scalars(select(Event.id).where(Event.published_at.is_not(None))))
        codes = list(db.scalars(select(Certificate.code)))
    chance = Random(1)
    pages = ("/desk", "/programme", "/events/plan", "/cases", "/year", f"/events/{events[0]}")
    plan = urlencode({**typed(), "csrf_token": sitting.token()}, doseq=True)

    def lesson(number: int) -> Sent:
        reader = {"Cookie": learners[number % LEARNERS].cookie}
        screen = f"{COURSE}/{MODULE}/M1-L{1 + number % 5}/1"
        return "GET", screen if number % 4 else COURSE, reader, None

    def answer(number: int) -> Sent:
        one = answers[number % len(answers)]
        fields = {"csrf_token": one.learner.token, "client_id": str(uuid4()), "option": one.option}
        headers = {"Cookie": one.learner.cookie, "Content-Type": FORM, "X-Outbox": "1"}
        path = f"{COURSE}/attempts/{one.learner.attempt_id}/{one.position}"
        return "POST", path, headers, urlencode(fields)

    def planning(number: int) -> Sent:
        if number % 3 == 0:
            return "POST", "/events/plan/check", {**organizer, "Content-Type": FORM}, plan
        return "GET", pages[number // 3 % len(pages)], organizer, None

    def program(number: int) -> Sent:
        if number % 2:
            return "GET", "/api/v1/events", {}, None
        _person, _country, token = crowd.people[number // 2 % PEOPLE]
        is_first_time = number // 2 // PEOPLE % 2 == 0
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        body = json.dumps({"consent_version": CONSENT_VERSION}) if is_first_time else None
        path = f"/api/v1/events/{crowd.event_id}/registrations"
        return "POST" if is_first_time else "DELETE", path, headers, body

    return {
        "lesson": lesson,
        "answer": answer,
        "planning": planning,
        "program": program,
        "feed": lambda _number: ("GET", "/calendar/public.ics", {"Accept-Encoding": "gzip"}, None),
        "verify": lambda _number: ("GET", f"/verify/{chance.choice(codes)}", {}, None),
    }


def run() -> Iterator[Figure]:
    folder = session.folder() / "mixed"
    with ExitStack() as stack:
        url = stack.enter_context(databases.demo_copy("postgresql", folder))
        app = create_app(databases.settings_for(url, folder))
        load = Load(app, asked=requests_of(app))
        close_app(app)
        external = {"JOBS": "external", "TRUSTED_PROXIES": "1", "MAIL_TO_FILES": "true"}
        web = stack.enter_context(served(url, folder, processes=2, given=external))
        web.wake(2)
        load.netloc = urlsplit(web.url).netloc
        settings = {
            "DATABASE_URL": url,
            "CONVOCA_DATA": str(folder),
            "BASE_URL": web.url,
            **external,
        }
        command = [sys.executable, "-m", "flask", "--app", "app", "jobs", "work"]
        own = {**os.environ, **settings, "SECRET_KEY": SECRET, "ENVIRONMENT": "test"}
        jobs = stack.enter_context(subprocess.Popen(command, cwd=databases.ROOT, env=own))
        stack.callback(jobs.terminate)
        port = urlsplit(web.url).port or 0
        slow = stack.enter_context(slow_clients(port, SLOW))
        load.keep_up(MINUTES * 60 * WARM_UP)
        processes = {**{f"web {n}": pid for n, pid in enumerate(web.workers())}, "jobs": jobs.pid}
        memory = {name: _resident_kilobytes(pid) for name, pid in processes.items()}
        megabytes, _connections = database(url)
        load.keep_up(MINUTES * 60 * (1 - WARM_UP))
        growth = {
            f"{name}, RSS growth %": f"{(_resident_kilobytes(processes[name]) / was - 1) * 100:.1f}"
            for name, was in memory.items()
        }
        grown, connections = database(url)
        held = len(slow)
    every = sorted(took for kind in load.milliseconds.values() for took in kind)
    about: dict[str, str | int] = {
        "requests": len(every),
        "a second": f"{len(every) / (MINUTES * 60 * (1 - WARM_UP)):.1f}",
        "errors": load.errors.total(),
        **load.errors,
        "p50 ms": round(_share(every, 0.5)),
        **{
            f"p99 ms, {name}": round(_share(sorted(kind), 0.99))
            for name, kind in sorted(load.milliseconds.items())
        },
        **growth,
        "database growth MB": f"{grown - megabytes:.1f}",
        "connections to PostgreSQL": connections,
        "slow connections held": held,
        "seconds": round(MINUTES * 60),
    }
    yield Figure("p99", round(_share(every, 0.99)), "ms", about)


def database(url: str) -> tuple[float, int]:
    """Megabytes of the database, and how many are connected to it besides us."""
    asked = (
        "SELECT pg_database_size(current_database()) / 1e6, count(*) - 1 FROM pg_stat_activity "
        "WHERE datname = current_database()"
    )
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        size, connections = connection.execute(asked).fetchone() or (0, 0)
    return float(size), int(connections)


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _resident_kilobytes(process: int) -> int:
    line = re.search(
        r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(), re.MULTILINE
    )
    if line is None:
        raise RuntimeError(f"/proc/{process}/status names no VmRSS")
    return int(line[1])
