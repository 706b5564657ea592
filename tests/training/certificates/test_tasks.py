"""What follows from facts: the certificate of a completion, and a file that is drawn once."""

import contextlib
import hashlib
import signal
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.http import parse_options_header

from app import create_app
from app.infra import clock, journal
from app.infra.database import reading, transaction
from app.infra.files import files, key_of
from app.infra.platform import platform
from app.infra.signing_key import OWN_FILE, signing_key
from app.kernel.actor import Actor
from app.training.certificates import tasks
from app.training.certificates.exports.standards import SEALED_AT
from app.training.certificates.models import Certificate, CertificateFile
from app.training.certificates.rules import grouped
from app.training.certificates.services.files import begin_file, keep_file
from app.training.certificates.values import CertificateFacts, facts_from
from app.training.learning.facts import CourseCompleted
from config import Settings
from tests.infra.test_processes import environment
from tests.security.test_races import together
from tests.support import forked
from tests.support.bucket import serving_bucket
from tests.support.databases import settings_for
from tests.support.lifetime import close_app
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


def test_owner_downloads_letter_size_which_is_kept_beside_the_first(
    app: Flask, client: FlaskClient, somebody: Finished, code: str
) -> None:
    sign_in(app, somebody.actor())
    letter = client.get(f"/certificates/{code}.pdf?paper=letter").data
    assert [float(side) for side in PdfReader(BytesIO(letter)).pages[0].mediabox[2:]] == [792, 612]
    whole = client.get(f"/certificates/{code}.pdf?paper=other").data
    assert client.get(f"/certificates/{code}.pdf?paper=letter").data == letter != whole
    with app.app_context(), reading() as db:
        kept = {row.media_type: row.sha256 for row in db.scalars(select(CertificateFile))}
    assert kept == {
        "application/pdf": hashlib.sha256(whole).hexdigest(),
        "application/pdf; paper=letter": hashlib.sha256(letter).hexdigest(),
    }


