"""Certificates per CPU second: the PDF alone, and the whole chain from the completion on record to
the stored file.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from app import create_app
from app.infra import clock
from app.infra.database import transaction
from app.training.certificates import tasks
from app.training.certificates.exports import DESIGNS
from app.training.certificates.exports.engine import Engine
from tests.load import Figure
from tests.support import databases
from tests.support.lifetime import close_app
from tests.training.certificates.builders import an_edition, finished, sample

PDFS = 100
PEOPLE = 60


def run() -> Iterator[Figure]:
    facts = sample()
    engine = Engine(DESIGNS)  # in this process, whose CPU is counted
    engine.render(facts)  # the art and the fonts, once per process
    before = time.process_time()
    for number in range(PDFS):
        pdf = engine.render(replace(facts, holder_name=f"María José Ñáñez Güell {number}"))
    spent = time.process_time() - before
    yield Figure(
        "PDF, CPU each", round(spent / PDFS * 1000, 1), "ms", {"samples": PDFS, "bytes": len(pdf)}
    )
    yield Figure("PDFs per CPU second", round(PDFS / spent, 1), "1/s", {"samples": PDFS})
    yield from _chain()


def _chain() -> Iterator[Figure]:
    with TemporaryDirectory() as folder:
        url = databases.sqlite_copy(databases.migrated_sqlite(), Path(folder) / "bench.sqlite3")
        app = create_app(databases.settings_for(url, Path(folder)))
        with app.app_context():
            with transaction() as db:
                edition_id = an_edition(db)
                people = [finished(db, edition_id=edition_id) for _ in range(PEOPLE)]
            before = time.perf_counter()
            for one in people:
                now = clock.now()
                with transaction() as db:
                    code = one.certificate(db, now=now)
                tasks.stored_pdf(code, now=now)
            spent = time.perf_counter() - before
        close_app(app)
    about: dict[str, str | int] = {"database": "sqlite", "samples": PEOPLE}
    yield Figure("issued, drawn and stored, each", round(spent / PEOPLE * 1000, 1), "ms", about)
