"""A database that holds the demonstration says so on every page, and can be put aside."""

import os
import re
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.demo_mark import DemoMark, mark_as_demo
from app.infra.platform import platform
from app.kernel.actor import Role
from app.office.demo.services.clean import StillInUse, put_aside
from app.people.directory.models import Country
from tests.office.outbox.test_sending import free_port
from tests.support import apps, databases, patience
from tests.support.actors import an_account, sign_in
from tests.support.lifetime import close_app

Found = TypeVar("Found")
MARK = "Demostración"
PAGES = ("/", "/sign-in", "/programme", "/verify", "/no-such-page")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The data folder of the demonstration, as `./run` leaves it."""
    data = tmp_path / "var"
    with databases.demo_copy("sqlite", data):
        yield data


@pytest.fixture
def served(folder: Path) -> Iterator[Flask]:
    """As `./run serve` makes it: the setting DEMO is off."""
    app = apps.made(databases.settings_for("", folder, demo=False))
    yield app
    close_app(app)


def test_demo_says_so_on_every_page_however_it_is_served(served: Flask) -> None:
    client = served.test_client()
    for path in PAGES:
        assert MARK in client.get(path).text, path
    sign_in(client, "organizer")
    assert MARK in client.get("/").text


def test_database_without_the_demo_says_nothing_of_the_kind(app: Flask) -> None:
    client = app.test_client()
    assert MARK not in client.get("/").text
    assert client.get("/demo").status_code == 404


def test_certificate_of_the_demo_is_marked_however_it_is_served(app: Flask) -> None:
    from app.training.certificates import tasks
    from app.training.certificates.values import IssuedFrom

    with app.app_context(), transaction() as db:
        mark_as_demo(db, now=clock.now())
        given: dict[str, object] = {}
        entry = type(
            "Entry", (), {"payload": {"person_id": 1, "edition_id": 1, "enrolment_id": "0" * 32}}
        )()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tasks, "issue_certificate", lambda _db, **k: given.update(k))
            tasks.on_course_completed(db, entry, now=clock.now())
    assert isinstance(given["place"], IssuedFrom)
    assert given["place"].is_demo


def test_command_puts_the_demo_aside_whole(folder: Path, served: Flask) -> None:
    for name in ("backups", "archives"):
        (folder / name).mkdir()
    names = {path.name for path in folder.iterdir()} - {"convoca.sqlite3.gate"}
    outcome = served.test_cli_runner().invoke(args=["demo", "clean"])
    assert outcome.exit_code == 0, outcome.output
    aside = folder / f"demo-{clock.today():%Y-%m-%d}"
    assert str(aside) in outcome.output
    assert not (folder / "convoca.sqlite3").exists()
    assert names <= {path.name for path in aside.iterdir()} | {aside.name}
    with closing(sqlite3.connect(aside / "convoca.sqlite3")) as kept:
        assert kept.execute("SELECT count(*) FROM person").fetchone()[0] > 100


def test_demo_in_use_stays_where_it_is(folder: Path) -> None:
    mine = databases.settings_for("", folder)
    with closing(sqlite3.connect(folder / "convoca.sqlite3")) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("SELECT count(*) FROM person").fetchone()
        with pytest.raises(StillInUse):
            put_aside(mine, on=date(2026, 11, 29))
    assert (folder / "convoca.sqlite3").exists()
    assert put_aside(mine, on=date(2026, 11, 29)).name == "demo-2026-11-29"
    (folder / "convoca.sqlite3").write_bytes(
        (folder / "demo-2026-11-29/convoca.sqlite3").read_bytes()
    )
    assert put_aside(mine, on=date(2026, 11, 29)).name == "demo-2026-11-29-2"


def test_office_at_work_is_never_put_aside(app: Flask) -> None:
    outcome = app.test_cli_runner().invoke(args=["demo", "clean"])
    assert outcome.exit_code == 1
    assert "does not hold the demo" in outcome.output


def test_press_is_offered_to_organizers_and_not_to_others(served: Flask) -> None:
    platform(served).serves = True
    client = served.test_client()
    words = "Apartar la demostración"
    assert words in client.get("/demo").text, "nobody but invented people has an account"
    sign_in(client, "organizer")
    assert words in client.get("/demo").text
    sign_in(client, "official-hn")
    assert words not in client.get("/demo").text
    an_account(served, "real@example.com", name="Laura", roles=[(Role.ORGANIZER, "")])
    assert words not in served.test_client().get("/demo").text


def test_one_press_ends_the_demo_and_the_terminal_shows_the_first_step(folder: Path) -> None:
    """With the true server, which ends and starts itself anew."""
    port = free_port()
    surroundings = {
        **os.environ,
        "FLASK_APP": "app",
        "PORT": str(port),
        "CONVOCA_DATA": str(folder),
        "DATABASE_URL": "",
        "JOBS": "inprocess",
        "ENVIRONMENT": "development",
    }
    log = folder.parent / "terminal"
    with log.open("w") as terminal:
        server = subprocess.Popen(
            [sys.executable, "-m", "flask", "serve"],
            env=surroundings,
            stdout=terminal,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _until(lambda: "./run clean" in log.read_text())
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = _until(lambda: browser.open(f"{address}/demo").read().decode())
        tokens = dict(re.findall(r'name="(csrf_token|form_token)" value="([^"]+)"', page))
        answer = browser.open(f"{address}/demo/clean", urlencode(tokens).encode())
        assert "Convoca se inicia de nuevo" in answer.read().decode()
        first = _until(lambda: _first(log.read_text()))
        page = _until(lambda: browser.open(first).read().decode())
        assert MARK not in page
        assert "¿Quién es usted?" in page
    finally:
        server.terminate()
        server.wait(timeout=20)
    assert list(folder.glob("demo-*/convoca.sqlite3"))


def _first(said: str) -> str:
    found = re.search(r"http://\S+/first/\S+", said)
    return found[0] if found else ""


def _until(look: Callable[[], Found]) -> Found:
    limit = time.monotonic() + patience.scaled(60)
    while time.monotonic() < limit:
        try:
            if found := look():
                return found
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError("it did not happen in time")


def test_demo_of_an_earlier_version_is_known_by_its_people(served: Flask) -> None:
    """The migration marks it: undone and done again, the mark is back."""
    with served.app_context():
        with transaction() as db:
            db.execute(delete(DemoMark))
        platform(served).holds_demo = None
        from flask_migrate import downgrade, upgrade

        downgrade(revision="0031_installation")
        upgrade()
        with reading() as db:
            assert db.scalar(select(DemoMark.id)) == 1
            assert db.scalar(select(Country.code).limit(1))
