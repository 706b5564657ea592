"""Installations that earlier trees made, in `tests/tooling/states`: what an update begins with."""

import lzma
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support import databases

FOLDER = databases.ROOT / "tests" / "tooling" / "states"
FIRST = "d837b01f"
"""The commit that made it, on 30 November 2026."""
ORGANIZER, PASSWORD = "secretaria@example.org", "cuatro zorros bajo la lluvia"
HOLDER = "María José Ñáñez Güell de la O"


@contextmanager
def state(engine: str, data: Path, *, commit: str = FIRST) -> Iterator[str]:
    """Gives the address of a database as that commit left it, with its data folder `data`."""
    data.mkdir(parents=True, exist_ok=True)
    packed = FOLDER / f"{commit}.{'sqlite3' if engine == 'sqlite' else 'sql'}.xz"
    if engine == "sqlite":
        path = data / "convoca.sqlite3"
        with lzma.open(packed) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
        yield databases.sqlite_url(path)
        return
    with lzma.open(packed, "rt", encoding="utf-8") as source:
        # What begins with a backslash is for psql alone.
        script = "".join(line for line in source if not line.startswith("\\"))
    with databases.postgresql_copy(template="template0") as url:
        address = url.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(script.encode())
        yield url
