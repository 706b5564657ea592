"""What the first view of a page weighs and when its largest part is seen, in Chromium on a slow line
and a slow machine, with nothing in the cache: pages for everybody, and a lesson for its learner.

The line has 400 kbit/s and 400 ms to an answer, the processor is slowed down four times. Goals:
less than 80 KB, and LCP (largest contentful paint) within 2.0 s.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from playwright.sync_api import Browser, sync_playwright

from app import create_app
from tests.load import Figure
from tests.load.serving import first_answer, free_port, running
from tests.support import session
from tests.support.actors import csrf_token, sign_in
from tests.support.databases import demo_sqlite, settings_for, sqlite_url
from tests.support.lifetime import close_app
from tests.training.learning.builders import Classroom
from tooling.machine import chromium

TIMES = 3
BYTES_PER_SECOND = 400_000 // 8
LATENCY_MS = 400
SLOWDOWN = 4
WIDTH, HEIGHT = 390, 844
GOALS = {"KB": 80.0, "s": 2.0}
PAGES = ("home", "programme", "event", "sign-in", "lesson")
LEARNER, COURSE = "official-hn", "/courses/guidelines"
LARGEST = """() => new Promise(done => {
  let last = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) last = one.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => done(last), 300);
})"""


def run() -> Iterator[Figure]:
    path = chromium()
    if path is None:
        raise RuntimeError("No Chromium here: see ./run doctor")
    folder = session.folder() / "weight"
    folder.mkdir()
    database = folder / "convoca.sqlite3"
    shutil.copyfile(demo_sqlite(), database)
    port, addresses = free_port(), {"home": "/", "programme": "/programme", "sign-in": "/sign-in"}
    event_id = _next_event(str(database))
    if event_id is not None:
        addresses["event"] = f"/events/{event_id}"
    cookie: dict[str, str] = {}
    if "lesson" in PAGES:
        addresses["lesson"], cookie = _begun_lesson(database)
    with running("flask", "serve", port=port, folder=folder):
        first_answer(port)
        urls = {
            name: f"http://127.0.0.1:{port}{addresses[name]}" for name in PAGES if name in addresses
        }
        # A thread of its own: Playwright runs once a thread, and tests have it running in theirs.
        with ThreadPoolExecutor(1) as pool:
            yield from pool.submit(_looked_at, path, urls, cookie).result()


def _begun_lesson(database: Path) -> tuple[str, dict[str, str]]:
    """The first screen of the course, begun by a learner, and the cookie of their session. In a
    database without courses a small one stands for it.
    """
    app = create_app(settings_for(sqlite_url(database), database.parent))
    client = app.test_client()
    try:
        sign_in(client, LEARNER)
        if client.get(COURSE).status_code == 404:
            Classroom(app).publish()
        begun = client.post(f"{COURSE}/enrolments", data={"csrf_token": csrf_token(client)})
        name = app.config["SESSION_COOKIE_NAME"]
        cookie = client.get_cookie(name)
        assert cookie
        return begun.location, {"name": name, "value": cookie.value}
    finally:
        close_app(app)


def _looked_at(path: str, urls: Mapping[str, str], cookie: Mapping[str, str]) -> list[Figure]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        figures = [
            one
            for name, url in urls.items()
            for one in _measured(browser, name, url, cookie if name == "lesson" else None)
        ]
        browser.close()
    return figures


def _measured(
    browser: Browser, name: str, url: str, cookie: Mapping[str, str] | None
) -> Iterator[Figure]:
    views = [first_view(browser, url, cookie) for _ in range(TIMES)]
    about: dict[str, str | int] = {
        "samples": TIMES,
        "width": WIDTH,
        "requests": int(median(view["requests"] for view in views)),
    }
    for what, key, unit in (("first view", "bytes", "KB"), ("LCP", "lcp", "s")):
        value = round(median(view[key] for view in views), 2)
        yield Figure(
            f"{name}, {what}",
            value,
            unit,
            {**about, "goal": str(GOALS[unit]), "met": "yes" if value <= GOALS[unit] else "no"},
        )


def first_view(
    browser: Browser, url: str, cookie: Mapping[str, str] | None = None
) -> dict[str, float]:
    """Returns kilobytes as they came over the line, headers included, requests, and LCP in
    seconds.
    """
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="es-CR")
    if cookie:
        context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": url}])
    page = context.new_page()
    tools = context.new_cdp_session(page)
    arrived: list[float] = []

    def finished(event: dict[str, Any]) -> None:
        arrived.append(event["encodedDataLength"])

    tools.on("Network.loadingFinished", finished)
    tools.send("Network.enable")
    tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    tools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": BYTES_PER_SECOND,
            "uploadThroughput": BYTES_PER_SECOND,
        },
    )
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.goto(url, wait_until="networkidle")
    largest = page.evaluate(LARGEST)
    context.close()
    return {"bytes": sum(arrived) / 1000, "requests": len(arrived), "lcp": largest / 1000}


def _next_event(database: str) -> UUID | None:
    """A published event that is still to come, for everybody to see."""
    with closing(sqlite3.connect(database)) as db:
        row = db.execute(
            "SELECT id FROM event WHERE status = 'published' AND NOT is_confidential"
            " AND starts_at > ? ORDER BY starts_at LIMIT 1",
            [f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"],
        ).fetchone()
    return UUID(row[0]) if row else None
