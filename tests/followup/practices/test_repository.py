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
from tests.support.actors import post, sign_in


def words_of(pdf: bytes) -> str:
    pages = PdfReader(BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


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
    answer = client.get(f"{path}?lang={language}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    words = words_of(answer.data)
    for text in (*filled, missing):
        assert text in words, (text, words)


FILLED = {
    "objectives": ["14", "7"],
    "goals": ["5"],
    "principles": ["7"],
    "benefits_es": "Atención el mismo día.",
    "lessons_es": "Empezar por el turno de noche.",
    "recommendations_en": "Keep a room free.",
}


def test_r72_what_the_secretariat_adds_is_printed_and_no_longer_missing(
    app: Flask, client: FlaskClient
) -> None:
    practice_id = a_practice(app, 1, accepted=True)
    sign_in(client, "organizer")
    path = f"/good-practices/{practice_id}/repository"
    assert path in client.get("/good-practices").text
    page = client.get(path).text
    assert "Falta completar: Socios, Objetivos del Pacto Mundial" in " ".join(page.split())
    assert post(client, path, **FILLED).status_code == 303
    page = " ".join(client.get(path).text.split())
    assert "Falta completar: Socios, Alcance, en cifras, Enlace para leer más." in page, re.findall(
        "Falta[^<]*", page
    )
    words = words_of(client.get(f"{path}.pdf").data)
    for text in (
        "7. Abordar y reducir las vulnerabilidades en la migración 14. Mejorar la protección",
        "5. Igualdad de género",
        "7. Perspectiva de género",
        "Atención el mismo día.",
        "Empezar por el turno de noche.",
        "Keep a room free.",
        "Falta completar: Socios, Alcance, en cifras, Enlace para leer más.",
    ):
        assert text in words, (text, words)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("objectives", "24", "Elija de la lista"),
        ("principles", "x", ""),
        ("lessons_es", "Su pasaporte es A1234567.", "documento"),
        ("benefits_es", "x" * 1501, "1500"),
    ],
)
def test_bad_fields_of_the_repository_are_refused_and_nothing_is_lost(
    app: Flask, client: FlaskClient, field: str, value: str, said: str
) -> None:
    practice_id = a_practice(app, 1, accepted=True)
    sign_in(client, "organizer")
    path = f"/good-practices/{practice_id}/repository"
    answer = post(client, path, **FILLED | {field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Keep a room free." in answer.text
    assert "Keep a room free." not in client.get(path).text


def test_second_of_two_writers_at_the_repository_form_is_told(
    app: Flask, client: FlaskClient
) -> None:
    practice_id = a_practice(app, 1, accepted=True)
    sign_in(client, "organizer")
    path = f"/good-practices/{practice_id}/repository"
    mark = re.search(r'name="seen"[^>]*value="(\w+)"', client.get(path).text)
    assert mark
    assert post(client, path, **FILLED, seen=mark[1]).status_code == 303
    late = post(client, path, **FILLED | {"goals": ["10"]}, seen=mark[1])
    assert late.status_code == 409
    assert "5. Igualdad de género" in words_of(client.get(f"{path}.pdf").data)


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
        assert post(client, f"/good-practices/{number}/repository", **FILLED).status_code == 404
    other = app.test_client()
    sign_in(other, "official-hn")
    assert other.get(f"/good-practices/{accepted}/repository.pdf").status_code == 403
