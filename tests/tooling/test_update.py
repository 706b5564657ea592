"""`./run update`: from what the first commit left to this tree, and back to it row by row."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.infra.revisions import revisions
from app.infra.server import MIGRATIONS
from config import Settings
from tests.support import states
from tests.support.databases import ROOT, SECRET, settings_for, sqlite_url
from tooling import update
from tooling.update import RECORD, UpdateFailed, UpdateRecord, settings_in

OWN = ("journal_", "delivery")
"""What making a backup writes into, where the version before has the same tables."""


@pytest.fixture
def link(tmp_path: Path) -> Path:
    """A link to the folder of the version before."""
    before = tmp_path / "convoca-1"
    before.mkdir()
    (tmp_path / "convoca").symlink_to(before)
    return tmp_path / "convoca"


def rows_in(data: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(data / "convoca.sqlite3")) as connection:
        asked = "SELECT name, sql FROM sqlite_schema WHERE type = 'table'"
        names = [name for name, sql in connection.execute(asked) if "VIRTUAL" not in sql]
        return {
            name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"')))
            for name in names
            if not name.startswith(OWN)
        }


def run(link: Path, env: Path, *options: str) -> str:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in Settings.model_fields
    }
    command = [sys.executable, "-m", "tooling.update", str(link), "--env", str(env), *options]
    done = subprocess.run(command, cwd=ROOT, env=kept, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_installation_of_the_first_commit_is_updated_and_goes_back(
    link: Path, tmp_path: Path
) -> None:
    data, env, before = tmp_path / "var", tmp_path / "convoca.env", link.resolve()
    lines = {"CONVOCA_DATA": data, "SECRET_KEY": SECRET, "JOBS": "off", "MAIL_FROM": "C <c@x.org>"}
    env.write_text("".join(f"{name}={value}\n" for name, value in lines.items()), "utf-8")
    with states.state("sqlite", data):
        was = rows_in(data)
        told = run(link, env)
        assert "a certificate: works; the record: none to try; a sign-in: works" in told
        assert "psea 2026.2 keeps the texts that were published here" in told
        assert link.resolve() == ROOT
        [(stands,)] = [tuple(revisions(MIGRATIONS).newest)]
        assert rows_in(data)["alembic_version"] == [repr((stands,))]
        assert "runs the version before" in run(link, env, "--back")
        assert link.resolve() == before
        assert rows_in(data) == was
        assert not (data / RECORD).exists()
        assert list(data.glob("convoca.sqlite3.before-*")), "what was written since is not lost"


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What an update does to an installation, noted instead of done."""
    noted: list[str] = []

    def note(name: str, settings: Settings, link: Path) -> None:
        noted.append(name)
        if name == "migrate":
            record = UpdateRecord(str(link.resolve()), str(update.ROOT), "a backup", "a place")
            (settings.data / RECORD).write_text(json.dumps(vars(record)), "utf-8")

    monkeypatch.setattr(update, "step", note)
    monkeypatch.setattr(update, "systemctl", lambda verb, services, must=True: noted.append(verb))
    return noted


@pytest.mark.parametrize(
    ("fails", "expected"),
    [
        ("rehearse", ["rehearse"]),
        ("migrate", ["rehearse", "stop", "migrate", "stop", "restore", "start"]),
        ("ready", ["rehearse", "stop", "migrate", "start", "stop", "restore", "start"]),
    ],
)
def test_update_that_fails_leaves_the_version_before_at_work(
    link: Path,
    steps: list[str],
    monkeypatch: pytest.MonkeyPatch,
    fails: str,
    expected: list[str],
) -> None:
    noting = update.step

    def failing(name: str, settings: Settings, link: Path) -> None:
        noting(name, settings, link)
        if name == fails:
            raise UpdateFailed("planted")

    def require_ready(_settings: Settings) -> None:
        if fails == "ready":
            raise UpdateFailed("planted")

    monkeypatch.setattr(update, "step", failing)
    monkeypatch.setattr(update, "require_ready", require_ready)
    settings, before = settings_for(sqlite_url(link.parent / "a"), link.parent), link.resolve()
    with pytest.raises(UpdateFailed, match="planted"):
        update.go_on(settings, link, ["convoca"])
    assert steps == expected
    assert link.resolve() == before


def test_update_that_was_interrupted_is_gone_back_from(link: Path, steps: list[str]) -> None:
    """The machine was switched off after the migrations and before the link: neither version would
    take the database of the other.
    """
    settings, before = settings_for(sqlite_url(link.parent / "a"), link.parent), link.resolve()
    record = UpdateRecord(str(before), str(update.ROOT), "a backup", "a place")
    (settings.data / RECORD).write_text(json.dumps(vars(record)), "utf-8")
    with pytest.raises(UpdateFailed, match="interrupted"):
        update.go_on(settings, link, ["convoca"])
    update.go_back(settings, link, ["convoca"])
    assert steps == ["stop", "keep", "restore", "start"]
    assert link.resolve() == before


@pytest.mark.parametrize("fails", ["keep", "restore"])
def test_version_goes_on_where_one_cannot_go_back(
    link: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    noting = update.step

    def failing(name: str, settings: Settings, link: Path) -> None:
        noting(name, settings, link)
        if name == fails:
            raise UpdateFailed("the disk is full")

    monkeypatch.setattr(update, "step", failing)
    settings = settings_for(sqlite_url(link.parent / "a"), link.parent)
    record = UpdateRecord(str(link.parent), str(link.resolve()), "a backup", "a place")
    (settings.data / RECORD).write_text(json.dumps(vars(record)), "utf-8")
    with pytest.raises(UpdateFailed, match="full"):
        update.go_back(settings, link, ["convoca"])
    assert (steps[0], steps[-2:]) == ("stop", [fails, "start"])


def test_settings_are_read_as_systemd_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "convoca.env"
    path.write_text(
        "# a note\nMAIL_FROM=Convoca <a@b.org>\nSECRET_KEY='x=y'\n\n; too\nA=\n", "utf-8"
    )
    read = settings_in(path)
    assert read == {"MAIL_FROM": "Convoca <a@b.org>", "SECRET_KEY": "x=y", "A": ""}
