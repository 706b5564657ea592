"""Certificates per CPU second: the PDF alone, the whole chain from the completion on record to the
sealed and stored file with its credential beside WeasyPrint alone on the same page, and what it
costs to verify one of many.
"""

import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import segno
from sqlalchemy import event, insert, select
from weasyprint import CSS, HTML

from app import create_app
from app.infra import clock
from app.infra.database import database, reading, transaction
from app.kernel.actor import SYSTEM
from app.training.certificates import rules, tasks
from app.training.certificates.exports import DESIGNS
from app.training.certificates.exports.engine import QR_BORDER, QR_MASK, Engine
from app.training.certificates.models import Certificate
from app.training.certificates.queries.achievements import Earned
from app.training.certificates.queries.register import pdf_to_draw
from app.training.certificates.services.issuing import issue_certificates
from app.training.certificates.values import (
    CertificateFacts,
    IssuedFrom,
    canonical_json,
    facts_from,
    fingerprint_of,
)
from tests.load import Figure
from tests.support import databases
from tests.support.lifetime import close_app
from tests.training.certificates.builders import (
    ADDRESS,
    Finished,
    an_edition,
    an_organizer,
    finished,
    sample,
)
from tests.training.certificates.closing import cpu_of, sealing_app

PDFS = 100
NAIVE, PART = 6, 20
PEOPLE = NAIVE * PART
ISSUED = 100_000
LOOKUPS = 200
ENGINES = ("sqlite", "postgresql")
A_PART = 10_000


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
    for engine_name in ENGINES:
        yield from _verifying(engine_name)


def _chain() -> Iterator[Figure]:
    """The whole chain and WeasyPrint alone in turns, so that both meet the same machine. Counts this
    process and the one that draws.
    """
    engine = Engine(DESIGNS)
    about: dict[str, str | int] = {"database": "sqlite", "samples": PEOPLE}
    with TemporaryDirectory() as folder:
        url = databases.sqlite_copy(databases.migrated_sqlite(), Path(folder) / "bench.sqlite3")
        with sealing_app(url, Path(folder)) as app, app.app_context():
            with transaction() as db:
                edition_id = an_edition(db)
                people = [finished(db, edition_id=edition_id) for _ in range(PEOPLE + 1)]
            _issued_and_stored(people[:1])  # the art and the fonts, once per process
            chain = naive = 0.0
            for part in range(NAIVE):
                begin = cpu_of(os.getpid())
                facts = _issued_and_stored(people[1 + part * PART : 1 + (part + 1) * PART])
                middle = cpu_of(os.getpid())
                _naive(engine, facts)
                chain, naive = chain + middle - begin, naive + cpu_of(os.getpid()) - middle
    each, alone = chain / PEOPLE * 1000, naive / NAIVE * 1000
    yield Figure(
        "issued, credential, drawn, sealed and stored, CPU each", round(each, 1), "ms", about
    )
    yield Figure("WeasyPrint alone on the same page, CPU each", round(alone), "ms", about)
    yield Figure("ratio", round(alone / each, 1), "", about)


def _issued_and_stored(people: Sequence[Finished]) -> CertificateFacts:
    """Issues together, as a closing does, and draws, seals and stores one by one; returns the facts
    of the last.
    """
    now = clock.now()
    with transaction() as db:
        codes = issue_certificates(
            db,
            actor=SYSTEM,
            earned=[Earned(one.person_id, one.edition_id, now, one.enrolment_id) for one in people],
            place=IssuedFrom(ADDRESS),
        )
    for code in codes:
        tasks.stored_pdf(code, now=now)
    with reading() as db:
        return pdf_to_draw(db, codes[-1]).facts


def _naive(engine: Engine, facts: CertificateFacts) -> bytes:
    """The page, its style and its art, given to WeasyPrint as its manual says; one standard of two,
    no seal and no credential.
    """
    paper = DESIGNS / "shared" / "paper_v4"
    art = CSS(string="@page { background: url(art.svg) 0 0 / 297mm 210mm }", base_url=f"{paper}/")
    code = segno.make(facts.verify_url.upper(), error="m", micro=False, mask=QR_MASK)
    qr = code.svg_inline(border=QR_BORDER, omitsize=True, title="Código QR")
    page = HTML(string=engine._page(facts, qr, "roomy"), base_url=f"{paper}/")
    pdf: bytes = page.write_pdf(stylesheets=[paper / "page.css", art], pdf_variant="pdf/ua-1")
    return pdf


def _verifying(engine_name: str) -> Iterator[Figure]:
    """What a lookup costs, page and API, each code from another network address."""
    with TemporaryDirectory() as folder, _database(engine_name, Path(folder)) as url:
        app = create_app(databases.settings_for(url, Path(folder)))
        with app.app_context():
            codes = _issued()
            statements: list[str] = []
            event.listen(
                database.engine,
                "before_cursor_execute",
                lambda *arguments: statements.append(arguments[2]),
            )
        client = app.test_client()
        for name, path in (("page", "/verify/{}"), ("API", "/api/v1/certificates/{}")):
            for code in codes[:20]:
                client.get(path.format(code), environ_base={"REMOTE_ADDR": "192.0.2.1"})
            statements.clear()
            before = time.process_time()
            for number, code in enumerate(codes[-LOOKUPS:]):
                source = {"REMOTE_ADDR": f"198.51.100.{number % 250}"}
                assert client.get(path.format(code), environ_base=source).status_code == 200
            spent = (time.process_time() - before) / len(codes[-LOOKUPS:])
            about: dict[str, str | int] = {"database": engine_name, "certificates": len(codes)}
            yield Figure(f"verify, {name}, CPU each", round(spent * 1000, 2), "ms", about)
            each = round(len(statements) / len(codes[-LOOKUPS:]), 2)
            yield Figure(f"verify, {name}, statements each", each, "", about)
        close_app(app)


@contextmanager
def _database(engine_name: str, folder: Path) -> Iterator[str]:
    if engine_name == "postgresql":
        with databases.postgresql_copy("certificates") as url:
            yield url
    else:
        yield databases.sqlite_copy(databases.migrated_sqlite(), folder / "bench.sqlite3")


def _issued() -> list[str]:
    """Writes as many certificates as a region issues in decades; returns their codes. One account
    exists, as in every installation that is set up.
    """
    with transaction() as db:
        an_organizer(db)
        first = finished(db).certificate(db)
        row = db.execute(select(Certificate.__table__)).mappings().one()
    facts = facts_from(row["facts"])
    codes = [first]
    for start in range(0, ISSUED - 1, A_PART):
        rows = []
        for _ in range(start, min(start + A_PART, ISSUED - 1)):
            code = rules.code_from(secrets.randbits(rules.RANDOM_BITS))
            text = canonical_json(replace(facts, code=code))
            rows.append(
                {**row, "code": code, "facts": text, "facts_sha256": fingerprint_of(text)}
                | {"achievement": rules.in_place_of(code)}
            )
            del rows[-1]["id"]
            codes.append(code)
        with transaction() as db:
            db.execute(insert(Certificate), rows)
    return codes
