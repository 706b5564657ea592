"""What people read, and what is kept, while something below the application fails: each kind on
both databases (see tests/support/faults.py). Those that have a home elsewhere stand there.
"""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from threading import Timer
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select

from app.infra import clock, pdf
from app.infra import database as database_module
from app.infra.database import database, reading, transaction
from app.infra.files import Files
from app.infra.platform import platform
from app.office.outbox.services import queue_message
from app.office.outbox.values import Letter
from app.participation.materials.models import Material
from tests.planning.events.rows import an_event
from tests.support import apps, session
from tests.support.actors import sign_in
from tests.support.apps import Additions
from tests.support.databases import migrate, settings_for
from tests.support.faults import Figures, Tell, compared
from tests.support.forms import tokens_of
from tests.support.lifetime import close_app
from tests.support.pdfs import a_pdf
from tests.support.postgresql import binaries, own_cluster
from tests.support.server import serving

Usage = namedtuple("Usage", "total used free")
FILE = a_pdf()
UNAVAILABLE = 503


class Office:
    """An organizer who hands out materials of one event; knows which of them were accepted."""

    def __init__(self, app: Flask) -> None:
        self.app, self.client = app, app.test_client()
        self.path = f"/events/{an_event(app)}/materials"
        self.accepted: list[str] = []
        app.testing = False
        platform(app).health.forget()
        self.enter()

    def enter(self) -> None:
        sign_in(self.client, "organizer")
        self.tokens = tokens_of(self.client.get(self.path).text)

    def send(self, title: str, *, with_file: bool = False) -> Any:
        """Hands out a link, or a file, of this title."""
        typed: dict[str, Any] = {
            "kind": "presentation",
            "title_es": title,
            "title_en": "",
            "language": "es",
            "visibility": "members",
            "session": "",
            "url": "",
            **({"file": (BytesIO(FILE), "a.pdf")} if with_file else {"url": "https://x.example"}),
        }
        answer = self.client.post(f"{self.path}?lang=en", data={**typed, **self.tokens})
        return self.noted(answer, title)

    def send_again(self, page: str, title: str) -> Any:
        """Presses the one button of the page that stands in where nothing can be kept, and chooses
        again the files that it asks for.
        """
        [form] = re.findall(r'<form[^>]*action="([^"]+)">(.+?)</form>', page, re.DOTALL)
        fields = re.findall(r'name="([^"]+)" value="([^"]*)"', form[1])
        typed: dict[str, Any] = {name: unescape(value) for name, value in fields}
        asked = re.findall(r'type="file" id="file-\d" name="([^"]+)" required', form[1])
        typed |= {name: (BytesIO(FILE), "a.pdf") for name in asked}
        return self.noted(self.client.post(unescape(form[0]), data=typed), title)

    def noted(self, answer: Any, title: str) -> Any:
        if answer.status_code == 303 and answer.location.startswith(f"{self.path}#"):
            self.accepted.append(title)
        return answer

    def figures(self) -> Figures:
        """Returns how many accepted materials are not there, and how many are there that were not
        accepted, or more than once.
        """
        with self.app.app_context(), reading() as db:
            kept = [title.in_("es") for title in db.scalars(select(Material.title))]
        return compared(kept, self.accepted)

    @property
    def is_sqlite(self) -> bool:
        return database_of(self.app).startswith("/")


def database_of(app: Flask) -> str:
    """Returns the path of the file, or the address as psycopg takes it."""
    url = platform(app).settings.database
    return url.removeprefix("sqlite:///").replace("postgresql+psycopg://", "postgresql://")


def on_server(app: Flask, statement: str) -> None:
    with psycopg.connect(database_of(app), autocommit=True) as connection:
        connection.execute(statement.encode())


