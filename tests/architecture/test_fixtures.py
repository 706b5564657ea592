"""The ground that all other tests stand on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app.infra.database import reading, transaction
from tests.support import session

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.both_databases
@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_has_an_empty_migrated_database(app: Flask, database_url: str, turn: int) -> None:
    add = text(
        "INSERT INTO journal_entry (id, at, fact, subject_kind, subject_id, payload) "
        "VALUES (1, CURRENT_TIMESTAMP, 'Tried', 'x', 'y', '{}')"
    )
    with app.app_context():
        with reading() as db:
            assert db.scalar(text("SELECT count(*) FROM journal_entry")) == 0
            assert database_url.startswith(db.get_bind().dialect.name)
        with transaction() as db:
            db.execute(add)
        with reading() as db:
            assert db.scalar(text("SELECT count(*) FROM journal_entry")) == 1


def test_an_unmarked_test_runs_on_sqlite(client: FlaskClient, database_url: str) -> None:
    assert database_url.startswith("sqlite:///")
    assert client.get("/no-such-page").status_code == 404


def test_folders_of_runs_that_were_killed_are_cleared(tmp_path: Path) -> None:
    finished = subprocess.Popen([sys.executable, "-c", ""])
    finished.wait()
    stale, mine = tmp_path / f"{session.PREFIX}{finished.pid}", tmp_path / f"{session.PREFIX}{os.getpid()}"
    stale.mkdir()
    mine.mkdir()
    session.clear_stale(tmp_path)
    assert not stale.exists()
    assert mine.exists()


@pytest.mark.parametrize(("environment", "status"), [({}, 0), ({"CI": "true"}, 1)])
def test_a_skipped_browser_test_fails_on_the_build_server(
    tmp_path: Path, environment: dict[str, str], status: int
) -> None:
    trial = tmp_path / "test_trial.py"
    trial.write_text("def test_page(browser):\n    assert browser\n")
    clean = {name: value for name, value in os.environ.items() if name not in ("CI", session.VARIABLE)}
    options = ["-q", "-rs", "-p", "no:cacheprovider", "-p", "tests.conftest", "-c", str(ROOT / "pyproject.toml")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, trial],
        cwd=ROOT,
        env={**clean, "PATH": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout
    assert "no Chromium on the PATH" in done.stdout
