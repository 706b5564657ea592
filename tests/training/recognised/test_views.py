"""Pages of training taken elsewhere: what is seen before anything is on record, who may open what,
and what happens to a file.
"""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.infra.database import reading, transaction
from app.infra.files import files
from app.kernel.actor import Actor
from app.people.directory.models import Person
from app.training.recognised.models import RecognisedTraining
from app.web.site import site
from tests.support.pdfs import a_pdf
from tests.training.recognised.builders import holder, keeper
from tests.training.turnover.builders import ORGANIZER, a_staff

pytestmark = pytest.mark.usefixtures("day_of_figures")

PAGE = "/countries/HN/recognised"
PDF = a_pdf()
TERMS = {
    "course": "guidelines",
    "source": "ecampus",
    "title": "Género y fronteras",
    "hours": "12",
}


@pytest.fixture
def people(app: Flask) -> dict[str, Actor]:
    with app.app_context(), transaction() as db:
        a_staff(db, "GT", serving=2, certified=0, name="Xtzunun")
        a_staff(db, serving=6, certified=1, name="Hondurita")
        her = db.scalars(select(Person.id).where(Person.full_name == "Hondurita Apellido 5")).one()
        return {"HN": keeper(db), "GT": keeper(db, "GT"), "her": holder(db, her)}


def sign_in(app: Flask, actor: Actor) -> None:
    site(app).load_actor = lambda: actor


def a_list(app: Flask, *more: str) -> str:
    with app.app_context(), reading() as db:
        rows = db.execute(
            select(Person.full_name, Person.email)
            .where(Person.country_code == "HN")
            .order_by(Person.id)
        ).all()
    lines = [f"{name},{email},2026-03-12" for name, email in rows[1:4]]
    return "\n".join(["Name,Email address,Course complete", *lines, *more])


def rows(app: Flask) -> list[RecognisedTraining]:
    with app.app_context(), reading() as db:
        return list(db.scalars(select(RecognisedTraining).order_by(RecognisedTraining.id)))


def text_of(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def value_in(page: str, name: str) -> str:
    match = re.search(rf'name="{name}"\s+value="([^"]*)"', page)
    assert match, name
    return match[1]


def lines_in(page: str) -> str:
    match = re.search(r'name="lines"[^>]*>\r?\n?(.*?)</textarea>', page, re.DOTALL)
    assert match
    return match[1]


def picture() -> bytes:
    stream = BytesIO()
    Image.new("RGB", (40, 30), "white").save(stream, "PNG")
    return stream.getvalue()


def certificate(content: bytes, name: str = "c.pdf", **more: str) -> dict[str, object]:
    return {
        **TERMS,
        "completed_on": "2026-03-04",
        "certificate": (BytesIO(content), name),
        **more,
    }


def test_list_is_shown_row_by_row_before_anything_is_on_record(
    app: Flask, client: FlaskClient, people: dict[str, Actor]
) -> None:
    sign_in(app, people["HN"])
    sent = a_list(app, "Xtzunun Apellido 0,gt@example.org,2026-03-12", "Hondurita Apellido 5,,")
    upload = {**TERMS, "report": (BytesIO(sent.encode("utf-8-sig")), "progress.csv")}
    page = text_of(client.post(f"{PAGE}/list?lang=es", data=upload))
    assert rows(app) == [], "a preview writes nothing"
    assert "Se reconocerán 3 de 5 filas" in page
    assert "nadie de su país tiene este nombre o correo" in page
    assert "no finalizó el curso" in page
    again = {**TERMS, "lines": lines_in(page), "seen": value_in(page, "seen")}
    answer = client.post(f"{PAGE}/list", data=again)
    assert answer.headers["Location"] == PAGE
    assert len(rows(app)) == 3
    page = text_of(client.get(f"{PAGE}?lang=es"))
    assert "3 formaciones reconocidas" in page
    country = text_of(client.get("/countries/HN?lang=es"))
    assert "+ 3 con formación reconocida, aparte" in country
    seen = text_of(client.post(f"{PAGE}/list?lang=es", data={**TERMS, "lines": sent}))
    assert seen.count("ya consta") >= 3, "the same list again creates nothing"


def test_press_after_another_answer_shows_first_what_changes(
    app: Flask, client: FlaskClient, people: dict[str, Actor]
) -> None:
    sign_in(app, people["HN"])
    sent = a_list(app, "Hondurita Apellido 5,private@example.com,2026-03-12")
    page = text_of(client.post(f"{PAGE}/list", data={**TERMS, "lines": sent}))
    who = people["her"].person_id
    again = {
        **TERMS,
        "lines": lines_in(page),
        "seen": value_in(page, "seen"),
        "who-5": str(who),
    }
    page = text_of(client.post(f"{PAGE}/list", data=again))
    assert rows(app) == []
    client.post(f"{PAGE}/list", data={**again, "seen": value_in(page, "seen")})
    assert len(rows(app)) == 4


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a;b\n1;2\n", "Esto no es una lista de finalización"),
        (PDF, "Esto no es una tabla"),
        (b"", "Este archivo está vacío"),
        (
            b"Name;Course;Course complete\nA;Uno;2026-01-01\nB;Dos;2026-01-01",
            "Esta lista tiene varios cursos",
        ),
    ],
)
def test_what_is_no_list_is_refused_at_its_field(
    app: Flask, client: FlaskClient, people: dict[str, Actor], content: bytes, sentence: str
) -> None:
    sign_in(app, people["HN"])
    data = {**TERMS, "title": "", "report": (BytesIO(content), "a.csv")}
    answer = client.post(f"{PAGE}/list?lang=es", data=data)
    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_pages_of_a_country_are_its_own(
    app: Flask, client: FlaskClient, people: dict[str, Actor]
) -> None:
    for path in ("", "/list", "/certificate"):
        sign_in(app, people["GT"])
        answer = client.get(PAGE + path)
        assert answer.status_code == 404
        assert "Hondurita" not in text_of(answer)
        assert client.post(PAGE + (path or "/list"), data=TERMS).status_code == 404
        sign_in(app, people["her"])
        assert client.get(PAGE + path).status_code == 403
        sign_in(app, people["HN"])
        assert client.get(PAGE + path).status_code == 200


