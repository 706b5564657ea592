"""A certificate before the office has entered its public address, and afterwards (R81)."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.infra import journal
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.office.outbox.models import Message
from app.training.certificates.models import Certificate, CertificateFile
from app.training.learning.facts import CourseCompleted
from config import Settings
from tests.support.mailboxes import ADDRESS, enter, unconnected
from tests.training.certificates.builders import EVENING, Finished, sign_in
from tests.training.certificates.test_exports import read, structure, text_of

pytestmark = pytest.mark.usefixtures("the_day")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return unconnected(database_url, (tmp_path / "var").resolve())


@pytest.fixture
def issued(app: Flask, somebody: Finished) -> str:
    """The code of a certificate that followed from the completion."""
    told = CourseCompleted(somebody.person_id, somebody.enrolment_id, somebody.edition_id, EVENING)
    with app.app_context():
        with transaction() as db:
            journal.record(db, told, actor=somebody.actor(), now=EVENING)
        platform(app).jobs.drain()
        with reading() as db:
            return db.scalars(select(Certificate.code)).one()


def files(app: Flask) -> int:
    with app.app_context(), reading() as db:
        return db.scalar(select(func.count()).select_from(CertificateFile)) or 0


def test_r81_certificate_is_issued_and_not_drawn_before_there_is_an_address(
    app: Flask, client: FlaskClient, somebody: Finished, issued: str
) -> None:
    assert files(app) == 0
    sign_in(app, somebody.actor())
    own = client.get("/certificates").text
    assert "Su certificado está emitido y su código es válido" in own
    assert f"/certificates/{issued}.pdf" not in own
    assert f"/certificates/{issued}.webp" not in own
    refused = client.get(f"/certificates/{issued}.pdf")
    assert refused.status_code == 503
    assert "dirección pública" in refused.text
    assert client.get(f"/certificates/{issued}.webp").status_code == 503
    assert app.test_client().get(f"/verify/{issued}").status_code == 200


def test_r81_code_on_the_paper_leads_to_the_address_that_was_entered(
    app: Flask, client: FlaskClient, somebody: Finished, issued: str
) -> None:
    enter(app, public_address=ADDRESS)
    sign_in(app, somebody.actor())
    assert f"/certificates/{issued}.pdf" in client.get("/certificates").text
    pdf = client.get(f"/certificates/{issued}.pdf").data
    figures = [e for e in structure(read(pdf)) if e.get("/S") == "/Figure"]
    assert f"Código QR: {ADDRESS}/verify/{issued}" in [f["/Alt"] for f in figures]
    assert "convoca.example.org/verify" in text_of(pdf)
    assert "127.0.0.1" not in text_of(pdf)
    enter(app, public_address="https://moved.example.org")
    assert client.get(f"/certificates/{issued}.pdf").data == pdf
    moved = app.test_client().get(f"/verify/{issued}", base_url="https://moved.example.org")
    assert moved.status_code == 200


def test_letter_about_the_certificate_leads_to_the_address_when_it_leaves(
    app: Flask, issued: str
) -> None:
    with app.app_context(), reading() as db:
        bodies = db.execute(select(Message.body, Message.site)).all()
    for body, site in bodies:
        assert body.count("http") == body.count(f"{site}/")
        assert f"{site}/verify/{issued}" in body


def test_pasted_link_of_the_public_address_is_read_wherever_the_reader_is(
    app: Flask, client: FlaskClient, issued: str
) -> None:
    typed = {"code": f"{ADDRESS}/verify/{issued}"}
    assert client.get("/verify", query_string=typed).status_code == 400
    enter(app, public_address=ADDRESS)
    assert client.get("/verify", query_string=typed).headers["Location"] == f"/verify/{issued}"
