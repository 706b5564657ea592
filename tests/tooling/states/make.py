"""Makes a small installation with the tree it is run in, for tests that update it to a later one.

Run it in the root of the old tree, whose tests come along, with an empty folder to write into:

    PYTHONPATH=. .venv/bin/python …/tests/tooling/states/make.py /tmp/state

The folder then holds `state.sqlite3.xz` and, from PostgreSQL, `state.sql.xz`; both were made by the
commit that the files are named after. Everybody in them is invented.
"""

import lzma
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from app import create_app
from app.infra.database import transaction
from app.kernel.actor import Role
from app.kernel.text import LocalizedText
from app.office.demo.services import reference
from tests.planning.events.planning_builders import a_draft, plan
from tests.support import databases, session
from tests.support.actors import an_account
from tests.support.postgresql import binaries, server_url
from tests.training.certificates.builders import finished
from tests.training.learning.builders import another_course

MADE_AT = datetime(2026, 11, 30, 4, 38, tzinfo=UTC)
PASSWORD = "cuatro zorros bajo la lluvia"


def fill(database_url: str, data: Path) -> None:
    """Puts in what an office has after its first months, by the services of this tree. The one
    course has the label of the one that is shipped, and other texts.
    """
    reference.shipped_courses = lambda: (replace(another_course("psea"), edition="2026.2"),)
    databases.migrate(database_url, data)
    app = create_app(databases.settings_for(database_url, data))
    with app.app_context(), transaction() as db:
        reference.load_reference(db, now=MADE_AT)
    an_account(
        app,
        "secretaria@example.org",
        name="Rosaura Villalobos Ñurinda",
        roles=[(Role.ORGANIZER, "")],
        password=PASSWORD,
    )
    plan(app, a_draft(title=LocalizedText(es="Primera atención en el consulado")), publish=True)
    with app.app_context(), transaction() as db:
        holder = finished(db, decided_at=MADE_AT)
        print("certificate", holder.certificate(db, now=MADE_AT))


def main(folder: Path) -> None:
    folder.mkdir(parents=True)
    session.begin(may_use_memory=False)
    path = folder / "state.sqlite3"
    fill(databases.sqlite_url(path), folder / "data")
    databases.settle(path)
    subprocess.run(["sqlite3", path, "VACUUM"], check=True)
    (folder / "state.sqlite3.xz").write_bytes(lzma.compress(path.read_bytes(), preset=9))
    server_url()
    with databases.postgresql_copy("state") as url:
        fill(url, folder / "more")
        dump = binaries(session.folder(), {}) / "pg_dump"
        address = url.replace("postgresql+psycopg://", "postgresql://")
        options = ["--inserts", "--rows-per-insert=100", "--no-owner", "--no-privileges"]
        text = subprocess.run([dump, *options, address], check=True, capture_output=True).stdout
    (folder / "state.sql.xz").write_bytes(lzma.compress(text, preset=9))
    shutil.rmtree(session.folder(), ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
