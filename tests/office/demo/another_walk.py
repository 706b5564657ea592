"""Walks an installation of another body, in a process of its own because it counts days in another
zone: `BODY=… python -m tests.office.demo.another_walk <database> <folder>` prints, as JSON, how many
pages and papers it read and where a word of the RCM stands.
"""

import json
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from app.infra import clock
from app.infra.body import read_body
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM
from app.office.demo.services.reference import load_reference
from app.office.outbox.models import Message
from app.office.setup.cli import first_lines
from app.people.directory.models import Institution
from app.planning.events.models import Event
from app.training.certificates.exports import picture, render_pdf
from app.training.certificates.exports.picture import render_picture
from app.training.certificates.models import Certificate
from app.training.certificates.services.issuing import issue_certificate
from app.training.certificates.values import CertificateFacts, IssuedFrom, facts_from
from tests.office.setup.first_day import ME
from tests.support import apps
from tests.support.databases import settings_for
from tests.support.screen import Screen
from tests.training.certificates.builders import an_edition, finished
from tests.training.certificates.test_exports import structure

ALSO = {"CRM", "RCM", "SACM", "CSM", "SICA", "OCAM", "MIRPS", "Conferencia Regional"}
ALSO |= {"Regional Conference", "Lineamientos para la Asistencia", "Guidelines for the Assistance"}
TOO_COMMON = {"Presidencia", "Secretaría", "Oficina"}


def words_of_the_rcm() -> set[str]:
    """Every name in its file: of the body, its countries, zones, groups and organs."""
    body = read_body("rcm")
    texts = [body.name, body.of_name, body.programme, body.own_webinars, body.presidency]
    texts += [*body.zones.values(), *body.country_names.values()]
    texts += [one.name for one in (*body.working_groups, *body.organs)]
    texts += body.short_names.values()
    return {text for one in texts for text in one.values()} | ALSO


RCM = re.compile(rf"(?<![\w/])(?:{'|'.join(map(re.escape, sorted(words_of_the_rcm())))})(?!\w)")


class Reader:
    """Keeps where words of the RCM were read."""

    def __init__(self) -> None:
        self.read = 0
        self.found: dict[str, list[str]] = {}

    def look(self, where: str, text: str) -> None:
        self.read += 1
        if words := sorted(set(RCM.findall(text))):
            self.found.setdefault(", ".join(words), []).append(where)


def set_up(app: Flask, reader: Reader) -> Screen:
    """The first day, step by step, until the first webinar is published."""
    with app.app_context():
        first = re.search(r"/first/\S+", "\n".join(first_lines()))
    assert first is not None
    screen = Screen(app.test_client()).open(first[0])

    def press(words: str) -> None:
        screen.press(words)
        assert screen.status == 200, (screen.address, screen.status, screen.text[:600])
        reader.look(f"{screen.address} after “{words}”", screen.text)

    for name in ("full_name", "email", "password"):
        screen.type(name, ME[name])
    press("Empezar")
    press("Guardar y seguir")
    press("Guardar y seguir")
    press("Aceptarlas y seguir")
    screen.type("lines", "Autoridad de Arrecifes; Fiyi\nOficina de Ciclones; Tonga\nAA (Fiyi)")
    press("Ver lo que se entendió")
    press("Dejar fuera")
    press("Guardar")
    screen.open("/setup/colleagues")
    screen.type("name-1", "Rosa Méndez Solís")
    screen.type("email-1", "rosa@example.org")
    press("Ver qué cartas")
    press("Enviar 1")
    screen.type("name-FJ", "Ana Vula")
    screen.type("email-FJ", "ana@example.org")
    press("Ver qué cartas")
    press("Enviar 1")
    screen.type("country", "FJ")
    screen.type("name-holder", "Elena Tora")
    screen.type("email-holder", "elena@example.org")
    press("Ver qué cartas")
    press("Enviar 1")
    screen.open("/events/plan")
    on = clock.today() + timedelta(days=35)
    on += timedelta(days=(2 - on.weekday()) % 7)
    screen.type("title_es", "Arrecifes y ciclones")
    screen.type("on", f"{on:%Y-%m-%d}")
    screen.type("start", "10:00")
    screen.tick("groups", "reefs")
    screen.press("Publicar")
    reader.look("published", screen.text)
    return screen


