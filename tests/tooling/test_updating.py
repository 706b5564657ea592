"""What an installation of an earlier version goes through when this one takes it over, and that its
backup works: the drill that the build server runs on both engines.
"""

import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.infra.backups import dumps
from app.infra.backups.places import places_of
from app.infra.database import database, reading, transaction
from app.infra.files import files, key_of
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.office.backups.queries import backup_state
from app.office.backups.services import ask_for
from app.office.backups.tasks.making import backup, make_nightly
from app.office.backups.values import BackupWork
from app.training.certificates.models import Certificate, CertificateFile
from config import Settings
from tests.support import databases, session, states
from tests.support.forms import tokens_of
from tests.support.lifetime import close_app
from tests.support.postgresql import binaries


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def updated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An application on what the first commit left, after the steps of `./run`. Its programs of
    PostgreSQL are those of the server: Debian's may be older.
    """
    data = tmp_path_factory.mktemp("old")
    with pytest.MonkeyPatch.context() as patch, states.state(request.param, data) as url:
        if request.param == "postgresql":
            programs = binaries(session.folder(), {})
            patch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        app = create_app(databases.settings_for(url, data, backup_folder=data / "kept"))
        for command in (["db", "upgrade"], ["reference", "load"], ["check"]):
            done = app.test_cli_runner(catch_exceptions=False).invoke(args=command)
            assert done.exit_code == 0, done.output
        yield app
        close_app(app)


def told(app: Flask, *words: str) -> str:
    done = app.test_cli_runner(catch_exceptions=False).invoke(args=words)
    assert done.exit_code == 0, done.output
    return done.output


def left_by_killed_drill(url: str) -> None:
    if url.startswith("postgresql"):
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("CREATE DATABASE convoca_drill_20261128081500_4711")


@contextmanager
def somebody_at(url: str) -> Iterator[None]:
    """A service that runs on the database."""
    if url.startswith("postgresql"):
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("SELECT 1")
            yield
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.execute("SELECT 1 FROM person").fetchone()
        yield


def drills_on(url: str) -> list[str]:
    if not url.startswith("postgresql"):
        return []
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        asked = "SELECT datname FROM pg_database WHERE datname LIKE 'convoca_drill_%'"
        return [name for (name,) in connection.execute(asked)]


def test_installation_of_the_first_commit_is_taken_over(updated: Flask) -> None:
    """It holds an edition whose label came with other texts afterwards: that stopped the start."""
    loaded = told(updated, "reference", "load")
    assert "psea 2026.2 was published here with other texts" in loaded
    client = updated.test_client()
    for path in ("/", "/programme", "/courses", "/verify", "/healthz", "/readyz"):
        assert client.get(path, follow_redirects=True).status_code == 200, path
    with updated.app_context(), reading() as db:
        [code] = db.scalars(select(Certificate.code))
    page = client.get(f"/verify/{code}?lang=es")
    assert page.status_code == 200
    assert states.HOLDER in page.text
    tokens = tokens_of(client.get("/sign-in").text)
    typed = {"email": states.ORGANIZER, "password": states.PASSWORD, **tokens}
    assert client.post("/sign-in", data=typed).status_code == 302


def test_r82_after_the_loss_of_the_machine_all_is_as_it_was(updated: Flask) -> None:
    """Given a running office whose nightly backup a drill has tried out, when the machine's data are
    lost and the backup is restored, then counts, record, a sign-in and a certificate are as before,
    and the status page says when a drill last worked. A file damaged in the backup fails the drill.
    """
    content = b"%PDF-1.7 as it was issued"
    with updated.app_context():
        assert backup().state == "degraded", "a place is set, and nothing was made"
        files().put(content)
        with transaction() as db:
            db.add(
                CertificateFile(
                    certificate_id=db.scalars(select(Certificate.id)).one(),
                    media_type="application/pdf",
                    sha256=hashlib.sha256(content).hexdigest(),
                    size=len(content),
                    stored_at=datetime(2026, 11, 30, tzinfo=UTC),
                )
            )
        told(updated, "journal", "new-key")
        left_by_killed_drill(platform().settings.database)
        for _consumer in range(2):
            make_nightly()
        platform().jobs.drain()
        assert backup().details["drilled_at"] is None
        drilled = told(updated, "backup", "drill")
        for line in ("a certificate: works", "the record: works", "a sign-in: works", "passed."):
            assert line in drilled
        assert drills_on(platform().settings.database) == []
        assert backup().state == "ok"
        with transaction() as db:
            ask_for(db, actor=SYSTEM, work=BackupWork.MAKE, now=datetime.now(UTC))
        with reading() as db:
            assert backup_state(db, platform().settings).asked_at is not None
        platform().jobs.drain()
        with reading() as db:
            assert backup_state(db, platform().settings).asked_at is None
            written = select(JournalEntry.fact).where(JournalEntry.subject_kind == "backup")
            names = db.scalars(written.order_by(JournalEntry.id)).all()
            assert names == [
                "BackupAsked",
                "BackupMade",
                "DrillPassed",
                "BackupAsked",
                "BackupMade",
            ]
        with somebody_at(platform().settings.database):
            done = updated.test_cli_runner().invoke(args=["backup", "restore", "--replace"])
            assert (done.exit_code, "stop it first" in done.output) == (1, True), done.output
        was = as_it_is(updated)
        told(updated, "backup", "make")
        kept_apart = lose(platform().settings)
        assert "is restored" in told(updated, "backup", "restore")
        (platform().settings.data / "journal.key").write_bytes(kept_apart)
        told(updated, "db", "upgrade")
        assert as_it_is(updated) == was
        assert files().get(key_of(hashlib.sha256(content).hexdigest())) == content
        [place] = places_of(platform().settings)
        [key] = place.manifest(place.newest()).files.values()
        assert isinstance(place.where, Path)
        damaged = place.where / key
    client = updated.test_client()
    typed = {"email": states.ORGANIZER, "password": states.PASSWORD}
    client.post("/sign-in", data={**typed, **tokens_of(client.get("/sign-in").text)})
    with updated.app_context():
        drilled_at = datetime.fromisoformat(backup().details["drilled_at"])
    hour = f"{drilled_at.astimezone(ZoneInfo('America/Costa_Rica')):%-d %b %Y, %H:%M}"
    assert f"restored on trial {hour}" in client.get("/status?lang=en").text
    damaged.write_bytes(b"%PDF-1.7 as nobody issued")
    done = updated.test_cli_runner().invoke(args=["backup", "drill"])
    assert done.exit_code == 1
    assert "its bytes are not those that were written" in done.output
    with updated.app_context():
        assert (backup().state, backup().details["fails"]) == ("degraded", True)


def as_it_is(app: Flask) -> tuple[object, ...]:
    """Returns what the record and the certificate's page say, and the number of rows in each table."""
    verified = told(app, "journal", "verify").splitlines()
    with app.app_context(), reading() as db:
        [code] = db.scalars(select(Certificate.code))
    page = app.test_client().get(f"/verify/{code}?lang=es").text
    facts = re.sub(r"\d+:\d\d", "", " ".join(re.sub("<[^>]+>", " ", page).split()))
    return verified[-2:], facts, dict(dumps.state_of(platform(app).settings.database).counts)


def lose(settings: Settings) -> bytes:
    """Loses all data of the machine but the backups; returns the key of the record, which the office
    keeps apart.
    """
    kept_apart = (settings.data / "journal.key").read_bytes()
    database.engine.dispose()
    if settings.database.startswith("postgresql"):
        url = settings.database.replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
    for path in settings.data.iterdir():
        if path.is_dir() and path.name != "kept":
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()
    return kept_apart
