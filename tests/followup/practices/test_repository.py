"""The form of the UN Network on Migration's practice repository: filled in, or named as missing."""

import re
from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import update

from app.followup.practices.models import GoodPractice
from app.infra.database import transaction
from app.planning.events.models import Event
from tests.followup.practices.test_practices import a_practice
from tests.planning.events.rows import an_event
from tests.support.actors import sign_in


@pytest.mark.parametrize(
    ("language", "filled", "missing"),
    [
        (
            "es",
            ("Historia 1", "Se hizo.", "Alianza", "Sociedad civil", "SICA, OEA", "Toda la región"),
            "Falta completar: Objetivos del Pacto Mundial, Objetivos de Desarrollo Sostenible,"
            " Principios rectores, Beneficios principales, Alcance, en cifras, Lecciones"
            " aprendidas, Recomendaciones",
        ),
        (
            "en",
            ("Story 1", "Done.", "Alianza", "Civil society", "SICA, OEA", "The whole region"),
            "Still to be filled in: Objectives of the Global Compact, Sustainable Development"
            " Goals, Guiding principles, Key benefits, Reach, in figures, Lessons learned,"
            " Recommendations",
        ),
    ],
)
def test_r72_fields_of_the_repository_are_filled_or_named_as_missing(
    app: Flask, client: FlaskClient, language: str, filled: tuple[str, ...], missing: str
) -> None:
    event_id, practice_id = an_event(app), a_practice(app, 1, accepted=True)
    with app.app_context(), transaction() as db:
        db.execute(update(Event).where(Event.id == event_id).values(partners=["SICA", "OEA"]))
        db.execute(update(GoodPractice).values(event_id=event_id))
    sign_in(client, "organizer")
    path = f"/good-practices/{practice_id}/repository.pdf"
    assert path in client.get("/good-practices").text
    answer = client.get(f"{path}?lang={language}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    pages = PdfReader(BytesIO(answer.data)).pages
    words = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    for text in (*filled, missing):
        assert text in words, (text, words)


def test_only_published_practices_are_exported_and_only_by_the_secretariat(
    app: Flask, client: FlaskClient
) -> None:
    returned, accepted = a_practice(app, 1), a_practice(app, 2, accepted=True)
    waiting = a_practice(app, 3)
    with app.app_context(), transaction() as db:
        db.execute(
            update(GoodPractice).where(GoodPractice.id == returned).values(status="returned")
        )
    sign_in(client, "organizer")
    for number in (returned, waiting, uuid4()):
        assert client.get(f"/good-practices/{number}/repository.pdf").status_code == 404
    other = app.test_client()
    sign_in(other, "official-hn")
    assert other.get(f"/good-practices/{accepted}/repository.pdf").status_code == 403
