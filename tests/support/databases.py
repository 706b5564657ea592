"""Databases for tests: once per run the application's own commands make a template for each need,
and every test gets a copy.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import create_engine, insert, select, text

from app import create_app
from app.infra.database import database
from app.infra.secret_keys import SecretKeys
from config import Settings
from tests.support import session
from tests.support.lifetime import close_app
from tests.support.postgresql import server_url

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret for tests only, long enough to be one"
KEYS = SecretKeys(SECRET)
_numbers = count(1)


def settings_for(database_url: str, data: Path, **changes: object) -> Settings:
    """Settings that owe nothing to the environment they run in; `changes` are fields of
    Settings.
    """
    fixed: dict[str, object] = {
        "environment": "test",
        "convoca_data": data,
        "database_url": database_url,
        "jobs": "off",
        "secret_key": SECRET,
        "base_url": "http://localhost",
        "redis_url": "",
        "smtp_host": "",
        "mail_to_files": True,
        "demo": False,
        "trusted_proxies": 0,
        "limits_factor": 1000,  # one address stands for a whole region, and a moment for a day
        "uid_domain": "",
    }
    return Settings.model_validate({**fixed, **changes})


@cache
def usual_settings(database_url: str, data: Path) -> Settings:
    """As `settings_for`, read once for each address: the environment is looked through in a quarter
    of the time that an empty test takes.
    """
    return settings_for(database_url, data)


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def settle(path: Path) -> None:
    """Folds the write-ahead log into the file, so that the file alone is the whole database."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def migrate(database_url: str, data: Path) -> None:
    app = create_app(settings_for(database_url, data))
    done = app.test_cli_runner(catch_exceptions=False).invoke(args=["db", "upgrade"])
    close_app(app)
    assert done.exit_code == 0, done.output


def migrated_sqlite() -> Path:
    def build(target: Path) -> None:
        migrate(sqlite_url(target), target.with_suffix(".data"))
        settle(target)

    return session.once("template.sqlite3", build)


def demo_sqlite() -> Path:
    """A migrated database with the demo data, loaded once per run."""

    def build(target: Path) -> None:
        shutil.copyfile(migrated_sqlite(), target)
        demo_data().mkdir()
        load_demo(sqlite_url(target), demo_data())
        settle(target)

    return session.once("demo.sqlite3", build)


def load_demo(database_url: str, data: Path) -> None:
    """In a process of its own, whose clock no test has moved: the demo's dates are counted from
    today.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in Settings.model_fields
    }
    given = {
        "FLASK_APP": "app",
        "ENVIRONMENT": "development",
        "JOBS": "off",
        "SECRET_KEY": SECRET,
        "DATABASE_URL": database_url,
        "CONVOCA_DATA": str(data),
        "DEMO": "true",
    }
    subprocess.run(
        [sys.executable, "-m", "flask", "demo", "load"], cwd=ROOT, env={**kept, **given}, check=True
    )


def demo_postgresql() -> str:
    """The name of a template database with the demo data: the rows of `demo_sqlite()`, because
    loading them once more takes ten times as long. tests/office/demo loads a demo on PostgreSQL.
    """
    name = f"{_prefix()}_demo"

    def build(target: Path) -> None:
        _administer(
            "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, migrated_postgresql()
        )
        _copy_rows(demo_sqlite(), application_url(name))
        shutil.copytree(demo_data(), target)

    session.once("demo.postgresql", build)
    return name


def _copy_rows(source: Path, target: str) -> None:
    """Without triggers and checks of references meanwhile, which the rows have met where they were
    written.
    """
    import app.factory  # noqa: F401  # all models

    old, new = create_engine(sqlite_url(source)), create_engine(target)
    with old.connect() as here, new.begin() as there:
        there.exec_driver_sql("SET session_replication_role = replica")
        tables = database.metadata.sorted_tables
        there.exec_driver_sql(f"TRUNCATE {', '.join(table.name for table in tables)}")
        for table in tables:
            rows = [dict(row) for row in here.execute(select(table)).mappings()]
            if rows:
                there.execute(insert(table), rows)
            key = table.autoincrement_column
            if rows and key is not None:
                there.execute(
                    text(
                        "SELECT setval(pg_get_serial_sequence(:table, :column), :last) "
                        "WHERE pg_get_serial_sequence(:table, :column) IS NOT NULL"
                    ),
                    {
                        "table": table.name,
                        "column": key.name,
                        "last": max(row[key.key] for row in rows),
                    },
                )
    old.dispose()
    new.dispose()


def demo_postgresql_data() -> Path:
    """The data folder that belongs to `demo_postgresql()`."""
    return session.folder() / "demo.postgresql"


@contextmanager
def demo_copy(database_url: str, data: Path) -> Iterator[str]:
    """The address of a copy of the demo on the engine of `database_url`, with its files in
    `data`.
    """
    if database_url.startswith("sqlite"):
        url = sqlite_copy(demo_sqlite(), data / "convoca.sqlite3")
        shutil.copytree(demo_data(), data, dirs_exist_ok=True)
        yield url
        return
    template = demo_postgresql()
    shutil.copytree(demo_postgresql_data(), data, dirs_exist_ok=True)
    with postgresql_copy("demo", template) as url:
        yield url


def demo_data() -> Path:
    """The data folder that belongs to `demo_sqlite()`: files that loading the demo wrote."""
    return session.folder() / "demo.data"


def sqlite_copy(template: Path, target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template, target)
    return sqlite_url(target)


def application_url(name: str) -> str:
    """The server's address with another database, as the application wants to have it."""
    base, _, query = server_url().partition("?")
    address = f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
    return address.replace("postgresql://", "postgresql+psycopg://", 1)


def _administer(statement: str, *names: str) -> None:
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(SQL(statement).format(*map(Identifier, names)))


def _prefix() -> str:
    """Carries the run, so that two runs can share the server of TEST_DATABASE_URL."""
    return session.folder().name.replace("-", "_")


def migrated_postgresql() -> str:
    """The name of the template database."""
    name = f"{_prefix()}_template"

    def build(target: Path) -> None:
        _administer("CREATE DATABASE {}", name)
        migrate(application_url(name), target)

    session.once("template.postgresql", build)
    return name


@contextmanager
def postgresql_copy(name: str = "", template: str = "") -> Iterator[str]:
    """The address of a new copy of the template, dropped at the end whoever is still connected.

    `name` tells it from other copies of this process; without one it gets a number. `template` is
    the migrated, empty database unless another is named.
    """
    name = f"{_prefix()}_{os.getpid()}_{name or next(_numbers)}"
    _administer(
        "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template or migrated_postgresql()
    )
    try:
        yield application_url(name)
    finally:
        _administer("DROP DATABASE {} WITH (FORCE)", name)


def drop_template() -> None:
    """Only on a server that is not ours: ours is thrown away with its folder."""
    for name in ("template", "demo"):
        is_there = (session.folder() / f"{name}.postgresql.ready").exists()
        if os.environ.get("TEST_DATABASE_URL") and is_there:
            _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", f"{_prefix()}_{name}")
