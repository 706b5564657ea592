"""Backups of SQLite with stored files: whole or not there, read through, and put back byte by byte."""

import errno
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pyrage
import pytest

from app.infra.backups import making
from app.infra.backups.dumps import CannotCopy, leave_out_newer_setting
from app.infra.backups.locks import CannotOpen
from app.infra.backups.making import Made, make_backup, problems_in
from app.infra.backups.places import (
    ALL_FOR,
    BackupManifest,
    BackupPlace,
    NoBackup,
    kept,
    name_at,
    places_of,
)
from app.infra.backups.restoring import CannotRestore, newest_of, restore
from app.infra.files import Files
from app.infra.revisions import Revisions
from config import Settings
from tests.support.bucket import Bucket, serving_bucket
from tests.support.databases import ROOT, settings_for, sqlite_url

NOW = datetime(2026, 11, 30, 8, 15, tzinfo=UTC)
KNOWN = Revisions(frozenset({"0001"}), frozenset({"0001"}))
NAME = "Rosaura Villalobos Ñurinda"


@pytest.fixture
def office(tmp_path: Path) -> Callable[..., Settings]:
    """Makes settings of an office with one person and two stored files."""

    def made(**changes: object) -> Settings:
        settings = at(tmp_path / "var", **changes)
        settings.data.mkdir()
        with closing(sqlite3.connect(settings.data / "convoca.sqlite3")) as connection:
            connection.executescript(
                f"""
                PRAGMA journal_mode=WAL;
                CREATE TABLE alembic_version (version_num TEXT);
                INSERT INTO alembic_version VALUES ('0001');
                CREATE TABLE person (full_name TEXT);
                INSERT INTO person VALUES ('{NAME}');
                """
            )
        Files(settings).put(b"a certificate")
        Files(settings).put(b"a picture" * 1000)
        (settings.data / "uid-domain").write_text("convoca.example.org", "ascii")
        return settings

    return made


def at(data: Path, **changes: object) -> Settings:
    return settings_for(sqlite_url(data / "convoca.sqlite3"), data, **changes)


def back_in(
    elsewhere: Path,
    of: Settings,
    *,
    replaces: bool = False,
    known: Revisions = KNOWN,
    **changes: object,
) -> Settings:
    """Restores the newest backup of an office into another data folder; returns its settings."""
    place, name = newest_of(places_of(of))
    settings = at(elsewhere, **changes)
    restore(settings, place, name, known=known, replaces=replaces, now=NOW)
    return settings


def people(settings: Settings) -> list[str]:
    with closing(sqlite3.connect(settings.data / "convoca.sqlite3")) as connection:
        return [name for (name,) in connection.execute("SELECT full_name FROM person")]


def problems(settings: Settings, name: str) -> list[str]:
    return [one for place in places_of(settings) for one in problems_in(place, name, settings)]


def made_at(settings: Settings, now: datetime = NOW) -> Made:
    return make_backup(settings, now=now, reason="by-hand")


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_what_was_backed_up_comes_back(office: Callable[..., Settings], tmp_path: Path) -> None:
    settings = office()
    made = made_at(settings)
    assert problems(settings, made.name) == []
    assert (made.manifest.counts["person"], made.manifest.revisions) == (1, ("0001",))
    assert made.manifest.keep_apart == ("SECRET_KEY", "DATABASE_URL")
    restored = back_in(tmp_path / "new", settings)
    assert people(restored) == [NAME]
    assert set(Files(restored).every_key()) == set(Files(settings).every_key())
    assert (restored.data / "uid-domain").read_text("ascii") == "convoca.example.org"


def test_file_that_a_backup_holds_is_not_copied_again(office: Callable[..., Settings]) -> None:
    settings = office()
    assert made_at(settings).copied == 2
    Files(settings).put(b"a third")
    second = made_at(settings)
    assert second.name > name_at(NOW), "made in the same second"
    assert (second.copied, len(second.manifest.files)) == (1, 3)