def refusing(code: str) -> str:
    """Returns what makes PostgreSQL refuse new materials with this code."""
    return f"""
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON material EXECUTE FUNCTION refuse();
    """


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second instead of half a minute."""
    monkeypatch.setattr(database_module, "LONGEST_WAIT_SECONDS", 0.5)
    quick = database_module.BUSY_TIMEOUT.replace("10000", "500")
    pragmas = (*database_module.SQLITE_PRAGMAS, quick)
    monkeypatch.setattr(database_module, "SQLITE_PRAGMAS", pragmas)


@pytest.fixture
def additions() -> Additions:
    """One application on each database for all tests here."""
    return _nothing_more


def _nothing_more(_app: Flask) -> None:
    """Adds nothing."""


@pytest.fixture
def office(impatient: None, own_app: Flask) -> Office:
    return Office(own_app)


def refused_for_now(answer: Any, *, seconds: str) -> str:
    assert answer.status_code == UNAVAILABLE, answer.text[:2000]
    assert answer.headers["Retry-After"] == seconds
    page: str = answer.text
    return page


HOLDS_AND_STANDS_STILL = """
import fcntl, os, signal, sys
if sys.argv[1].startswith("/"):
    held = open(sys.argv[1] + ".gate", "a")
    fcntl.flock(held, fcntl.LOCK_EX)
else:
    import psycopg
    held = psycopg.connect(sys.argv[1])
    held.execute("LOCK TABLE material IN EXCLUSIVE MODE")
os.kill(os.getpid(), signal.SIGSTOP)
"""


@pytest.mark.fault("process stopped")
def test_process_that_stands_still_in_its_transaction_stops_no_reader(
    office: Office, fault: Tell
) -> None:
    assert office.send("before").status_code == 303
    command = [sys.executable, "-c", HOLDS_AND_STANDS_STILL, database_of(office.app)]
    with subprocess.Popen(command) as stopped:
        assert os.WIFSTOPPED(os.waitpid(stopped.pid, os.WUNTRACED)[1])
        page = refused_for_now(office.send("Ñandú <b>"), seconds="30")
        assert office.client.get(office.path).status_code == 200
        stopped.kill()
    assert office.send_again(page, "Ñandú <b>").status_code == 303
    fault(**office.figures(), page=page)
    assert len(office.accepted) == 2


@contextmanager
def locked(app: Flask) -> Iterator[None]:
    """Another program holds the database, without standing in the line of our own writers."""
    address = database_of(app)
    if address.startswith("/"):
        with closing(sqlite3.connect(address)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
        return
    with psycopg.connect(address) as connection:
        connection.execute("LOCK TABLE material IN EXCLUSIVE MODE")
        yield
        connection.rollback()


@pytest.mark.fault("database locked")
def test_database_that_another_program_holds_is_read_and_what_was_typed_is_kept(
    office: Office, fault: Tell
) -> None:
    with locked(office.app):
        page = refused_for_now(office.send("typed"), seconds="30")
        assert office.client.get(office.path).status_code == 200
    assert office.send_again(page, "typed").status_code == 303
    fault(**office.figures(), page=page)


@pytest.mark.fault("connections used up")
def test_without_a_connection_left_it_is_said_at_once(office: Office, fault: Tell) -> None:
    with office.app.app_context(), ExitStack() as held:
        database.engine.dispose()
        for _ in range(15):  # the five and the ten more of SQLAlchemy
            held.enter_context(database.engine.connect())
        page = refused_for_now(office.send("typed"), seconds="30")
    assert office.send_again(page, "typed").status_code == 303
    fault(**office.figures(), page=page)


def take_no_write(connection: Any) -> None:
    raw = connection.connection.driver_connection
    raw.execute("PRAGMA query_only=ON")


@pytest.mark.fault("database read-only")
def test_database_that_takes_no_write_is_read(office: Office, fault: Tell) -> None:
    """SQLite refuses with the code of a disk that is mounted read-only, PostgreSQL with that of a
    standby.
    """
    assert office.send("before").status_code == 303
    with office.app.app_context():
        if office.is_sqlite:
            event.listen(database.engine, "begin", take_no_write)
        else:
            on_server(office.app, refusing("read_only_sql_transaction"))
        database.engine.dispose()
    page = refused_for_now(office.send("typed"), seconds="30")
    assert office.client.get(office.path).status_code == 200
    with office.app.app_context():
        if office.is_sqlite:
            event.remove(database.engine, "begin", take_no_write)
        else:
            on_server(office.app, "DROP TRIGGER refuse ON material")
        database.engine.dispose()
    assert office.send_again(page, "typed").status_code == 303
    fault(**office.figures(), page=page)


def forbid_growth(connection: sqlite3.Connection, _record: object) -> None:
    [pages] = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")


@pytest.mark.fault("disk full")
def test_full_disk_answers_503_with_a_sentence(office: Office, fault: Tell) -> None:
    """The database may not grow by a page, as on a full disk: SQLite says SQLITE_FULL in both
    cases. PostgreSQL says it by a trigger.
    """
    assert office.send("before").status_code == 303
    with office.app.app_context():
        database.engine.dispose()
        if office.is_sqlite:
            event.listen(database.engine, "connect", forbid_growth)
        else:
            on_server(office.app, refusing("disk_full"))
    for number in range(200):  # there may be room left in pages that are begun
        answer = office.send(f"{number} {'x' * 150}")
        if answer.status_code != 303:
            break
    page = refused_for_now(answer, seconds="300")
    assert office.client.get(office.path).status_code == 200
    with office.app.app_context():
        if office.is_sqlite:
            event.remove(database.engine, "connect", forbid_growth)
        else:
            on_server(office.app, "DROP TRIGGER refuse ON material")
        database.engine.dispose()
    for _ in range(2):  # whoever is impatient presses twice
        assert office.send_again(page, f"{number} {'x' * 150}").status_code == 303
    del office.accepted[-1]
    fault(**office.figures(), page=page)


@pytest.mark.fault("disk nearly full")
def test_files_are_refused_before_the_disk_is_full(
    office: Office, fault: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given less than 5 % and 1,000 MB, when a file is sent, then it is refused with what was typed
    beside it kept, text is saved, and the status page says so.
    """
    free = 900 * 10**6
    monkeypatch.setattr(shutil, "disk_usage", lambda _at: Usage(10**11, 10**11 - free, free))
    refused = office.send("with a file", with_file=True)
    assert refused.status_code == UNAVAILABLE
    [back] = re.findall(r'class="btn btn-primary" href="([^"]+kept=[^"]+)"', refused.text)
    assert 'value="with a file"' in office.client.get(unescape(back)).text
    assert office.send("a link").status_code == 303
    assert "files are refused" in office.client.get("/status?lang=en").text
    monkeypatch.setattr(shutil, "disk_usage", lambda _at: Usage(10**10, 10**10 - free, free))
    assert office.send("on a small disk", with_file=True).status_code == 303
    fault(**office.figures(), page=refused.text)


