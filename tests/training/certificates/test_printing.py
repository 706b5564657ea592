"""Many certificates in one file for a printer."""

import signal
import subprocess
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.files import files, key_of
from app.infra.platform import platform
from app.infra.signing_key import SigningKey
from app.kernel.actor import SYSTEM
from app.training.certificates import tasks
from app.training.certificates.exports import render_pdf, seal
from app.training.certificates.exports.printing import PrintFile
from app.training.certificates.models import CertificatePrint
from app.training.certificates.services.erasing import erase_names
from app.training.certificates.services.printing import (
    NothingToPrint,
    TooManyPages,
    ask_for_print,
)
from tests.infra.test_processes import environment
from tests.support import forked
from tests.support.actors import actor_of, csrf_token, sign_in
from tests.training.certificates.builders import Finished, an_edition, finished, revoke, sample
from tests.training.certificates.test_exports import read
from tests.training.certificates.test_papers import NAMES, told_by
from tests.training.certificates.test_seal import NOW

KINDS = ("attended", "module", "speaker")


def test_pages_are_those_of_the_certificates_in_order(key: SigningKey, tmp_path: Path) -> None:
    """Given sealed certificates, when they are put into one file, then each page looks as its own
    file does, to the dot, and what they have in common is written once; no seal and no tags that
    would say more than is there.
    """
    facts = [replace(sample(kind), holder_name=name) for kind in KINDS for name in NAMES.values()]
    papers = [seal.sealed(render_pdf(one, to_seal=True), key, now=NOW) for one in facts]
    out = BytesIO()
    printed = PrintFile(out)
    for paper in papers:
        printed.add(paper)
    printed.finish(title="Certificados: 9 páginas", language="es")
    whole = tmp_path / "whole.pdf"
    whole.write_bytes(out.getvalue())
    assert "No syntax or stream encoding errors found" in told_by("qpdf", "--check", whole)
    reader = read(out.getvalue())
    assert reader.metadata is not None
    assert reader.metadata.title == "Certificados: 9 páginas"
    for page, one, paper in zip(reader.pages, facts, papers, strict=True):
        assert page.extract_text() == read(paper).pages[0].extract_text()
        assert f"certifies that {one.holder_name}, " in " ".join(page.extract_text().split())
        assert "/Annots" not in page
    assert "/StructTreeRoot" not in reader.root_object
    assert len(out.getvalue()) < sum(map(len, papers)) / 2
    for number in (1, len(papers)):
        own = tmp_path / "own.pdf"
        own.write_bytes(papers[number - 1])
        assert dots(whole, number) == dots(own, 1)


def dots(path: Path, page: int) -> bytes:
    """The picture of a page, by poppler."""
    command = ["pdftoppm", "-r", "40", "-f", str(page), "-l", str(page), str(path)]
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_office_prints_the_list_that_it_sees(app: Flask, client: FlaskClient) -> None:
    """Given certificates of two countries, one of them revoked, when a focal point asks for one
    file, then it holds those of her country that are in force; it is made in the background, told
    page by page, sent to her alone, and deleted after a week.
    """
    with app.app_context(), transaction() as db:
        edition_id = an_edition(db)
        people = [
            finished(db, name=name, country=country, edition_id=edition_id)
            for name, country in (
                ("Ana Paz", "HN"),
                ("Zoe Ríos", "HN"),
                ("Luz Mar", "HN"),
                ("Teo Sol", "CR"),
            )
        ]
        codes = [one.certificate(db) for one in people]
    revoke(app, codes[2])
    sign_in(client, "focal-point-hn")
    token = {"csrf_token": csrf_token(client)}
    page = client.get("/certificates/countries/HN").text
    assert "Un PDF para imprimir" in page
    asked = client.post("/certificates/countries/HN/export", data={**token, "form": "print"})
    assert asked.status_code == 303
    waits = client.get(asked.location).text
    assert "Van escritas 0 de 2 páginas" in waits
    assert "hx-get" in waits
    with app.app_context():
        platform(app).jobs.drain()
    made = client.get(f"{asked.location}/progress").text
    assert "Descargar 2 páginas" in made
    assert "hx-get" not in made
    assert asked.location in client.get("/certificates/countries/HN").text
    answer = client.get(f"{asked.location}.pdf")
    assert answer.content_length == len(answer.data)
    texts = [" ".join(one.extract_text().split()) for one in read(answer.data).pages]
    assert ["Zoe Ríos" in texts[0], "Ana Paz" in texts[1], len(texts)] == [True, True, 2]
    for other in ("focal-point-gt", "organizer"):
        stranger = app.test_client()
        sign_in(stranger, other)
        for place in (asked.location, f"{asked.location}/progress", f"{asked.location}.pdf"):
            assert stranger.get(place).status_code == 404
    left = clock.now() + timedelta(days=8)
    with app.app_context(), reading() as db:
        (kept,) = db.scalars(select(CertificatePrint.sha256)).all()
    with app.app_context(), time_machine.travel(left, tick=False):
        assert tasks.sweep_files() == 1
        with pytest.raises(FileNotFoundError):
            files().get(key_of(kept))
    assert client.get(asked.location).status_code == 404


