"""Pages and the API: the public answer in one word, everybody's own list, one country's list, the
file.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.text import LocalizedText
from app.people.directory.models import Person
from app.training.certificates.models import Certificate
from app.training.certificates.rules import code_from, grouped
from app.training.certificates.services.issuing import issue_certificate
from app.training.certificates.values import IssuedFrom
from app.training.learning.models import Course, CourseEdition
from app.training.library.models import GuidelineVersion
from tests.planning.events.rows import add_registration, an_event, every_statement
from tests.training.certificates.builders import (
    ADDRESS,
    EVENING,
    Finished,
    a_correction,
    a_country,
    an_edition,
    finished,
    focal_point,
    revoke,
    sign_in,
)
from tests.training.turnover.builders import a_staff

pytestmark = pytest.mark.usefixtures("the_day")
NAME = "María José Ñáñez Güell de la O"


def supersede(app: Flask, _code: str) -> None:
    with app.app_context(), transaction() as db:
        text = LocalizedText(es="Nuevos", en="New")
        db.add(
            GuidelineVersion(
                label="2026", title=text, source_note=text, adopted_on=date(2026, 11, 1)
            )
        )


def correct(app: Flask, code: str) -> None:
    with app.app_context(), transaction() as db:
        a_correction(db, code)


BRING_ABOUT: dict[str, Callable[[Flask, str], None]] = {
    "replaced": correct,
    "revoked": revoke,
    "superseded": supersede,
}
WORDS = {
    "valid": ("Vigente", "Valid"),
    "expired": ("Vencido", "Expired"),
    "superseded": ("Vigente, versión anterior", "Valid, earlier version"),
    "replaced": ("Reemplazado", "Replaced"),
    "revoked": ("Revocado", "Revoked"),
    "unknown": ("Desconocido", "Unknown"),
}


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("state", list(WORDS))
def test_r48_the_public_page_says_each_state_in_one_word(
    request: pytest.FixtureRequest, client: FlaskClient, code: str, state: str, language: str
) -> None:
    if state == "expired":
        request.getfixturevalue("monkeypatch").setattr(
            clock, "today", lambda *_zone: date(2028, 11, 25)
        )
    elif state in BRING_ABOUT:
        BRING_ABOUT[state](request.getfixturevalue("app"), code)
    shown = code_from(12345) if state == "unknown" else code
    answer = client.get(f"/verify/{grouped(shown).lower()}?lang={language}")
    page = answer.get_data(as_text=True)
    word = WORDS[state][0 if language == "es" else 1]
    heading = page.split('id="answer-word">')[1].split("</h2>")[0].strip()
    assert heading == word
    assert f'<html lang="{language}">' in page
    assert answer.status_code == (404 if state == "unknown" else 200)
    assert (NAME in page) == (state not in ("unknown", "replaced"))
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
    if state == "revoked":
        assert (
            "El nombre impreso era incorrecto." if language == "es" else "The name on it was wrong."
        ) in page
    if state != "unknown":  # what is printed and not shown, a forger swaps
        place = ("Dirección de Migración", "Costa Rica")
        for printed in place if language == "es" else ("Migration Directorate", "Costa Rica"):
            assert printed in page
    for private in ("private words", "example.org"):
        assert private not in page


def test_the_date_and_the_course_stand_in_the_readers_language(
    client: FlaskClient, code: str
) -> None:
    es = client.get(f"/verify/{code}?lang=es").get_data(as_text=True)
    assert "24 de noviembre de 2026" in es
    assert "Lineamientos en la práctica" in es
    en = client.get(f"/verify/{code}?lang=en").get_data(as_text=True)
    assert "24 November 2026" in en
    assert "Guidelines at work" in en
    assert "Vigente" not in en


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("ABCD", "Faltan 12 signos"),
        ("x" * 500, "Esto no es un código de certificado."),
        ("0000 0000 0000 0001", "Un signo no coincide."),
        ("'; drop table certificate; --", "«&#39;» no está en ninguno de nuestros códigos"),
        ("%00", "«%» no está en ninguno de nuestros códigos"),
    ],
)
def test_what_cannot_be_a_code_is_a_sentence_and_asks_no_database(
    app: Flask, client: FlaskClient, typed: str, sentence: str
) -> None:
    with every_statement(app) as asked:
        answer = client.get("/verify", query_string={"code": typed, "lang": "es"})
        api = client.get(f"/api/v1/certificates/{typed[:20]}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert page.count(sentence) == 2, "at the top and at the field"
    assert 'aria-invalid="true"' in page
    assert api.status_code == 400
    # whether anybody is here yet is asked until it is so
    assert not [one for one in asked if "FROM account" not in one]


def test_what_was_typed_is_kept_and_escaped(client: FlaskClient) -> None:
    page = client.get("/verify", query_string={"code": '<b>"AB'}).get_data(as_text=True)
    assert 'value="&lt;b&gt;&#34;AB"' in page


def test_typing_a_code_leads_to_its_own_address(client: FlaskClient, code: str) -> None:
    answer = client.get(
        "/verify", query_string={"code": f" {grouped(code).lower().replace('0', 'o')} "}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/verify/{code}")
    assert client.get("/verify").status_code == 200


def test_the_address_in_the_qr_image_arrives(client: FlaskClient, code: str) -> None:
    """The QR holds the whole address in capitals, and paths are case-sensitive."""
    answer = client.get(f"/VERIFY/{code}", follow_redirects=True)
    assert answer.status_code == 200
    assert NAME in answer.get_data(as_text=True)


def test_verification_page_is_under_30_kilobytes(client: FlaskClient, code: str) -> None:
    assert len(client.get(f"/verify/{code}").data) < 30_000


def test_my_list_holds_mine_and_nobody_elses(
    app: Flask, client: FlaskClient, somebody: Finished, code: str
) -> None:
    with app.app_context(), transaction() as db:
        other = finished(db, name="Otra Persona", country="HN")
        theirs = other.certificate(db)
    sign_in(app, somebody.actor())
    page = client.get("/certificates").get_data(as_text=True)
    assert grouped(code) in page
    assert grouped(theirs) not in page
    sign_in(app, Actor(account_id=3))
    assert "Aún no hay certificados" in client.get("/certificates").get_data(as_text=True)


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, code: str) -> None:
    for path in ("/certificates", "/certificates/countries/CR", f"/certificates/{code}.pdf"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/sign-in")
        assert NAME not in answer.get_data(as_text=True)


def test_r50_a_focal_point_sees_her_country_and_no_other(
    app: Flask, client: FlaskClient, code: str
) -> None:
    with app.app_context(), transaction() as db:
        honduran = finished(db, name="Persona Hondureña", country="HN").certificate(db)
    sign_in(app, focal_point("HN"))
    own = client.get("/certificates/countries/HN").get_data(as_text=True)
    assert "Persona Hondureña" in own
    assert NAME not in own
    assert "1 certificado" in own
    for path in ("/certificates/countries/CR", f"/certificates/{code}.pdf"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert NAME not in answer.get_data(as_text=True)
    assert client.get(f"/certificates/{honduran}.pdf").status_code == 200


def test_the_list_asks_the_same_number_of_queries_for_one_and_for_three(
    app: Flask, client: FlaskClient
) -> None:
    counts = []
    sign_in(app, focal_point("HN"))
    for more in (1, 2):
        with app.app_context(), transaction() as db:
            for _ in range(more):
                finished(db, country="HN").certificate(db)
        with every_statement(app) as asked:
            client.get("/certificates/countries/HN")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_certificate_for_ever_says_so(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        code = finished(db, edition_id=an_edition(db, validity_months=0)).certificate(db)
    assert "No expiry date" in client.get(f"/verify/{code}?lang=en").get_data(as_text=True)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", ("módulos 1–2 de 3", "0,6 horas", "180 palabras")),
        ("en", ("modules 1–2 of 3", "0.6 hours", "180 words")),
    ],
)
def test_verify_page_says_what_was_taken(
    client: FlaskClient, code: str, language: str, words: tuple[str, ...]
) -> None:
    page = client.get(f"/verify/{code}?lang={language}").get_data(as_text=True)
    for word in (*words, "Módulo 1"):
        assert word in page
    assert "DEMO" not in page


def test_verify_page_marks_what_a_demonstration_issued(
    app: Flask, client: FlaskClient, somebody: Finished
) -> None:
    with app.app_context(), transaction() as db:
        code = issue_certificate(
            db,
            actor=SYSTEM,
            now=EVENING,
            person_id=somebody.person_id,
            course_edition_id=somebody.edition_id,
            place=IssuedFrom(ADDRESS, is_demo=True),
        )
    assert "<strong>DEMO.</strong>" in client.get(f"/verify/{code}").get_data(as_text=True)
    assert client.get(f"/api/v1/certificates/{code}").get_json()["facts"]["is_demo"] is True


def test_page_of_a_completed_course_leads_to_the_certificate(
    app: Flask, client: FlaskClient, somebody: Finished
) -> None:
    with app.app_context(), reading() as db:
        slug = db.scalars(
            select(Course.slug)
            .join(CourseEdition, CourseEdition.course_id == Course.id)
            .where(CourseEdition.id == somebody.edition_id)
        ).one()
    sign_in(app, somebody.actor())
    first = client.get(f"/courses/{slug}/completed?lang=en").get_data(as_text=True)
    assert "Congratulations, " in first, "nobody who passed waits for the background"
    with app.app_context(), transaction() as db:
        (code,) = db.scalars(select(Certificate.code))
        assert somebody.certificate(db) == code, "which gives the same one"
    picture = client.get(f"/certificates/{code}.webp")
    assert (picture.status_code, picture.mimetype) == (200, "image/webp")
    assert f'src="/certificates/{code}.webp"' in first
    issued = client.get(f"/courses/{slug}/completed?lang=en").get_data(as_text=True)
    assert "Congratulations, " in issued
    assert f'href="/certificates/{code}.pdf"' in issued
    assert f'href="/verify/{code}"' in issued
    assert "Modules 1–2 of 3 completed" in issued


def test_page_of_a_completed_course_says_what_it_moved_the_floor_and_the_next_webinar(
    app: Flask, client: FlaskClient, somebody: Finished
) -> None:
    """The card is of a webinar for which the reader has not registered yet; without one, a link."""
    with app.app_context(), transaction() as db:
        slug = db.scalars(
            select(Course.slug).join(CourseEdition, CourseEdition.course_id == Course.id)
        ).one()
        a_country(db, "HN")  # of which the builder's certificates are
        a_staff(db, "CR", serving=12, certified=6, course=slug)
        grant = Grant(Role.OFFICIAL, "CR")
    sign_in(app, replace(somebody.actor(), grants=frozenset({grant})))
    page = client.get(f"/courses/{slug}/completed?lang=en").text
    assert "With you, Costa Rica goes from 6 to 7 of 13" in page
    assert (
        "54\u00a0% of the serving officials hold a valid certificate. The floor is 60\u00a0%."
        in page
    )
    assert "Choose your next webinar" in page
    first, second = (
        an_event(app, starts_at=clock.now() + timedelta(days=days), title=f"Consentimiento {days}")
        for days in (3, 9)
    )
    register = f'href="/events/{first}#register"'
    page = client.get(f"/courses/{slug}/completed?lang=en").text
    assert register in page
    assert "Choose your next webinar" not in page
    add_registration(app, first, somebody.person_id)
    page = client.get(f"/courses/{slug}/completed?lang=en").text
    assert register not in page
    assert f'href="/events/{second}#register"' in page


def test_name_that_cannot_be_printed_is_said_where_the_certificate_would_be(
    app: Flask, client: FlaskClient, somebody: Finished
) -> None:
    with app.app_context(), transaction() as db:
        db.get_one(Person, somebody.person_id).full_name = "Ana \u202e Ruiz"
        slug = db.scalars(
            select(Course.slug).join(CourseEdition, CourseEdition.course_id == Course.id)
        ).one()
    sign_in(app, somebody.actor())
    page = client.get(f"/courses/{slug}/completed?lang=en").get_data(as_text=True)
    assert "cannot be printed" in page
    assert "that is on record" in page