def test_the_background_draws_once_and_the_file_is_never_drawn_again(
    app: Flask, client: FlaskClient, somebody: Finished, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        assert platform(app).jobs.drain() >= 1
        with reading() as db:
            kept = db.scalars(select(CertificateFile)).one()
        pdf = files().get(key_of(kept.sha256))
    assert hashlib.sha256(pdf).hexdigest() == kept.sha256
    assert kept.size == len(pdf)
    monkeypatch.setattr(tasks, "render_pdf", lambda *_given, **_named: pytest.fail("drawn again"))
    sign_in(app, somebody.actor())
    assert client.get(f"/certificates/{code}.pdf").data == pdf


def test_a_lost_file_comes_back_only_if_it_is_the_same(
    app: Flask, client: FlaskClient, somebody: Finished, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(app, somebody.actor())
    first = client.get(f"/certificates/{code}.pdf").data
    key = key_of(hashlib.sha256(first).hexdigest())
    with app.app_context():
        files().delete(key)
    assert client.get(f"/certificates/{code}.pdf").data == first
    with app.app_context():
        files().delete(key)
    monkeypatch.setattr(tasks, "render_pdf", lambda *_given, **_named: b"%PDF another")
    answer = client.get(f"/certificates/{code}.pdf")
    assert answer.status_code == 503
    assert "Nos falta el archivo de este certificado" in answer.text


@pytest.fixture
def sealing(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The application with the key of a development machine, valid on the day of these tests."""
    folder = tmp_path / "key"
    signing_key(Settings(environment="development", convoca_data=folder))
    settings = platform(app).settings.model_copy(update={"seal_file": folder / OWN_FILE})
    monkeypatch.setattr(platform(app), "settings", settings)
    return settings


def test_file_is_sealed_once_and_its_bytes_are_kept(
    app: Flask, client: FlaskClient, somebody: Finished, code: str, sealing: Settings
) -> None:
    """Given a key, when the owner downloads twice, then both are the one sealed file; lost, it is
    not made a second time, because a second seal would be another file under the same certificate.
    """
    sign_in(app, somebody.actor())
    first = client.get(f"/certificates/{code}.pdf").data
    assert b"/SubFilter /ETSI.CAdES.detached" in first
    assert SEALED_AT not in first
    assert client.get(f"/certificates/{code}.pdf").data == first
    with app.app_context():
        files().delete(key_of(hashlib.sha256(first).hexdigest()))
    answer = client.get(f"/certificates/{code}.pdf")
    assert answer.status_code == 503
    assert "Nos falta el archivo de este certificado" in answer.text


def test_certificate_waits_while_it_cannot_be_sealed(
    app: Flask, somebody: Finished, code: str, sealing: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file is kept without the seal that it is to have, and the next try makes it."""
    sign_in(app, somebody.actor())
    broken = sealing.model_copy(update={"seal_file": sealing.data / "gone.pem"})
    monkeypatch.setattr(platform(app), "settings", broken)
    answer = app.test_client().get(f"/certificates/{code}.pdf")
    assert answer.status_code == 503
    assert "su archivo no se puede sellar" in answer.text
    with app.app_context(), reading() as db:
        assert db.scalars(select(CertificateFile)).all() == []
    monkeypatch.setattr(platform(app), "settings", sealing)
    assert b"/Type /Sig" in app.test_client().get(f"/certificates/{code}.pdf").data


@pytest.mark.parametrize("storage", ["bucket", "shared folder"])
def test_certificate_drawn_on_one_machine_downloads_from_another(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, storage: str
) -> None:
    """Two applications with a data folder each, of which each draws other bytes."""
    machines = (tmp_path / "one", tmp_path / "two")
    with contextlib.ExitStack() as stack:
        bucket = stack.enter_context(serving_bucket())
        for name, value in bucket.environment.items():
            monkeypatch.setenv(name, value)
        shared = tmp_path / "shared"
        shared.mkdir()
        url = "s3://convoca/files" if storage == "bucket" else shared.as_uri()
        first, second = [
            create_app(settings_for(database_url, data, files_url=url)) for data in machines
        ]
        stack.callback(close_app, first)
        stack.callback(close_app, second)
        with first.app_context():
            with transaction() as db:
                somebody = finished(db)
                code = somebody.certificate(db)
            monkeypatch.setattr(tasks, "render_pdf", lambda *_given, **_named: b"%PDF of the first")
            platform(first).jobs.drain()
        monkeypatch.setattr(tasks, "render_pdf", lambda *_given, **_named: b"%PDF of the second")
        for machine in (second, first):
            sign_in(machine, somebody.actor())
            answer = machine.test_client().get(f"/certificates/{code}.pdf")
            assert (answer.status_code, answer.data) == (200, b"%PDF of the first")


def test_machines_that_draw_at_once_hand_out_the_file_noted_first(
    app: Flask, client: FlaskClient, somebody: Finished, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(_facts: CertificateFacts, *_size: object, **_how: object) -> bytes:
        """While this machine draws, another one stores its own file and notes it."""
        files().put(b"%PDF other")
        with transaction() as db:
            certificate_id = db.scalars(select(Certificate.id)).one()
            sha256 = hashlib.sha256(b"%PDF other").hexdigest()
            keep_file(
                db,
                now=EVENING,
                certificate_id=certificate_id,
                media_type="application/pdf",
                sha256=sha256,
                size=10,
            )
        return b"%PDF this"

    monkeypatch.setattr(tasks, "render_pdf", draw)
    sign_in(app, somebody.actor())
    assert client.get(f"/certificates/{code}.pdf").data == b"%PDF other"


def test_certificate_of_the_old_folder_keeps_its_bytes(
    app: Flask, client: FlaskClient, somebody: Finished, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(app, somebody.actor())
    first = client.get(f"/certificates/{code}.pdf").data
    sha256 = hashlib.sha256(first).hexdigest()
    old = platform(app).settings.data / "certificates" / sha256[:2] / f"{sha256}.pdf"
    old.parent.mkdir(parents=True)
    old.write_bytes(first)
    with app.app_context():
        files().delete(key_of(sha256))
    monkeypatch.setattr(tasks, "render_pdf", lambda *_given, **_named: b"%PDF another")
    assert client.get(f"/certificates/{code}.pdf").data == first
    with app.app_context():
        assert files().get(key_of(sha256)) == first


def test_two_who_download_at_once_draw_once(
    app: Flask, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def draw(facts: CertificateFacts, *_size: object, **_how: object) -> bytes:
        drawn.append(facts.code)
        return b"%PDF one"

    monkeypatch.setattr(tasks, "render_pdf", draw)
    fetched = together(app, [lambda: tasks.stored_pdf(code, now=EVENING)] * 4)
    assert drawn == [code]
    assert fetched == [b"%PDF one"] * 4


def test_r48_the_fact_of_completion_becomes_a_certificate_and_its_file(app: Flask) -> None:
    """Through the journal, told twice: one certificate, one file."""
    with app.app_context():
        with transaction() as db:
            somebody = finished(db)
        for _ in range(2):
            with transaction() as db:
                told = CourseCompleted(
                    somebody.person_id, somebody.enrolment_id, somebody.edition_id, EVENING
                )
                journal.record(db, told, actor=somebody.actor(), now=EVENING)
        platform(app).jobs.drain()
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


KILLED_WHILE_NOTING = """
import os, signal, sys
from datetime import datetime
from app import create_app
from app.infra.database import reading
from app.infra.files import files
from app.training.certificates import tasks

moment = datetime.fromisoformat(sys.argv[2])
application = create_app()
keep_file = tasks.keep_file

def killed(*given, **named):
    if sys.argv[3] == "after":
        keep_file(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)

tasks.keep_file = killed
with application.app_context():
    tasks.stored_pdf(sys.argv[1], now=moment)
"""


@pytest.mark.both_databases
@pytest.mark.parametrize("moment", ["before", "after"])
def test_worker_killed_between_storing_and_noting_leaves_nothing_of_a_person(
    app: Flask, code: str, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a worker that is killed when the bytes are stored and no row names them, when somebody
    asks for the file, then it is drawn; and what the worker left goes in the night, unless it is
    the very file that was drawn again.
    """
    status, said = forked.run(
        "-c",
        KILLED_WHILE_NOTING,
        code,
        EVENING.isoformat(),
        moment,
        env=environment(app, ENVIRONMENT="test"),
    )
    assert status == -signal.SIGKILL, said
    folder = platform(app).settings.data / "files"
    (orphan,) = (path for path in folder.rglob("*") if path.is_file())
    with app.app_context():
        assert tasks.sweep_files() == 0, "it may still be somebody's"
        monkeypatch.setattr(
            tasks, "render_pdf", lambda *_given, **_named: b"%PDF of another machine"
        )
        assert tasks.stored_pdf(code, now=EVENING) == b"%PDF of another machine"
        monkeypatch.setattr(clock, "now", lambda: EVENING + timedelta(hours=2))
        assert tasks.sweep_files() == 1
        assert not orphan.exists()
        assert tasks.stored_pdf(code, now=EVENING) == b"%PDF of another machine"
        assert tasks.sweep_files() == 0


def test_file_drawn_again_with_the_same_bytes_outlives_the_worker_that_left_it(
    app: Flask, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        monkeypatch.setattr(tasks, "render_pdf", lambda *_given, **_named: b"%PDF the same")
        with transaction() as db:
            begin_file(db, sha256=hashlib.sha256(b"%PDF the same").hexdigest(), now=EVENING)
        files().put(b"%PDF the same")
        monkeypatch.setattr(clock, "now", lambda: EVENING + timedelta(hours=2))
        tasks.stored_pdf(code, now=clock.now())
        assert tasks.sweep_files() == 0
        assert tasks.stored_pdf(code, now=clock.now()) == b"%PDF the same"
