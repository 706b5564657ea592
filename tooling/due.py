"""Says which steps a start still needs, without starting the application: `python -m tooling.due
[--demo]`. Exits 1 with a sentence when the database is of another version.

Prints any of: catalogues (words changed since they were compiled), backup (the schema is behind and
people other than those of the demo are in the database), migrations (the schema is behind),
reference (it was behind, no country is there yet, or the holidays of the year after next are
missing), keys (a development machine has none to sign credentials with), record (nothing is on
record yet), demo (asked for, and nobody is in the directory), zones (coming events were computed under another tzdata).
"""

import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Date, Engine, NullPool, column, create_engine, inspect, select, table, text
from sqlalchemy.exc import DatabaseError

from app.infra.issuer_keys import has_keys
from app.infra.revisions import revisions, stands_at
from config import Settings, read_settings
from tooling.languages import catalogue_languages

ROOT = Path(__file__).resolve().parent.parent


class AnotherVersion(SystemExit):
    """The database was made by another version of Convoca, whose tables no migration leads on
    from. The message says how to start anew, in Spanish and in English.
    """


ANOTHER_VERSION = """\
La base de datos es de otra versión de Convoca ({revisions}) y esta no puede continuarla. Para empezar de nuevo,
mueva la carpeta {data} a otro lugar o nombre otra: CONVOCA_DATA=otra ./run
The database was made by another version of Convoca ({revisions}), and this one cannot take it over. To start anew,
move the folder {data} away or name another one: CONVOCA_DATA=another ./run"""
ANOTHER_SERVER = """\
La base de datos es de otra versión de Convoca ({revisions}) y esta no puede continuarla. Para empezar de nuevo,
nombre en DATABASE_URL una base de datos vacía.
The database was made by another version of Convoca ({revisions}), and this one cannot take it over. To start anew,
name an empty database in DATABASE_URL."""


def catalogues_are_stale(root: Path) -> bool:
    """The folder's own date tells of a file taken away."""
    for language in catalogue_languages(root):
        folder = root / "translations" / language
        compiled = folder / "LC_MESSAGES" / "messages.mo"
        if not compiled.exists():
            return True
        words = (path for path in folder.rglob("*") if "LC_MESSAGES" not in path.parts)
        sources = (folder, *words) if any(folder.rglob("*.po")) else ()
        if any(path.stat().st_mtime > compiled.stat().st_mtime for path in sources):
            return True
    return False


def require_known(found: frozenset[str], known: frozenset[str], settings: Settings) -> None:
    """Raises AnotherVersion for a database that stands where no migration of this version does."""
    if unknown := sorted(found - known):
        is_file = settings.database.startswith("sqlite:///")
        words = ANOTHER_VERSION if is_file else ANOTHER_SERVER
        raise AnotherVersion(words.format(revisions=", ".join(unknown), data=settings.data))


def engine_of(settings: Settings) -> Engine | None:
    """None where there is no database file yet: asking must not create one."""
    path = settings.database.removeprefix("sqlite:///")
    return (
        None
        if path != settings.database and not Path(path).exists()
        else create_engine(settings.database, poolclass=NullPool)  # closed after each question
    )


def schema_revisions(engine: Engine | None) -> frozenset[str]:
    if engine is None:
        return frozenset()
    with engine.connect() as connection:
        return stands_at(connection)


def is_empty(engine: Engine | None, name: str) -> bool:
    if engine is None or not inspect(engine).has_table(name):
        return True
    with engine.connect() as connection:
        return connection.scalar(select(text("1")).select_from(table(name)).limit(1)) is None


HOLIDAYS = table("country_holiday", column("holiday_on", Date))


def holidays_run_out(engine: Engine | None, year: int) -> bool:
    """Planners look two years ahead, so each new year asks for one more."""
    if engine is None or not inspect(engine).has_table(HOLIDAYS.name):
        return False
    with engine.connect() as connection:
        coming = (
            select(text("1"))
            .select_from(HOLIDAYS)
            .where(HOLIDAYS.c.holiday_on >= date(year, 1, 1))
            .limit(1)
        )
        return connection.scalar(coming) is None


COMPUTED_OTHERWISE = text(
    "SELECT 1 FROM event WHERE starts_at IS NOT NULL AND (wall_starts = '' OR "
    "(tzdata_version <> :tzdata AND status <> 'cancelled' AND ends_at > CURRENT_TIMESTAMP)) LIMIT 1"
)


def zones_are_stale(engine: Engine | None, tzdata: str) -> bool:
    if engine is None or is_empty(engine, "event"):
        return False
    with engine.connect() as connection:
        return connection.scalar(COMPUTED_OTHERWISE, {"tzdata": tzdata}) is not None


def due(root: Path, settings: Settings, *, demo: bool) -> Iterator[str]:
    engine = engine_of(settings)
    if catalogues_are_stale(root):
        yield "catalogues"
    found = schema_revisions(engine)
    ours = revisions(root / "migrations" / "versions")
    require_known(found, ours.known, settings)
    is_behind = found != ours.newest
    if is_behind:
        if not demo and not is_empty(engine, "person"):
            yield "backup"
        yield "migrations"
    if (
        is_behind
        or is_empty(engine, "country")
        or holidays_run_out(engine, datetime.now(UTC).year + 2)
    ):
        yield "reference"
    if settings.environment == "development" and not has_keys(settings):
        yield "keys"
    if is_empty(engine, "record_link"):
        yield "record"
    if demo and is_empty(engine, "person"):
        yield "demo"
    if (is_behind and not is_empty(engine, "event")) or (
        not is_behind and zones_are_stale(engine, version("tzdata"))
    ):
        yield "zones"


if __name__ == "__main__":
    with suppress(
        DatabaseError
    ):  # a damaged file: `flask serve` comes next and says so in a sentence
        print(*due(ROOT, read_settings(), demo="--demo" in sys.argv), sep="\n")