@pytest.mark.parametrize("way", ["recipient", "passphrase"])
def test_stolen_backup_that_is_encrypted_shows_nothing_and_brings_the_keys_back(
    office: Callable[..., Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "identity").write_text(f"# of the office\n{identity}\n", "ascii")
    (tmp_path / "phrase").write_text("siete lápices amarillos\n", "utf-8")
    (tmp_path / "seal.pem").write_text("the key of the seal", "ascii")
    monkeypatch.setenv("SECRET_KEY", "what signs the links of this office")
    ways: dict[str, dict[str, Any]] = {
        "recipient": {"backup_recipient": str(identity.to_public())},
        "passphrase": {"backup_passphrase_file": tmp_path / "phrase"},
    }
    settings = office(seal_file=tmp_path / "seal.pem", **ways[way])
    made = made_at(settings)
    assert made.manifest.keep_apart == ()
    stolen = bytes_of(settings.data / "backups")
    for secret in (
        NAME.encode(),
        b"a certificate",
        b"what signs the links",
        b"the key of the seal",
    ):
        assert secret not in stolen
    if way == "recipient":
        assert problems(settings, made.name) == []
        with pytest.raises(CannotOpen, match="BACKUP_IDENTITY_FILE"):
            back_in(tmp_path / "new", settings, **ways[way])
        ways[way]["backup_identity_file"] = tmp_path / "identity"
    restored = back_in(tmp_path / "new", settings, **ways[way])
    assert people(restored) == [NAME]
    keys = restored.data / "restored-keys"
    assert (keys / "SEAL_FILE").read_text("ascii") == "the key of the seal"
    assert "SECRET_KEY=what signs the links" in (keys / "convoca.env").read_text("utf-8")
    (tmp_path / "phrase").write_text("otra frase\n", "utf-8")
    if way == "passphrase":
        with pytest.raises(CannotOpen, match="passphrase"):
            made_at(settings, NOW + timedelta(days=1))


@pytest.mark.parametrize("what", ["database.sqlite3.gz", "objects", "manifest.json"])
@pytest.mark.parametrize("damage", ["changed", "cut", "gone"])
def test_damage_is_found_and_not_restored(
    office: Callable[..., Settings], tmp_path: Path, what: str, damage: str
) -> None:
    settings = office()
    made = made_at(settings)
    root = settings.data / "backups"
    path = next(path for path in root.rglob("*") if path.is_file() and what in str(path))
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-3] if damage == "cut" else b"\0" * 40 + content[40:])
    if (what, damage) == ("manifest.json", "gone"):
        assert places_of(settings)[0].names() == []
        return
    assert len(problems(settings, made.name)) == 1
    with pytest.raises((making.DamagedPart, CannotRestore, FileNotFoundError)):
        back_in(tmp_path / "new", settings)
    assert not (tmp_path / "new" / "convoca.sqlite3").exists()


def test_only_an_empty_place_is_restored_into_unless_told(office: Callable[..., Settings]) -> None:
    settings = office()
    made_at(settings)
    with closing(sqlite3.connect(settings.data / "convoca.sqlite3")) as connection:
        connection.execute("INSERT INTO person VALUES ('later')")
        connection.commit()
    with pytest.raises(CannotRestore, match="--replace"):
        back_in(settings.data, settings)
    with closing(sqlite3.connect(settings.data / "convoca.sqlite3")) as reader:
        reader.execute("SELECT 1 FROM person").fetchone()
        with pytest.raises(CannotRestore, match="stop it first"):
            back_in(settings.data, settings, replaces=True)
    back_in(settings.data, settings, replaces=True)
    assert people(settings) == [NAME]
    [aside] = settings.data.glob("convoca.sqlite3.before-*")
    with closing(sqlite3.connect(aside)) as connection:
        assert connection.execute("SELECT count(*) FROM person").fetchone() == (2,)


def test_log_of_a_database_that_is_gone_is_not_read_into_the_copy(
    office: Callable[..., Settings], tmp_path: Path
) -> None:
    settings = office()
    made_at(settings)
    elsewhere, log = tmp_path / "new", settings.data / "convoca.sqlite3-wal"
    elsewhere.mkdir()
    with closing(sqlite3.connect(settings.data / "convoca.sqlite3")) as connection:
        connection.execute("INSERT INTO person VALUES ('later')")
        connection.commit()
        (elsewhere / log.name).write_bytes(log.read_bytes())
    assert people(back_in(elsewhere, settings)) == [NAME]


