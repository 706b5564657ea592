"""A focal point writes to officials of the country without a certificate; nobody else reads it."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.office.outbox.models import Message
from app.office.writing.models import LetterReader
from app.participation.registrations.models import Nomination
from app.participation.registrations.values import Way
from app.people.directory.models import Appointment, Person
from app.people.directory.services.protecting import withhold
from app.people.directory.values import Withheld
from app.training.learning.models import CourseEdition, Enrolment
from tests.participation.invitations.world import an_invitation
from tests.planning.events.rows import an_event
from tests.support.actors import actor_of, csrf_token, sign_in
from tests.training.turnover.builders import NOW, TODAY, a_staff


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    monkeypatch.setattr(clock, "today", lambda *_zone: TODAY)
    monkeypatch.setattr(clock, "now", lambda: NOW)


def test_r64_officials_without_a_certificate_are_written_to_once_after_a_preview(
    app: Flask, client: FlaskClient
) -> None:
    actor_of(app, "focal-point-hn")
    with app.app_context(), transaction() as db:
        staff = a_staff(db, serving=4, certified=2, name="Hondurita")
        for number, one in enumerate(staff):
            person = db.get_one(Person, db.get_one(Appointment, one).person_id)
            person.email, person.language = f"h{number}@example.org", "es" if number < 3 else "en"
        for one in staff[2:]:  # their name stays in the country, whose focal point reads it
            withhold(db.get_one(Person, db.get_one(Appointment, one).person_id), Withheld.PERSON)
    here = "/countries/HN/letters"
    sign_in(client, "focal-point-hn")
    form = client.get(f"{here}/new?to=untrained").text
    assert "El curso sobre los Lineamientos" in form
    typed = {
        "to": "untrained",
        "subject_es": "El curso",
        "subject_en": "The course",
        "text_es": "Hola, {nombre}: {enlace}",
        "text_en": "Hello, {name}: {link}",
        "csrf_token": csrf_token(client),
    }
    preview = client.post(f"{here}/new", data=typed).text
    assert "2 personas recibirán esta carta" in preview
    assert "Hola, Hondurita Apellido 2" in preview
    assert "Hondurita Apellido 2 · Hondurita Apellido 3" in preview
    assert "/courses/guidelines" in preview
    letter = re.search(r'name="letter_id" value="([^"]+)"', preview)
    assert letter
    sent = {**typed, "letter_id": letter[1], "people": "2"}
    assert {client.post(here, data=sent).location for _ in range(2)} == {f"/letters/{letter[1]}"}
    assert client.get(f"/letters/{letter[1]}").status_code == 200
    with app.app_context():
        platform(app).jobs.drain()
    with app.app_context(), reading() as db:
        found = db.execute(select(Message.recipient, Message.subject, Message.body)).all()
    assert {
        (to, subject) for to, subject, _body in found if subject in ("El curso", "The course")
    } == {
        ("h2@example.org", "El curso"),
        ("h3@example.org", "The course"),
    }
    bodies = [body for _to, subject, body in found if subject in ("El curso", "The course")]
    assert all("/courses/guidelines" in body for body in bodies)
    assert sorted(body.split(":")[0] for body in bodies) == [
        "Hello, Hondurita Apellido 3",
        "Hola, Hondurita Apellido 2",
    ]
    for other in ("organizer", "focal-point-gt"):
        sign_in(client, other)
        assert client.get(f"/letters/{letter[1]}").status_code == 404
        assert client.get(here).status_code in (403, 404)
    sign_in(client, "organizer")
    assert "El curso" not in client.get("/letters").text


def test_letter_is_worded_by_how_far_its_readers_are(app: Flask, client: FlaskClient) -> None:
    """Whoever is enrolled is not asked to begin, and both lists together are all without one."""
    actor_of(app, "focal-point-hn")
    with app.app_context(), transaction() as db:
        staff = a_staff(db, serving=5, certified=2, name="Hondurita")
        people = [db.get_one(Appointment, one).person_id for one in staff]
        for number, person_id in enumerate(people):
            db.get_one(Person, person_id).email = f"h{number}@example.org"
        edition = db.scalars(select(CourseEdition)).first()
        assert edition is not None
        db.add(
            Enrolment(
                person_id=people[4],
                course_id=edition.course_id,
                edition_id=edition.id,
                language="es",
                started_at=NOW,
            )
        )
    sign_in(client, "focal-point-hn")
    page = client.get("/countries/HN?lang=es").text
    assert "Capacitar a 3 personas sin certificado" in page
    assert "2 por inscribir, 1 ya inscrita." in page
    assert re.search(r"to=untrained\">Escribir a 2 ", page)
    assert re.search(r"to=underway\">Escribir a 1 ", page)
    never = client.get("/countries/HN/letters/new?to=untrained").text
    onway = client.get("/countries/HN/letters/new?to=underway").text
    assert "comience el curso" in never
    assert "comience el curso" not in onway
    assert "siga donde va" in onway


def test_handover_note_is_really_asked_for_and_received(app: Flask, client: FlaskClient) -> None:
    """The country's page says "asked" from the letter on, and "received" from the focal point's
    word on; never before.
    """
    actor_of(app, "focal-point-hn")
    with app.app_context(), transaction() as db:
        staff = a_staff(db, serving=4, certified=2, name="Hondurita")
        for number, one in enumerate(staff[:2]):
            row = db.get_one(Appointment, one)
            row.valid_until, row.end_reason = TODAY - timedelta(days=10), "left"
            db.get_one(Person, row.person_id).email = f"gone{number}@example.org"
        first = staff[0]
    sign_in(client, "focal-point-hn")
    page = client.get("/countries/HN?lang=es").text
    assert "Pedir 2 notas de entrega" in page
    assert page.count("nota aún sin pedir") == 2
    form = client.get("/countries/HN/letters/new?to=left").text
    assert "focal-point-hn@example.org" in form, "where the answer goes"
    typed = {
        "to": "left",
        "subject_es": "Una nota",
        "subject_en": "A note",
        "text_es": "Hola, {nombre}",
        "text_en": "Hello, {name}",
        "csrf_token": csrf_token(client),
    }
    preview = client.post("/countries/HN/letters/new", data=typed).text
    assert "nota aún sin pedir" in client.get("/countries/HN?lang=es").text, "a preview asks nobody"
    letter = re.search(r'name="letter_id" value="([^"]+)"', preview)
    assert letter
    client.post("/countries/HN/letters", data={**typed, "letter_id": letter[1], "people": "2"})
    with app.app_context():
        platform(app).jobs.drain()
    with app.app_context(), reading() as db:
        reached = set(db.scalars(select(Message.recipient).where(Message.subject == "Una nota")))
    assert reached == {"gone0@example.org", "gone1@example.org"}
    page = client.get("/countries/HN?lang=es").text
    assert page.count("nota pedida el 24 nov 2026") == 2
    assert "to=left" not in page, "nobody is left to ask"
    token = {"csrf_token": csrf_token(client)}
    answer = client.post(f"/countries/HN/notes/{first}", data=token)
    assert answer.location == "/countries/HN/lists/certified-left"
    assert "nota recibida el 24 nov 2026" in client.get(f"{answer.location}?lang=es").text
    assert "De 2: 1 recibidas, 1 pedidas." in client.get("/countries/HN?lang=es").text
    client.post(f"/countries/HN/notes/{first}", data={**token, "not": "1"})
    assert "De 2: 0 recibidas, 2 pedidas." in client.get("/countries/HN?lang=es").text
    assert client.post("/countries/HN/notes/999999", data=token).status_code == 404
    assert client.post(f"/countries/GT/notes/{first}", data=token).status_code in (403, 404)


def test_those_ticked_on_a_list_are_written_to_nominated_or_renewed_and_nobody_else(
    app: Flask, client: FlaskClient
) -> None:
    """The letter goes to the ticked alone, and its row names them; of the other country nothing."""
    actor_of(app, "focal-point-hn")
    event = an_event(app)
    an_invitation(app, event, Way.COUNTRY)
    with app.app_context(), transaction() as db:
        staff = a_staff(db, serving=6, certified=2, name="Hondurita")
        people = [db.get_one(Appointment, one).person_id for one in staff]
        for number, person_id in enumerate(people):
            db.get_one(Person, person_id).email = f"h{number}@example.org"
    sign_in(client, "focal-point-hn")
    page = client.get("/countries/HN/lists/not-certified?lang=es").text
    assert page.count('name="person"') == 4
    here = "/countries/HN/lists/not-certified"
    ticked = {"csrf_token": csrf_token(client), "person": people[2:4]}
    assert client.post(f"{here}/letters", data={**ticked, "person": []}).location == here
    letter = client.post(f"{here}/letters", data=ticked)
    form = client.get(letter.location).text
    assert "El curso sobre los Lineamientos" in form
    typed = {
        "to": "untrained",
        "subject_es": "El curso",
        "text_es": "Hola, {nombre}",
        "csrf_token": csrf_token(client),
    }
    preview = client.post(letter.location, data=typed).text
    assert "2 personas recibirán esta carta" in preview
    found = re.search(r'name="letter_id" value="([^"]+)"', preview)
    assert found
    send = f"/countries/HN/letters?{urlencode({'person': people[2:4]}, doseq=True)}"
    assert send in preview.replace("&amp;", "&")
    client.post(send, data={**typed, "letter_id": found[1], "people": "2"})
    with app.app_context(), reading() as db:
        assert set(db.scalars(select(LetterReader.person_id))) == set(people[2:4])
    answer = client.post(f"{here}/nominations", data={**ticked, "event": str(event)})
    assert answer.location == f"/events/{event}/nominations?country=HN"
    with app.app_context(), reading() as db:
        assert set(db.scalars(select(Nomination.person_id))) == set(people[2:4])
    elsewhere = client.post(
        "/countries/GT/lists/not-certified/nominations", data={**ticked, "event": str(event)}
    )
    assert elsewhere.status_code == 404
