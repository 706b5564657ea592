"""What follows from facts: the certificate of a completion, and a file that is drawn once."""

import hashlib
import threading
from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.http import parse_options_header

from app.infra import journal
from app.infra.database import reading, transaction
from app.kernel.actor import Actor
from app.training.certificates import tasks
from app.training.certificates.models import Certificate, CertificateFile
from app.training.certificates.rules import grouped
from app.training.certificates.values import CertificateFacts, facts_from
from app.training.learning.facts import CourseCompleted
from tests.training.certificates.builders import EVENING, Finished, finished, sign_in

pytestmark = pytest.mark.usefixtures("the_day")
NAME = "María José Ñáñez Güell de la O"


def test_r58_the_owner_downloads_her_certificate(
    app: Flask, client: FlaskClient, somebody: Finished, code: str
) -> None:
    sign_in(app, somebody.actor())
    answer = client.get(f"/certificates/{code}.pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    name = f"maría-josé-ñáñez-güell-de-la-o_lineamientos-en-la-práctica_{grouped(code)}.pdf"
    disposition, options = parse_options_header(answer.headers["Content-Disposition"])
    assert (disposition, options["filename"]) == ("attachment", name)
    assert "filename=maria-jose-nanez-guell-de-la-o_" in answer.headers["Content-Disposition"]
    reader = PdfReader(BytesIO(answer.data))
    text = " ".join(reader.pages[0].extract_text().split())
    assert NAME in text
    assert "el 24 de noviembre de 2026" in text
    assert "Vigente hasta el 24 de noviembre de 2028" in text
    assert client.get("/certificates/ABCD.pdf").status_code == 404
    sign_in(app, Actor(account_id=9, person_id=somebody.person_id + 1))
    assert client.get(f"/certificates/{code}.pdf").status_code == 404


def test_the_background_draws_once_and_the_file_is_never_drawn_again(
    app: Flask, client: FlaskClient, somebody: Finished, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        assert app.extensions["convoca_jobs"].drain() >= 1
        with reading() as db:
            kept = db.scalars(select(CertificateFile)).one()
        path = tasks.stored_pdf(code, now=EVENING)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == kept.sha256 == path.stem
    assert kept.size == path.stat().st_size
    monkeypatch.setattr(tasks, "render_pdf", lambda _facts: pytest.fail("drawn again"))
    sign_in(app, somebody.actor())
    assert client.get(f"/certificates/{code}.pdf").data == path.read_bytes()


def test_a_lost_file_comes_back_only_if_it_is_the_same(
    app: Flask, client: FlaskClient, somebody: Finished, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(app, somebody.actor())
    first = client.get(f"/certificates/{code}.pdf").data
    with app.app_context():
        tasks.stored_pdf(code, now=EVENING).unlink()
    assert client.get(f"/certificates/{code}.pdf").data == first
    with app.app_context():
        tasks.stored_pdf(code, now=EVENING).unlink()
    monkeypatch.setattr(tasks, "render_pdf", lambda _facts: b"%PDF another")
    assert client.get(f"/certificates/{code}.pdf").status_code == 503


def test_two_who_download_at_once_draw_once(
    app: Flask, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def draw(facts: CertificateFacts) -> bytes:
        drawn.append(facts.code)
        return b"%PDF one"

    monkeypatch.setattr(tasks, "render_pdf", draw)
    start, paths = threading.Barrier(4), []

    def fetch() -> None:
        with app.app_context():
            start.wait(timeout=20)
            paths.append(tasks.stored_pdf(code, now=EVENING))

    threads = [threading.Thread(target=fetch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert drawn == [code]
    assert len(paths) == 4
    assert len(set(paths)) == 1


def test_r48_the_fact_of_completion_becomes_a_certificate_and_its_file(app: Flask) -> None:
    """Through the journal, told twice: one certificate, one file."""
    with app.app_context():
        with transaction() as db:
            somebody = finished(db)
        for _ in range(2):
            with transaction() as db:
                told = CourseCompleted(somebody.person_id, uuid4(), somebody.edition_id, EVENING)
                journal.record(db, told, actor=somebody.actor(), now=EVENING)
        app.extensions["convoca_jobs"].drain()
        with reading() as db:
            certificates = db.scalars(select(Certificate)).all()
            files = db.scalars(select(CertificateFile)).all()
            undone = db.scalars(
                select(journal.Delivery).where(journal.Delivery.state != "done")
            ).all()
    assert len(certificates) == len(files) == 1
    assert (
        facts_from(certificates[0].facts).verify_url
        == f"http://localhost/verify/{certificates[0].code}"
    )
    assert not undone
