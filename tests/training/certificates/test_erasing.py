"""A name that was taken away: nothing holds it, and whoever has the paper can still compare it."""

import hashlib
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.infra.database import reading, transaction
from app.infra.files import files, key_of
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.people.identity.models import SignInAttempt
from app.training.certificates import rules, tasks
from app.training.certificates.models import Certificate, CertificateFile, NameErasure
from app.training.certificates.queries.register import personal_data, public_certificate
from app.training.certificates.services.erasing import erase_names
from app.training.certificates.services.files import keep_file
from app.training.certificates.values import CertificateStatus, facts_from, fingerprint_of
from tests.support.actors import csrf_token
from tests.training.certificates.builders import (
    EVENING,
    Finished,
    a_correction,
    finished,
    revoke,
    sign_in,
)

pytestmark = pytest.mark.usefixtures("the_day")

NAME = "María José Ñáñez Güell de la O"
SECRET = "a secret of this installation"


def take_away(app: Flask, person_id: int) -> None:
    with app.app_context():
        with transaction() as db:
            erase_names(db, actor=SYSTEM, people=[person_id], now=EVENING)
        platform().jobs.drain()


def compare(client: FlaskClient, code: str, name: str, language: str = "en") -> tuple[int, str]:
    data = {"csrf_token": csrf_token(client), "name": name}
    answer = client.post(f"/verify/{code}/name?lang={language}", data=data)
    return answer.status_code, answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "typed", [NAME, "  maría  josé ñáñez güell de la o ", "MARI\u0301A JOSÉ ÑÁÑEZ GÜELL DE LA O"]
)
def test_hash_matches_the_name_however_its_capitals_and_spaces_are_typed(typed: str) -> None:
    kept = rules.name_hash("CODE", NAME, secret=SECRET)
    assert rules.is_name_of(kept, "CODE", typed, secret=SECRET)


@pytest.mark.parametrize(
    ("code", "typed", "secret"),
    [
        ("CODE", "Maria Jose Nanez Guell de la O", SECRET),
        ("CODE", "", SECRET),
        ("OTHER", NAME, SECRET),
        ("CODE", NAME, "the secret of another"),
    ],
)
def test_hash_matches_no_other_name_code_or_secret(code: str, typed: str, secret: str) -> None:
    assert not rules.is_name_of(
        rules.name_hash("CODE", NAME, secret=SECRET), code, typed, secret=secret
    )


@pytest.mark.both_databases
def test_name_is_nowhere_and_the_certificate_still_stands(
    app: Flask, somebody: Finished, code: str
) -> None:
    with app.app_context():
        pdf, picture = tasks.stored_pdf(code, now=EVENING), tasks.stored_picture(code, now=EVENING)
        with reading() as db:
            before = db.scalars(select(Certificate)).one()
        for _twice in range(2):
            take_away(app, somebody.person_id)
        with reading() as db:
            row = db.scalars(select(Certificate)).one()
            facts = facts_from(row.facts)
            assert NAME not in row.facts
            assert (facts.holder_name, facts.institution["en"]) == ("", "Migration Directorate")
            assert row.facts_sha256 == before.facts_sha256 == fingerprint_of(before.facts)
            assert db.scalar(select(func.count()).select_from(NameErasure)) == 1
            assert db.scalar(select(func.count()).select_from(CertificateFile)) == 0
            record = public_certificate(db, code, today=EVENING.date())
            (told,) = personal_data(db, somebody.person_id)["certificates"]
        assert (record.status, record.shows_name) == (CertificateStatus.VALID, False)
        assert told["name_taken_away_at"] == EVENING.isoformat()
        for content in (pdf, picture):
            with pytest.raises(FileNotFoundError):
                files().get(key_of(hashlib.sha256(content).hexdigest()))
        for draw in (tasks.stored_pdf, tasks.stored_picture):
            with pytest.raises(rules.NameTakenAway):
                draw(code, now=EVENING)


@pytest.mark.both_databases
def test_database_lets_go_of_a_name_only_where_its_hash_is(app: Flask, code: str) -> None:
    with app.app_context(), pytest.raises(IntegrityError), transaction() as db:
        db.execute(update(Certificate).values(facts="{}"))
    with app.app_context(), reading() as db:
        assert NAME in db.scalars(select(Certificate.facts).where(Certificate.code == code)).one()