def papers(app: Flask, reader: Reader) -> str:
    """A certificate as record, paper and picture; returns its code."""
    with app.app_context(), transaction() as db:
        done = finished(db, country="FJ", edition_id=an_edition(db))
        issue_certificate(
            db,
            actor=SYSTEM,
            now=clock.now(),
            person_id=done.person_id,
            course_edition_id=done.edition_id,
            enrolment_id=done.enrolment_id,
            place=IssuedFrom("https://foro.example.org"),
        )
    with app.app_context(), reading() as db:
        row = db.scalars(select(Certificate)).one()
        code, facts = row.code, facts_from(row.facts)
    said: list[str] = []
    draw = picture._Sheet.line

    def line(sheet: picture._Sheet, at: tuple[int, int], text: str, style: picture.Style) -> None:
        said.append(text)
        draw(sheet, at, text, style)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(picture._Sheet, "line", line)
        render_picture(facts)
    reader.look("the picture of a certificate", "\n".join(said))
    assert "FORO DE LOS MARES DEL SUR" in said
    pdf = "\n".join(one.extract_text() for one in PdfReader(BytesIO(render_pdf(facts))).pages)
    reader.look("a certificate", pdf)
    reader.look("what a certificate says of itself and of its pictures", "\n".join(unseen(facts)))
    assert "El Foro de los Mares del Sur certifica que" in " ".join(pdf.split()), pdf
    assert "The Southern Seas Forum certifies that" in " ".join(pdf.split()), pdf
    return code


def unseen(facts: CertificateFacts) -> Iterator[str]:
    """Yields metadata, and what a screen reader says of pictures."""
    file = PdfReader(BytesIO(render_pdf(facts)))
    root: Any = file.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert "El Foro" in xmp or "Foro de los Mares del Sur" in xmp or facts.issuer_name in xmp
    yield xmp
    yield from map(str, (file.metadata or {}).values())
    yield from (str(one["/Alt"]) for one in structure(file) if "/Alt" in one)


def addresses(app: Flask, code: str) -> Iterator[str]:
    """Every address that can be read, filled with what is there and else with what is not."""
    with app.app_context(), reading() as db:
        known: dict[str, Any] = {
            "event_id": db.scalar(select(Event.id)),
            "institution_id": db.scalar(select(Institution.id)),
            "code": "FJ",
            "country": "FJ",
            "country_code": "FJ",
            "slug": "reefs",
            "group": "reefs",
        }
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or getattr(
            app.view_functions[rule.endpoint], "on_content_origin", False
        ):
            continue
        given = dict(known)
        if rule.endpoint.startswith(("certificates.", "certificates_api")):
            given["code"] = code
        path = rule.rule
        for converter, name in re.findall(r"<(?:(\w+):)?(\w+)>", path):
            plain = {"int": "1", "uuid": "0" * 8 + "-0000-4000-8000-" + "0" * 12}.get(
                converter, "x"
            )
            filled = str(given.get(name) or plain)
            path = path.replace(f"<{converter}:{name}>" if converter else f"<{name}>", filled)
        yield path


def main(database: str, folder: str) -> None:
    import os

    app = apps.made(settings_for(database, Path(folder), body=os.environ["BODY"]))
    reader = Reader()
    with app.app_context(), transaction() as db:
        load_reference(db, now=clock.now())
    screen = set_up(app, reader)
    code = papers(app, reader)
    visitor = app.test_client()
    for path in addresses(app, code):
        if path.endswith("/sign-out"):
            continue
        for client, who in ((screen.client, "organizer"), (visitor, "visitor")):
            for language in ("es", "en") if not path.startswith(("/static", "/api")) else ("es",):
                answer = client.get(path, query_string={"lang": language})
                where = f"{path} in {language} for {who}: {answer.status_code}"
                assert answer.status_code != 500, where
                if answer.mimetype == "application/pdf":
                    pages = PdfReader(BytesIO(answer.data)).pages
                    reader.look(where, "\n".join(one.extract_text() for one in pages))
                elif (answer.mimetype or "").startswith(("text/", "application/json")):
                    text = answer.text.replace("\r\n ", "")
                    reader.look(where, re.sub(r"<script.*?</script>", " ", text, flags=re.S))
    with app.app_context(), reading() as db:
        for letter in db.scalars(select(Message)):
            reader.look(f"letter “{letter.subject}”", f"{letter.subject}\n{letter.body}")
        for entry in db.scalars(select(JournalEntry)):
            reader.look(f"journal {entry.id}", json.dumps(entry.payload, ensure_ascii=False))
    print(json.dumps({"read": reader.read, "found": reader.found}, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