def test_secretariat_reads_what_a_country_recognised_and_brings_in_nothing(
    app: Flask, client: FlaskClient, people: dict[str, Actor]
) -> None:
    sign_in(app, ORGANIZER)
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "/recognised/list" not in text_of(page)
    assert "/recognised/certificate" not in text_of(page)
    who = str(people["her"].person_id)
    for path, typed in (("/list", TERMS), ("/certificate", certificate(PDF, person=who))):
        refused = client.get(PAGE + path)
        assert refused.status_code == 403
        assert "Hondurita" not in text_of(refused)
        assert client.post(PAGE + path, data=typed).status_code == 403
    assert rows(app) == []


def test_brought_picture_is_written_anew_and_seen_by_those_it_concerns(
    app: Flask, client: FlaskClient, people: dict[str, Actor]
) -> None:
    sign_in(app, people["her"])
    content = picture() + b"<script>alert(1)</script>"
    answer = client.post("/certificates/elsewhere", data=certificate(content, "c.html"))
    assert answer.status_code == 303
    (row,) = rows(app)
    assert row.media_type == "image/png"
    with app.app_context():
        assert b"script" not in files().get(row.file_key)
    assert "Género y fronteras" in text_of(client.get("/certificates"))
    sign_in(app, people["HN"])
    shown = client.get(f"/recognised/{row.id}/file")
    assert shown.mimetype == "image/png"
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    sign_in(app, people["GT"])
    assert client.get(f"/recognised/{row.id}/file").status_code == 404
    assert client.get(f"/recognised/{row.id}").status_code == 404


def test_pdf_is_saved_and_never_shown(
    app: Flask, client: FlaskClient, people: dict[str, Actor]
) -> None:
    sign_in(app, people["HN"])
    who = str(people["her"].person_id)
    answer = client.post(f"{PAGE}/certificate", data=certificate(PDF, person=who))
    assert answer.status_code == 303
    (row,) = rows(app)
    shown = client.get(f"/recognised/{row.id}/file")
    assert shown.headers["Content-Disposition"].startswith("attachment")
    assert shown.get_data() == PDF


def test_focal_points_own_certificate_waits_for_somebody_else(
    app: Flask, client: FlaskClient, people: dict[str, Actor]
) -> None:
    own = replace(people["HN"], person_id=people["her"].person_id)
    sign_in(app, own)
    sent = certificate(PDF, person=str(own.person_id))
    answer = client.post(f"{PAGE}/certificate", data=sent, follow_redirects=True)
    assert "Queda a la espera del punto focal de su país" in text_of(answer)
    (row,) = rows(app)
    assert row.accepted_at is None
    assert client.post(f"/recognised/{row.id}/acceptance").status_code == 403


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Elija el certificado"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no es un PDF ni una imagen"),
        (b"<html><script>1</script></html>", "no es un PDF ni una imagen"),
    ],
)
def test_other_files_are_refused(
    app: Flask, client: FlaskClient, people: dict[str, Actor], content: bytes, sentence: str
) -> None:
    sign_in(app, people["her"])
    answer = client.post("/certificates/elsewhere?lang=es", data=certificate(content))
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert rows(app) == []


@pytest.fixture
def waiting(app: Flask, client: FlaskClient, people: dict[str, Actor]) -> str:
    sign_in(app, people["her"])
    client.post("/certificates/elsewhere", data=certificate(PDF))
    (row,) = rows(app)
    return f"/recognised/{row.id}"


def test_focal_point_declines_with_a_reason_that_the_holder_reads(
    app: Flask, client: FlaskClient, people: dict[str, Actor], waiting: str
) -> None:
    sign_in(app, people["HN"])
    assert "Hondurita Apellido 5" in text_of(client.get(PAGE))
    answer = client.post(f"{waiting}/refusal?lang=es", data={"reason": ""})
    assert answer.status_code == 422
    assert "Diga por qué" in text_of(answer)
    answer = client.post(f"{waiting}/refusal", data={"reason": "No se lee la fecha"})
    assert answer.status_code == 303
    sign_in(app, people["her"])
    assert "No se lee la fecha" in text_of(client.get("/certificates"))
    assert client.post(f"{waiting}/withdrawal").status_code == 409


def test_accepted_one_is_taken_back_with_history(
    app: Flask, client: FlaskClient, people: dict[str, Actor], waiting: str
) -> None:
    sign_in(app, people["HN"])
    assert client.post(f"{waiting}/acceptance").status_code == 303
    assert client.post(f"{waiting}/acceptance").status_code == 409
    data = {"reason": "Era de otra persona", "seen": "accepted"}
    assert client.post(f"{waiting}/refusal", data=data).status_code == 303
    page = text_of(client.get(f"{PAGE}?lang=es"))
    assert "Era de otra persona" in page
    (row,) = rows(app)
    assert row.accepted_at is not None
    assert row.ended_at is not None


def test_decline_of_what_somebody_accepted_meanwhile_takes_nothing_back(
    app: Flask, client: FlaskClient, people: dict[str, Actor], waiting: str
) -> None:
    sign_in(app, people["HN"])
    client.post(f"{waiting}/acceptance")
    data = {"reason": "No", "seen": "waiting"}
    assert client.post(f"{waiting}/refusal", data=data).status_code == 409
    assert rows(app)[0].ended_at is None