@pytest.mark.both_databases
def test_file_that_was_drawn_meanwhile_is_not_kept(
    app: Flask, somebody: Finished, code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The name goes between reading the facts and storing what was drawn from them."""
    drawn = b"%PDF of the name"

    def erased_while_drawing(*_facts: object, **_how: object) -> bytes:
        take_away(app, somebody.person_id)
        return drawn

    monkeypatch.setattr(tasks, "render_pdf", erased_while_drawing)
    with app.app_context():
        with pytest.raises(rules.NameTakenAway):
            tasks.stored_pdf(code, now=EVENING)
        with pytest.raises(FileNotFoundError):
            files().get(key_of(hashlib.sha256(drawn).hexdigest()))
        with reading() as db:
            number = db.scalars(select(Certificate.id)).one()
        with pytest.raises(rules.NameTakenAway), transaction() as db:
            keep_file(
                db,
                now=EVENING,
                certificate_id=number,
                media_type="application/pdf",
                sha256="0" * 64,
                size=1,
            )


def test_page_asks_for_the_name_and_keeps_nothing_that_is_typed(
    app: Flask, client: FlaskClient, somebody: Finished, code: str
) -> None:
    take_away(app, somebody.person_id)
    page = client.get(f"/verify/{code}?lang=es").get_data(as_text=True)
    assert page.split('id="answer-word">')[1].split("</h2>")[0].strip() == "Vigente"
    assert NAME not in page
    assert "No se muestra: se quitó del registro" in page
    assert "Dirección de Migración" in page
    status, page = compare(client, code, NAME.upper(), "es")
    assert (status, "Coincide." in page, "No coincide." in page) == (200, True, False)
    status, page = compare(client, code, "Juan Pérez", "es")
    assert (status, "Coincide." in page, "No coincide." in page) == (200, False, True)
    assert 'value="Juan Pérez"' in page
    status, page = compare(client, code, "  ")
    assert status == 400
    assert page.count("Write the name as it stands on the paper.") == 2
    with app.app_context(), reading() as db:
        (key,) = db.scalars(select(SignInAttempt.key))
    assert key == f"certificate-name:{code}", "one wrong name was counted, and no name is kept"
    api = client.get(f"/api/v1/certificates/{code}").get_json()
    assert (api["status"], api["is_name_erased"], api["facts"]["holder_name"]) == (
        "valid",
        True,
        "",
    )


def test_names_can_be_tried_ten_times_an_hour(
    app: Flask, client: FlaskClient, somebody: Finished, code: str
) -> None:
    take_away(app, somebody.person_id)
    answers = [compare(client, code, f"Name {number}")[0] for number in range(12)]
    assert answers == [200] * rules.NAMES_OF_CODE.count + [429] * 2
    status, page = compare(client, code, NAME)
    assert (status, "It matches." in page) == (429, False)
    assert "Too many attempts. Try again in 60 min." in page


def test_name_is_asked_only_where_it_was_taken_away(
    app: Flask, client: FlaskClient, somebody: Finished, code: str
) -> None:
    status, page = compare(client, code, NAME)
    assert (status, NAME in page) == (303, False)
    assert compare(client, rules.code_from(7), NAME)[0] == 303
    assert compare(client, "ABCD", NAME)[0] == 400
    revoke(app, code)
    take_away(app, somebody.person_id)
    assert "Compare the name" not in client.get(f"/verify/{code}?lang=en").get_data(as_text=True)


def test_every_certificate_of_a_person_loses_the_name_and_no_other(
    app: Flask, client: FlaskClient, somebody: Finished, code: str
) -> None:
    with app.app_context(), transaction() as db:
        corrected = a_correction(db, code, name="María José Ñáñez")
        other = finished(db, name="Otra Persona", country="HN").certificate(db)
    take_away(app, somebody.person_id)
    with app.app_context(), reading() as db:
        names = {
            row.code: facts_from(row.facts).holder_name for row in db.scalars(select(Certificate))
        }
    assert names == {code: "", corrected: "", other: "Otra Persona"}
    replaced = client.get(f"/verify/{code}?lang=en").get_data(as_text=True)
    assert f'href="/verify/{corrected}"' in replaced
    assert "Compare the name" not in replaced
    assert "It matches." in compare(client, corrected, "María José Ñáñez")[1]


def test_record_that_is_joined_to_another_keeps_its_certificate_without_the_name(
    app: Flask, client: FlaskClient, somebody: Finished, code: str
) -> None:
    take_away(app, somebody.person_id)
    with app.app_context(), transaction() as db:
        other = finished(db, name="Otra Persona")
        db.execute(update(Certificate).values(person_id=other.person_id))
    sign_in(app, other.actor())
    assert NAME not in client.get("/certificates").get_data(as_text=True)
    refused = client.get(f"/certificates/{code}.pdf")
    assert refused.status_code == 410
    assert "It matches." in compare(client, code, NAME)[1]