@pytest.mark.linux("a folder in /sys takes no file, whoever writes")
@pytest.mark.fault("store refuses")
def test_store_that_takes_no_file_stops_files_alone(
    office: Office, fault: Tell, tmp_path: Path
) -> None:
    own = platform(office.app).files
    settings = platform(office.app).settings
    shut = settings.model_copy(update={"files_url": "file:///sys/kernel"})
    platform(office.app).files = Files(shut)
    page = refused_for_now(office.send("with a file", with_file=True), seconds="300")
    assert office.send("a link").status_code == 303
    platform(office.app).files = own
    assert "Choose “a.pdf” again" in page
    assert office.send_again(page, "with a file").status_code == 303
    with office.app.app_context(), reading() as db:
        assert db.scalars(select(Material.filename).where(Material.filename != "")).all() == [
            "a.pdf"
        ]
    fault(**office.figures(), page=page)


@pytest.mark.fault("upload torn")
def test_upload_whose_line_breaks_leaves_nothing(
    database_url: str, tmp_path: Path, fault: Tell
) -> None:
    data = tmp_path / "var"
    with serving(database_url, data) as server:
        office = Office(server.app)
        port = urlsplit(server.url).port
        head = (
            f"POST {office.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\nContent-Disposition: "
            'form-data; name="file"; filename="a.pdf"\r\n\r\n'
        )
        for _ in range(8):  # as many as there are threads that answer
            with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
                line.sendall(head.encode() + FILE + bytes(300_000))
        assert office.send("whole", with_file=True).status_code == 303
        stored = [path for path in data.glob("files/??/*") if path.is_file()]
        assert len(stored) == 1
        fault(**office.figures())


@pytest.mark.fault("clock jumps")
def test_clock_that_jumps_lets_people_work_and_doubles_no_letter(
    office: Office, fault: Tell
) -> None:
    """A letter that is queued before a jump leaves after it, and one that is queued then leaves once
    the clock is right again: each once. People sign in anew: they were away for too long, or their
    cookies are of a time that is to come.
    """
    mail, queued = platform(office.app).settings.data / "mail", 0
    for jump in (timedelta(hours=1), timedelta(hours=-1), timedelta(days=-1)):
        queued += queue_letter(office.app, f"before.{jump}")
        with time_machine.travel(clock.now() + jump):
            office.enter()
            assert office.send(f"at {jump}").status_code == 303
            drain(office.app)
            assert len(list(mail.glob("*.eml"))) == queued
            queued += queue_letter(office.app, f"after.{jump}")
        drain(office.app)
        assert len(list(mail.glob("*.eml"))) == queued
    fault(**office.figures())


