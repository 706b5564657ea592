"""A second start skips what is done; a start after a change must not."""

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest

from app.infra.issuer_keys import OWN_FILE
from config import Settings
from tests.support.databases import ROOT
from tooling.catalogue import compile_all
from tooling.due import AnotherVersion, due


@pytest.fixture
def root(tmp_path: Path) -> Path:
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "0001_a.py").write_text('revision = "0001"\ndown_revision = None\n')
    (versions / "0002_b.py").write_text(
        'revision: str = "0002"\ndown_revision: str | None = "0001"\n'
    )
    for language in ("es", "en"):
        (tmp_path / "translations" / language / "LC_MESSAGES").mkdir(parents=True)
        (tmp_path / "translations" / language / "LC_MESSAGES" / "messages.mo").touch()
    (tmp_path / "translations" / "es" / "web.po").touch()
    for path in tmp_path.rglob("*.po"):
        os.utime(path, (1, 1))
    os.utime(tmp_path / "translations" / "es", (1, 1))
    return tmp_path


def steps(root: Path, *, demo: bool = True, **changes: object) -> list[str]:
    given = {"environment": "test", "convoca_data": root / "var", "database_url": "", **changes}
    return list(due(root, Settings.model_validate(given), demo=demo))


def database_at(root: Path, revision: str, *, people: int) -> None:
    (root / "var").mkdir()
    with sqlite3.connect(root / "var" / "convoca.sqlite3") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("CREATE TABLE country (code TEXT)")
        connection.execute("CREATE TABLE person (id INTEGER)")
        connection.execute("CREATE TABLE record_link (id INTEGER)")
        connection.execute("INSERT INTO record_link VALUES (1)")
        connection.execute("INSERT INTO country VALUES ('HN')")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
        connection.executemany("INSERT INTO person VALUES (?)", [(n,) for n in range(people)])
    connection.close()


def test_without_a_database_everything_is_due_and_none_is_created(root: Path) -> None:
    assert steps(root) == ["migrations", "reference", "record", "demo"]
    assert not (root / "var").exists()


def test_development_machine_makes_the_keys_of_credentials_once(root: Path) -> None:
    database_at(root, "0002", people=1)
    assert steps(root, environment="development") == ["keys"]
    (root / "var" / OWN_FILE).touch()
    assert steps(root, environment="development") == []
    (root / "var" / OWN_FILE).unlink()
    assert steps(root, environment="development", credential_file=root / "keys.pem") == []


def test_nothing_is_due_where_all_is_done(root: Path) -> None:
    database_at(root, "0002", people=1)
    assert steps(root) == []


def test_an_old_schema_is_due_but_the_demo_never_enters_a_used_database(root: Path) -> None:
    database_at(root, "0001", people=1)
    assert steps(root) == ["migrations", "reference"]


def test_backup_comes_before_migrations_where_there_are_people(root: Path) -> None:
    database_at(root, "0001", people=1)
    assert steps(root, demo=False) == ["backup", "migrations", "reference"]


def test_database_of_another_version_is_named_with_a_way_to_start_anew(root: Path) -> None:
    database_at(root, "0016", people=1)
    with pytest.raises(AnotherVersion) as refusal:
        steps(root)
    spanish, english = str(refusal.value).split("\nThe ")
    assert "otra versión de Convoca (0016)" in spanish
    assert "another version of Convoca (0016)" in english
    for sentence in (spanish, english):
        assert str(root / "var") in sentence
        assert "CONVOCA_DATA=" in sentence


def test_asking_what_is_due_of_another_version_fails_and_touches_nothing(tmp_path: Path) -> None:
    database_at(tmp_path, "0016", people=1)
    database = tmp_path / "var" / "convoca.sqlite3"
    before = database.read_bytes()
    given = {**os.environ, "CONVOCA_DATA": str(database.parent), "DATABASE_URL": ""}
    command = [sys.executable, "-m", "tooling.due", "--demo"]
    ended = subprocess.run(
        command, cwd=ROOT, env=given, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("La base de datos es de otra versión de Convoca (0016)")
    assert database.read_bytes() == before


def test_catalogue_of_a_third_language_is_due_until_it_is_compiled(root: Path) -> None:
    database_at(root, "0002", people=1)
    (root / "translations" / "fr").mkdir()
    (root / "translations" / "fr" / "web.po").write_text('msgid "Save"\nmsgstr "Enregistrer"\n')
    assert steps(root) == ["catalogues"]
    compile_all(root)
    assert steps(root) == []


def test_an_empty_database_gets_the_demo_only_when_asked(root: Path) -> None:
    database_at(root, "0002", people=0)
    assert steps(root) == ["demo"]
    assert steps(root, demo=False) == []


def test_changed_words_are_due(root: Path) -> None:
    database_at(root, "0002", people=1)
    (root / "translations" / "es" / "web.po").write_text('msgid "A"\nmsgstr "B"\n')
    future = (root / "translations/es/LC_MESSAGES/messages.mo").stat().st_mtime + 5
    os.utime(root / "translations" / "es" / "web.po", (future, future))
    assert steps(root) == ["catalogues"]


def events_at(root: Path, *rows: tuple[str, str, str, str]) -> None:
    """(wall_starts, tzdata_version, status, ends_at) of each."""
    with sqlite3.connect(root / "var" / "convoca.sqlite3") as connection:
        connection.execute(
            "CREATE TABLE event (wall_starts TEXT, tzdata_version TEXT, status TEXT, ends_at TEXT, starts_at TEXT)"
        )
        connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, '2026-01-01')", rows)
    connection.close()


WALL, PINNED, LATER, LONG_AGO = (
    "2099-01-01T09:00:00",
    version("tzdata"),
    "2099-01-01 17:00:00.000000",
    "2001-01-01",
)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ((WALL, PINNED, "published", LATER), []),
        ((WALL, "2020.1", "published", LATER), ["zones"]),
        ((WALL, "2020.1", "draft", LATER), ["zones"]),
        ((WALL, "2020.1", "cancelled", LATER), []),
        ((WALL, "2020.1", "published", LONG_AGO), []),
        (("", PINNED, "published", LONG_AGO), ["zones"]),
    ],
)
def test_zones_are_due_while_a_coming_event_was_computed_under_another_tzdata(
    root: Path, event: tuple[str, str, str, str], expected: list[str]
) -> None:
    database_at(root, "0002", people=1)
    events_at(root, (WALL, PINNED, "published", LATER), event)
    assert steps(root) == expected


def test_zones_are_due_after_migrations_as_the_columns_may_be_new(root: Path) -> None:
    database_at(root, "0001", people=1)
    events_at(root, (WALL, PINNED, "published", LATER))
    assert steps(root) == ["migrations", "reference", "zones"]


@pytest.mark.parametrize(("years", "expected"), [(1, ["reference"]), (2, [])])
def test_each_new_year_asks_for_the_holidays_of_one_more(
    root: Path, years: int, expected: list[str]
) -> None:
    database_at(root, "0002", people=1)
    last = datetime.now(UTC).year + years
    with sqlite3.connect(root / "var" / "convoca.sqlite3") as connection:
        connection.execute("CREATE TABLE country_holiday (holiday_on DATE)")
        connection.execute("INSERT INTO country_holiday VALUES (?)", (f"{last}-12-25",))
    connection.close()
    assert steps(root) == expected
