"""Copies of a database as of one instant, while it is written to, and back.

SQLite: VACUUM INTO, which is one file and whole, packed by gzip; a copied file may not be (3 of 8 under
load). PostgreSQL: pg_dump and pg_restore, of the server's version or a newer one.
"""

import gzip
import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

SQLITE, POSTGRESQL = "sqlite", "postgresql"
PREFIX = "sqlite:///"
TABLES = (
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
    "AND sql NOT LIKE 'CREATE VIRTUAL%'"
)
POSTGRESQL_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
OWN_DATABASES = "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = current_user"
OTHERS = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user "
    "AND backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1"
)
GOES_WITHIN = 2.0
"""In seconds."""
SCRATCH = re.compile(r"convoca_drill_(\d{14})_\d+")
LEFT_FOR = timedelta(days=1)
PROGRAMS = ("pg_dump", "pg_restore", "psql")
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}
ANEW = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"


class CannotCopy(Exception):
    """The database cannot be copied or put back. The message is a sentence for the operator."""


@dataclass(frozen=True)
class Dump:
    """`revisions`: where its migrations stood. `counts`: rows by table."""

    engine: str
    engine_version: str
    revisions: tuple[str, ...]
    counts: Mapping[str, int]


def engine_of(url: str) -> str:
    return SQLITE if url.startswith(PREFIX) else POSTGRESQL


def dump(url: str, into: Path) -> Dump:
    """Writes a copy of the database into a file. Raises CannotCopy."""
    return _dump_sqlite(url, into) if engine_of(url) == SQLITE else _dump_postgresql(url, into)


def _dump_sqlite(url: str, into: Path) -> Dump:
    source = Path(url.removeprefix(PREFIX))
    copy = into.with_name(f"{into.name}.copy")
    if not source.is_file():
        raise CannotCopy("There is no database yet.")
    with closing(sqlite3.connect(source, timeout=60, isolation_level=None)) as connection:
        try:
            connection.execute("VACUUM INTO ?", (str(copy),))
        except sqlite3.DatabaseError as error:
            raise CannotCopy(f"The database cannot be copied ({error}).") from error
    told = sqlite_state(copy)
    with copy.open("rb") as plain, gzip.open(into, "wb", compresslevel=5) as packed:
        shutil.copyfileobj(plain, packed)
    copy.unlink()
    return told