def queue_letter(app: Flask, dedupe: str) -> int:
    letter, now = Letter("Hola", "Hola"), clock.now()
    with app.app_context(), transaction() as db:
        queue_message(db, dedupe=dedupe, address="a@x.org", language="es", letter=letter, now=now)
    return 1


def drain(app: Flask) -> None:
    with app.app_context():
        platform(app).jobs.drain()


def paper_of(office: Office) -> Any:
    """Asks for the attendance of another event each time: what was drawn is remembered."""
    title = {"es": f"Reunión {uuid4()}"}
    path = f"/events/{an_event(office.app, title=title)}/attendance/exports?lang=en"
    return office.client.post(path, data={"kind": "pdf", **office.tokens})


def drawing_process() -> int:
    """Returns the number of the process that this one draws by."""
    own = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    children = [int(child) for path in own for child in path.read_text().split()]
    [number] = [
        child
        for child in children
        if b"printing_process" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]
    return number


@pytest.mark.fault("no PDF engine")
def test_without_pango_everything_but_papers_works(
    office: Office, fault: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "PAGES", "app.infra.without_pango:page")
    page = paper_of(office)
    assert page.status_code == UNAVAILABLE
    assert office.send("a link").status_code == 303
    fault(**office.figures(), page=page.text)


@pytest.mark.linux("finds the process that it kills in /proc")
@pytest.mark.fault("printer killed")
def test_drawing_process_that_is_killed_is_followed_by_another(office: Office, fault: Tell) -> None:
    assert paper_of(office).data.startswith(b"%PDF")
    os.kill(drawing_process(), signal.SIGKILL)
    assert office.send("a link").status_code == 303
    assert paper_of(office).data.startswith(b"%PDF")
    fault(**office.figures())


@pytest.mark.fault("backup damaged")
def test_backup_that_was_cut_off_is_found_and_not_restored(
    office: Office, fault: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not office.is_sqlite:  # programs of the server's version; Debian's may be older
        programs = binaries(session.folder(), {})
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    assert office.send("before").status_code == 303
    run = office.app.test_cli_runner().invoke
    made = run(args=["backup", "make"])
    assert made.exit_code == 0, made.output
    [dump] = platform(office.app).settings.data.glob("backups/*/database.*")
    os.truncate(dump, dump.stat().st_size - 3)
    told = run(args=["backup", "verify"])
    assert (told.exit_code, run(args=["backup", "restore", "--replace"]).exit_code) == (1, 1)
    fault(**office.figures(), page=told.output)


@contextmanager
def restartable(
    database_url: str,
) -> Iterator[tuple[str, Callable[[], object], Callable[[], object]]]:
    """Gives the address of a database of its own, and what stops it at once and lets it answer
    again. A SQLite file is locked by another program for 15 seconds.
    """
    if database_url.startswith("sqlite"):
        path = database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, check_same_thread=False)) as connection:

            def lock() -> None:
                connection.execute("BEGIN IMMEDIATE")
                Timer(15, connection.rollback).start()

            yield database_url, lock, lambda: None
        return
    with own_cluster(session.folder() / "restarted") as cluster:
        yield cluster.url, cluster.stop, cluster.start


@pytest.mark.fault("database restarted", long=True)
def test_database_that_is_stopped_at_once_loses_nothing_that_was_accepted(
    database_url: str, tmp_path: Path, fault: Tell
) -> None:
    with restartable(database_url) as (url, stop, start):
        if url != database_url:
            migrate(url, tmp_path / "var")
        app = apps.made(settings_for(url, tmp_path / "var"))
        office = Office(app)
        for number in range(30):
            assert office.send(f"before {number}").status_code == 303
        stop()
        page = refused_for_now(office.send("typed"), seconds="30")
        if not office.is_sqlite:
            refused_for_now(office.client.get(office.path), seconds="30")
            assert office.app.test_client().get("/healthz").status_code == 200
        start()
        assert office.send_again(page, "typed").status_code == 303
        fault(**office.figures(), page=page)
        close_app(app)