def test_database_on_another_disk_than_the_data_is_replaced_there(
    office: Callable[..., Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is renamed on its own disk alone."""
    settings, disk = office(), tmp_path / "disk"
    made_at(settings)
    place, name = newest_of(places_of(settings))
    renaming = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self.is_relative_to(disk) != target.is_relative_to(disk):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return renaming(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    away = settings_for(sqlite_url(disk / "convoca.sqlite3"), tmp_path / "new")
    restore(away, place, name, known=KNOWN, replaces=False, now=NOW)
    with closing(sqlite3.connect(disk / "convoca.sqlite3")) as connection:
        assert connection.execute("SELECT full_name FROM person").fetchall() == [(NAME,)]


def test_damaged_manifest_and_what_is_of_others_stop_no_backup_and_lose_no_file(
    office: Callable[..., Settings], tmp_path: Path
) -> None:
    """Nobody knows which stored files the damaged one names, so none of them goes."""
    disk = tmp_path / "disk"
    settings = office(backup_folder=disk)
    first = made_at(settings)
    (disk / first.name / "manifest.json").write_bytes(b"\0" * 10)
    (disk / "lost+found").mkdir()
    staged = disk / first.name / "database.sqlite3.gz#1"
    staged.write_bytes(b"what was written when it was killed")
    for path in (staged, *disk.glob("objects/*/*")):
        os.utime(path, (1, 1))
    for key in list(Files(settings).every_key()):
        Files(settings).delete(key)
    second = made_at(settings, NOW + timedelta(days=2))
    assert places_of(settings)[0].names() == [second.name, first.name]
    assert len(list(disk.glob("objects/*/*"))) == len(first.manifest.files)
    assert (staged.exists(), (disk / "lost+found").is_dir()) == (False, True)


def test_setting_that_an_older_server_does_not_know_is_left_out(tmp_path: Path) -> None:
    script = tmp_path / "script.sql"
    script.write_text("SET lock_timeout = 0;\nSET transaction_timeout = 0;\nSET x = 1;\n", "ascii")
    leave_out_newer_setting(script)
    lines = script.read_text("ascii").splitlines()
    assert [line for line in lines if not line.startswith("--")] == [
        "SET lock_timeout = 0;",
        "SET x = 1;",
    ]


def test_backup_of_a_later_version_is_refused(
    office: Callable[..., Settings], tmp_path: Path
) -> None:
    settings = office()
    made_at(settings)
    with pytest.raises(CannotRestore, match="later version"):
        back_in(tmp_path / "new", settings, known=Revisions(frozenset(), frozenset()))
    assert not (tmp_path / "new").exists()


STEPS = 4
"""What is put into the place: the database, two files, the manifest."""


def test_killed_at_any_step_it_leaves_no_backup_that_counts(
    office: Callable[..., Settings],
) -> None:
    settings = office()
    made_at(settings, NOW - timedelta(days=2))
    before = places_of(settings)[0].names()
    command = [sys.executable, "-m", "tests.infra.test_backups", str(settings.data)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.split() == [str(signal.SIGKILL.value)] * STEPS
    assert places_of(settings)[0].names() == before
    assert len(list((settings.data / "backups").iterdir())) == len(before) + STEPS + 1
    for name in (".drill-of-before", ".restoring-of-before"):
        (settings.data / name).mkdir()
        os.utime(settings.data / name, (1, 1))
    made = made_at(settings, NOW + timedelta(days=3))
    assert not list(settings.data.glob(".*-of-before")), "they hold what people wrote"
    assert problems(settings, made.name) == []
    assert [path.name for path in settings.data.glob(".backing-up-*")] == [".backing-up-lock"]


def kill_at_each_step(data: Path) -> None:
    """Prints how each process ended. This one asks obstore for nothing, whose threads no fork has."""
    for step in range(STEPS):
        child = os.fork()
        if not child:
            settings = at(data)
            Files(settings).put(f"since {step}".encode())
            _die_at(step)
            make_backup(settings, now=NOW + timedelta(minutes=step), reason="by-hand")
            os._exit(0)
        print(os.waitpid(child, 0)[1], flush=True)


def _die_at(step: int) -> None:
    steps, put = count(), BackupPlace.put

    def dying_put(self: BackupPlace, key: str, path: Path) -> None:
        put(self, key, path)
        if next(steps) == step < STEPS - 1:
            os.kill(os.getpid(), signal.SIGKILL)

    def dying_end(_self: BackupPlace, _name: str, _manifest: BackupManifest) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    BackupPlace.put = dying_put  # type: ignore[method-assign]
    BackupPlace.end = dying_end  # type: ignore[assignment,method-assign]


def test_copy_under_load_is_of_one_instant(office: Callable[..., Settings], tmp_path: Path) -> None:
    """Each transaction writes two rows; no copy may hold an odd number, nor lack a row that was
    saved before it began.
    """
    settings, stop, saved = office(), threading.Event(), [1]

    def write() -> None:
        with closing(sqlite3.connect(settings.data / "convoca.sqlite3", timeout=10)) as connection:
            connection.execute("INSERT INTO person VALUES ('first')")
            while not stop.is_set():
                connection.execute("INSERT INTO person VALUES ('one')")
                connection.execute("INSERT INTO person VALUES ('other')")
                connection.commit()
                saved[0] += 2

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            least = saved[0]
            made = made_at(settings, NOW + timedelta(minutes=number))
            rows = made.manifest.counts["person"]
            assert rows >= least
            assert rows == 1 or rows % 2 == 0
            assert problems(settings, made.name) == []
    finally:
        stop.set()
        writer.join()


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with serving_bucket() as one:
        for name, value in one.environment.items():
            monkeypatch.setenv(name, value)
        yield one


def test_bucket_and_folder_hold_the_same(
    office: Callable[..., Settings], tmp_path: Path, bucket: Bucket
) -> None:
    settings = office(backup_folder=tmp_path / "disk", backup_url="s3://convoca/backups")
    made = made_at(settings)
    assert problems(settings, made.name) == []
    _folder, place = places_of(settings)
    assert place.names() == [made.name]
    restored = at(tmp_path / "new")
    restore(restored, place, made.name, known=KNOWN, replaces=False, now=NOW)
    assert people(restored) == [NAME]
    later = NOW + timedelta(days=60)
    keeping = office_keeping(settings, days=1, months=1)
    last = made_at(keeping, later)
    assert place.names() == [last.name]
    assert not [path for path in bucket.kept if made.name in path]
    assert problems(keeping, last.name) == []


def office_keeping(settings: Settings, *, days: int, months: int) -> Settings:
    return settings.model_copy(update={"keep_backup_days": days, "keep_backup_months": months})


def test_days_and_months_are_kept() -> None:
    """One a day for two years, and ten on the last day."""
    made = [NOW - timedelta(days=day) for day in range(730)]
    made += [NOW - timedelta(minutes=minute) for minute in range(1, 10)]
    stay = kept(made, days=30, months=12)
    assert {at for at in made if NOW - at < ALL_FOR} <= stay
    assert len({at.date() for at in stay if NOW - at < timedelta(days=30)}) == 30
    older = sorted(at for at in stay if NOW - at >= timedelta(days=30))
    assert [(at.year, at.month) for at in older][:2] == [(2025, 12), (2026, 1)]
    assert all((at + timedelta(days=1)).day == 1 for at in older)
    assert kept(made[:1], days=1, months=1) == {NOW}


def test_without_a_database_or_a_backup_a_sentence_says_so(tmp_path: Path) -> None:
    settings = at(tmp_path)
    with pytest.raises(CannotCopy, match="no database"):
        made_at(settings)
    with pytest.raises(NoBackup, match="backup make"):
        newest_of(places_of(settings))


if __name__ == "__main__":
    kill_at_each_step(Path(sys.argv[1]))