def sqlite_state(path: Path) -> Dump:
    """Reads all pages of a database file. Raises CannotCopy where they are damaged."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            [said] = connection.execute("PRAGMA integrity_check(1)").fetchone()
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
            if said != "ok" or broken:
                raise CannotCopy(f"The copy is damaged ({broken or said}).")
            tables = [name for (name,) in connection.execute(TABLES)]
            counts = {
                name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
                for name in sorted(tables)
            }
            at = (
                [name for (name,) in connection.execute("SELECT version_num FROM alembic_version")]
                if "alembic_version" in tables
                else []
            )
    except sqlite3.DatabaseError as error:
        raise CannotCopy(f"The copy is damaged ({error}).") from error
    return Dump(SQLITE, sqlite3.sqlite_version, tuple(sorted(at)), counts)


def unpacked(dump: Path, into: Path) -> Dump:
    """Unpacks a copy of a SQLite database and reads all of it. Raises CannotCopy."""
    try:
        with gzip.open(dump) as packed, into.open("wb") as plain:
            shutil.copyfileobj(packed, plain)
            plain.flush()
            os.fsync(plain.fileno())
    except (OSError, EOFError) as error:
        raise CannotCopy(f"The copy of the database is damaged ({error}).") from error
    return sqlite_state(into)


def _dump_postgresql(url: str, into: Path) -> Dump:
    """Rows are counted on the snapshot that is dumped."""
    with _connected(url) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        [snapshot] = connection.execute("SELECT pg_export_snapshot()").fetchone() or [""]
        told = postgresql_state(connection)
        _run(
            [
                *_program("pg_dump", connection.info.server_version),
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--snapshot={snapshot}",
                f"--file={into}",
            ],
            url,
        )
    return told


def postgresql_state(connection: "psycopg.Connection[tuple[str]]") -> Dump:
    tables = sorted(name for (name,) in connection.execute(POSTGRESQL_TABLES))
    counts: dict[str, int] = {}
    at: list[str] = []
    for name in tables:
        counted = connection.execute(SQL("SELECT count(*)::text FROM {}").format(Identifier(name)))
        counts[name] = sum(int(count) for (count,) in counted)
    if "alembic_version" in tables:
        at = [name for (name,) in connection.execute("SELECT version_num FROM alembic_version")]
    version = str(connection.info.server_version // 10000)
    return Dump(POSTGRESQL, version, tuple(sorted(at)), counts)


def state_of(url: str) -> Dump:
    """Returns where a database stands and how many rows it has; of none, nothing."""
    if engine_of(url) == POSTGRESQL:
        with _connected(url) as connection:
            return postgresql_state(connection)
    path = Path(url.removeprefix(PREFIX))
    return sqlite_state(path) if path.exists() else Dump(SQLITE, sqlite3.sqlite_version, (), {})


def stands(url: str) -> tuple[str, ...]:
    """Returns the revisions at which a database stands; of none, nothing."""
    asked = "SELECT version_num FROM alembic_version"
    if engine_of(url) == POSTGRESQL:
        with _connected(url) as connection:
            if ("alembic_version",) not in connection.execute(POSTGRESQL_TABLES).fetchall():
                return ()
            return tuple(sorted(name for (name,) in connection.execute(asked)))
    path = Path(url.removeprefix(PREFIX))
    if not path.exists():
        return ()
    with closing(sqlite3.connect(path, timeout=10)) as connection:
        try:
            return tuple(sorted(name for (name,) in connection.execute(asked)))
        except sqlite3.DatabaseError:
            return ()


def require_readable(dump: Path) -> None:
    """Reads the whole of a copy of a PostgreSQL database. Raises CannotCopy."""
    _run([*_program("pg_restore"), "--file=/dev/null", str(dump)], "")


def put_back(dump: Path, url: str, *, script: Path) -> None:
    """Replaces all of a PostgreSQL database by a copy, in one transaction: it is as it was before
    until all of it is there. `script` is a file that may be written. Raises CannotCopy.
    """
    with _connected(url) as connection:
        version = connection.info.server_version
        _require_alone(connection)
    restoring = [*_program("pg_restore", version), "--no-owner", "--no-privileges"]
    _run([*restoring, f"--file={script}", str(dump)], "")
    leave_out_newer_setting(script)
    first = script.with_name(f"{script.name}.first")
    first.write_text(ANEW, encoding="ascii")
    options = ["--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    _run(
        [*_program("psql", version), *options, f"--file={first}", f"--file={script}"],
        url,
    )


def _require_alone(connection: "psycopg.Connection[tuple[str]]") -> None:
    """Raises CannotCopy while others are connected as the same role. The server still shows for a
    moment whoever has just gone.
    """
    until = time.monotonic() + GOES_WITHIN
    while connection.execute(OTHERS).fetchone() is not None:
        if time.monotonic() > until:
            raise CannotCopy("Convoca is running on this database: stop it first.")
        time.sleep(0.05)


def leave_out_newer_setting(script: Path) -> None:
    """Makes a comment of what pg_restore 17 and later write at the head of a script, which a server
    of before does not know.
    """
    with script.open("r+b") as file:
        at = file.read(4096).find(b"\nSET transaction_timeout = 0;")
        if at >= 0:
            file.seek(at + 1)
            file.write(b"-- ")


@contextmanager
def scratch_database(url: str, *, now: datetime) -> Iterator[str]:
    """Gives the address of an empty database on the same server, which is dropped at the end; what a
    killed process left of a day before goes too. Raises CannotCopy where the role may not make one.
    """
    name = f"convoca_drill_{now:%Y%m%d%H%M%S}_{os.getpid()}"
    with _connected(url) as connection:
        for (left,) in connection.execute(OWN_DATABASES).fetchall():
            match = SCRATCH.fullmatch(left)
            if match and match[1] < f"{now - LEFT_FOR:%Y%m%d%H%M%S}":
                connection.execute(
                    SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(left))
                )
        try:
            connection.execute(
                SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name))
            )
        except psycopg.errors.InsufficientPrivilege:
            raise CannotCopy(
                "The drill makes a database of its own on the server, which the role of DATABASE_URL "
                "may not: ALTER ROLE … CREATEDB lets it."
            ) from None
    base, _, query = url.partition("?")
    try:
        yield f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
    finally:
        with _connected(url) as connection:
            connection.execute(
                SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name))
            )


@contextmanager
def _connected(url: str) -> "Iterator[psycopg.Connection[tuple[str]]]":
    try:
        connection = psycopg.connect(_plain(url), autocommit=True)
    except psycopg.OperationalError as error:
        raise CannotCopy("The database server does not answer.") from error
    try:
        yield connection
    finally:
        connection.close()


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _program(name: str, server_version: int = 0) -> list[str]:
    """Returns how a program of PostgreSQL is called, of the server's version or a newer one. Raises
    CannotCopy with what to install.
    """
    needed = server_version // 10000
    seen = []
    for path in _candidates(name):
        told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
        if found := re.search(r"\) (\d+)", told.stdout):
            if int(found[1]) >= needed:
                return [str(path)]
            seen.append(f"{found[1]} at {path}")
    has = f"Found: {', '.join(seen)}." if seen else "None was found."
    major = needed or "of the server's version"
    raise CannotCopy(
        f"PostgreSQL {needed or ''} needs {name} {major} or newer. {has} Install "
        f"postgresql-client-{needed or 'N'} (https://apt.postgresql.org has every version)."
    )


def _candidates(name: str) -> Iterator[Path]:
    """Yields what is on the PATH, then what Debian installs beside it, the newest first."""
    if found := shutil.which(name):
        yield Path(found)
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    yield from sorted(versions, key=lambda path: float(path.parts[4]), reverse=True)


def _run(command: list[str], url: str) -> None:
    """Runs a program; the address goes by the environment, where `ps` does not show a password."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if url:
        parts = conninfo_to_dict(_plain(url))
        given |= {VARIABLES[name]: str(value) for name, value in parts.items() if name in VARIABLES}
    try:
        done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
    except OSError as error:
        raise CannotCopy(f"{command[0]} cannot be run ({error.strerror}).") from error
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if "error" in line.lower()), "")
        raise CannotCopy(f"{Path(command[0]).name} failed: {said or done.stderr.strip()[:300]}")