def test_too_long_a_list_and_an_empty_one_are_refused(app: Flask) -> None:
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        for codes, refusal in (([], NothingToPrint), (["A" * 16] * 2001, TooManyPages)):
            with pytest.raises(refusal):
                ask_for_print(db, actor=organizer, codes=codes, country="", now=NOW)


def a_print(app: Flask, *names: str) -> tuple[UUID, list[Finished], list[str]]:
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        people = [finished(db, name=name) for name in names]
        codes = [one.certificate(db) for one in people]
        print_id = ask_for_print(db, actor=organizer, codes=codes, country="", now=clock.now())
    return print_id, people, codes


def test_name_taken_away_takes_the_file_that_bears_it_along(app: Flask) -> None:
    """Also where it is taken away while the file is made."""
    for is_made in (True, False):
        print_id, people, _codes = a_print(app, "Ana Paz", "Zoe Ríos")
        if is_made:
            with app.app_context():
                platform(app).jobs.drain()
        with app.app_context(), transaction() as db:
            erase_names(db, actor=SYSTEM, people=[people[0].person_id], now=clock.now())
        with app.app_context():
            platform(app).jobs.drain()
            with reading() as db:
                row = db.get(CertificatePrint, print_id)
                assert row is None
    folder = platform(app).settings.data / "files"
    texts = [read(path.read_bytes()).pages[0].extract_text() for path in pdfs_in(folder)]
    assert not [text for text in texts if "Ana Paz" in text]
    assert [text for text in texts if "Zoe Ríos" in text]


def pdfs_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and b"%PDF" in path.read_bytes()]


KILLED_WHILE_PRINTING = """
import os, signal, sys
from uuid import UUID
from app import create_app
from app.infra import clock
from app.infra.files import Files
from app.infra.database import reading
from app.infra.journal import JournalEntry
from app.training.certificates import tasks
from sqlalchemy import select

put = Files.put_open

def killed(*given):
    if sys.argv[1] == "stored":
        put(*given)
    os.kill(os.getpid(), signal.SIGKILL)

Files.put_open = killed
application = create_app()
with application.app_context():
    with reading() as db:
        entry = db.scalars(
            select(JournalEntry).where(JournalEntry.fact == "CertificatePrintAsked")
        ).one()
    tasks.on_print_asked(entry, now=clock.now())
"""


@pytest.mark.both_databases
@pytest.mark.parametrize("moment", ["written", "stored"])
def test_worker_killed_while_it_prints_leaves_nothing_and_the_next_one_prints(
    app: Flask, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    print_id, _people, _codes = a_print(app, "Ana Paz")
    status, said = forked.run(
        "-c", KILLED_WHILE_PRINTING, moment, env=environment(app, ENVIRONMENT="test")
    )
    assert status == -signal.SIGKILL, said
    with app.app_context():
        platform(app).jobs.drain()
        with reading() as db:
            row = db.get_one(CertificatePrint, print_id)
        assert row.drawn == 1
        assert len(read(files().get(key_of(row.sha256))).pages) == 1
        later = clock.now() + timedelta(hours=2)
        monkeypatch.setattr(clock, "now", lambda: later)
        tasks.sweep_files()
        assert len(read(files().get(key_of(row.sha256))).pages) == 1
    assert len(pdfs_in(platform(app).settings.data / "files")) == 2
