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
from tests.support import evidence, session

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.both_databases
@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_has_an_empty_migrated_database(
    app: Flask, database_url: str, turn: int
) -> None:
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
    """The script ends without letting go of its folder, as a killed run does."""
    stale = tmp_path / f"{session.PREFIX}1"
    stale.mkdir()
    script = "import os, sys; from tests.support import session as s; s.hold(s.Path(sys.argv[1])); os._exit(9)"
    assert (
        subprocess.run([sys.executable, "-c", script, stale], cwd=ROOT, check=False).returncode == 9
    )
    session.clear_stale(tmp_path)
    assert not stale.exists()


def test_the_folder_of_a_running_test_is_left_alone() -> None:
    session.clear_stale(session.folder().parent)
    assert session.folder().exists()


@pytest.mark.linux("looks for room in /dev/shm")
def test_a_run_lies_in_memory_only_where_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "ROOM", 1)
    assert session.is_roomy(tmp_path)
    assert not session.is_roomy(tmp_path / "nowhere")
    monkeypatch.setattr(session, "ROOM", 2**62)
    assert not session.is_roomy(tmp_path)


PAGE = "def test_page(browser):\n    assert browser\n"
PLAIN = "import pytest\n\ndef test_plain():\n    pytest.skip('no time')\n"
FILE = "import pytest\npytest.skip('no Chromium on the PATH', allow_module_level=True)\n"


@pytest.mark.parametrize(
    ("environment", "status", "outcome"),
    [({}, 0, "3 skipped"), ({"CI": "true"}, 1, "1 failed, 2 errors")],
)
def test_a_skipped_test_or_file_fails_on_the_build_server(
    tmp_path: Path, environment: dict[str, str], status: int, outcome: str
) -> None:
    (tmp_path / "test_page.py").write_text(PAGE)
    (tmp_path / "test_file.py").write_text(FILE)
    (tmp_path / "test_plain.py").write_text(PLAIN)
    clean = {
        name: value for name, value in os.environ.items() if name not in ("CI", session.VARIABLE)
    }
    options = [
        "-q",
        "-rs",
        "--continue-on-collection-errors",
        "-p",
        "no:cacheprovider",
        "-p",
        "tests.conftest",
        "-c",
        str(ROOT / "pyproject.toml"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, tmp_path],
        cwd=ROOT,
        env={**clean, "PATH": str(tmp_path), evidence.PLACE: str(tmp_path / "kept"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout
    assert done.stdout.splitlines()[-1].startswith(f"{outcome} in "), done.stdout
    assert done.stdout.count("no Chromium on the PATH") >= 2


def test_failure_in_a_worker_is_printed_when_it_happens(tmp_path: Path) -> None:
    trial = tmp_path / "test_trial.py"
    trial.write_text("def test_bad():\n    assert not 'planted'\n")
    clean = {name: value for name, value in os.environ.items() if name != session.VARIABLE}
    clean[evidence.PLACE] = str(tmp_path / "kept")
    options = [
        "-n",
        "1",
        "-p",
        "no:cacheprovider",
        "-p",
        "tests.conftest",
        "-c",
        str(ROOT / "pyproject.toml"),
    ]
    command = [sys.executable, "-m", "pytest", *options, str(trial)]
    with subprocess.Popen(command, cwd=ROOT, env=clean, stdout=subprocess.PIPE, text=True) as run:
        said, _nothing = run.communicate(timeout=60)
    at_once, _, at_the_end = said.partition("= FAILURES =")
    assert "::test_bad (call)" in at_once
    assert "assert not 'planted'" in at_once
    assert "assert not 'planted'" in at_the_end
