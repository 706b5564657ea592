"""What a country asks of others: one letter to an institution and its answer; one webinar as a draft,
published or declined; never twice, nor by another country.
"""

import re
from datetime import date, timedelta
from html import unescape
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.kernel.refusal import NotFound, Refusal
from app.office.outbox.models import Message
from app.people.directory.models import Appointment, FocalPoint, Institution, Post
from app.people.directory.services.institutions import merge_institutions
from app.planning.arranging.services.planning import publish_event
from app.planning.events.models import Event, EventCountry
from app.training.learning.values import GUIDELINES
from app.training.requests import services
from app.training.requests.models import SuccessorRequest, WebinarRequest
from tests.support.actors import actor_of, sign_in
from tests.training.turnover.builders import NOW, TODAY, a_staff, focal_point

pytestmark = pytest.mark.usefixtures("day_of_figures")

MAILBOX = "direccion@migracion.example.org"
ASK = ">Preguntar quién asume<"
GT = focal_point("GT")


def a_vacancy(app: Flask, mailbox: str = MAILBOX) -> int:
    """The institution of Honduras that somebody left, who is needed there."""
    with app.app_context(), transaction() as db:
        left = db.get_one(Appointment, a_staff(db, serving=3, certified=1)[2])
        left.valid_until, left.end_reason = TODAY - timedelta(days=30), "left"
        place = db.get_one(Institution, db.get_one(Post, left.post_id).institution_id)
        place.contact_email = mailbox
        return place.id


def letters(app: Flask, kind: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Recipient and text of what left by two minutes later, of those whose subject has the word."""
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=2))
    with app.app_context():
        platform(app).jobs.drain()
    with app.app_context(), reading() as db:
        rows = db.execute(select(Message.recipient, Message.body, Message.subject)).all()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return [(to, body) for to, body, subject in rows if kind in subject]


def test_institution_is_asked_once_for_successors_and_its_answer_is_noted(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a letter to its mailbox, which can be undone for a minute."""
    actor_of(app, "focal-point-hn")
    page = f"/countries/HN/offices/{a_vacancy(app)}"
    sign_in(client, "focal-point-hn")
    assert f"La carta va a {MAILBOX}" in client.get(f"{page}?lang=es").text
    looked_at = client.get(f"{page}/successors").text
    client.post(f"{page}/successors")
    shown = client.get(page).text
    token = re.search(r'name="undo"[^>]*value="([^"]+)"', shown)
    assert token
    assert "aún sin respuesta" in shown
    client.post(f"{page}/successors/undo", data={"undo": token[1]})
    assert "aún sin respuesta" not in client.get(page).text
    assert not letters(app, "Quién asume", monkeypatch), "what was undone was never told"

    for _twice in range(2):
        client.post(f"{page}/successors")
    assert client.post(f"{page}/successors/undo", data={"undo": token[1]}).status_code == 303
    assert "Se le puede volver a preguntar a partir del" in client.get(page).text
    assert ASK not in client.get(page).text
    [(to, body)] = letters(app, "Quién asume", monkeypatch)
    assert to == MAILBOX
    assert "Oficial" in body
    assert "focal-point-hn@example.org" in body
    assert MAILBOX in looked_at
    card = looked_at.partition("letter-subject")[2].partition("</article>")[0]
    assert all(line in unescape(card) for line in body.split("\n") if line), "exactly what goes out"
    sent = client.get(f"{page}/successors").text
    assert "Esta carta salió el 24 nov 2026" in sent
    assert f'action="{page}/successors"' not in sent, "it is shown, and cannot be sent again"
    for listing in ("/countries/HN", "/countries/HN/offices"):
        assert "Sucesor pedido el 24\N{NO-BREAK SPACE}nov" in client.get(listing).text
    with app.app_context(), reading() as db:
        asked = db.scalars(select(SuccessorRequest)).one()
        facts = db.scalars(select(JournalEntry.fact).where(JournalEntry.fact.like("Successors%")))
        assert sorted(facts) == ["SuccessorsAsked", "SuccessorsAsked", "SuccessorsNotAsked"]
    client.post(f"{page}/successors/{asked.id}")
    assert "respondieron el 24 nov 2026" in client.get(page).text
    client.post(f"{page}/successors/{asked.id}", data={"not": "1"})
    assert "aún sin respuesta" in client.get(page).text

    monkeypatch.setattr(clock, "today", lambda *_zone: TODAY + timedelta(days=14))
    assert "Se puede recordar" not in client.get(page).text
    assert ">Recordarles<" in client.get(page).text
    assert "Volver a pedir sucesor" in client.get("/countries/HN/offices").text
    sign_in(client, "focal-point-gt")
    assert client.post(f"{page}/successors/{asked.id}").status_code == 404
    assert client.get(f"{page}/successors").status_code == 404
    assert client.post(f"{page.replace('HN', 'GT')}/successors").status_code == 404


@pytest.mark.both_databases
def test_letters_follow_their_posts_when_two_records_are_merged(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that waits: it goes to the mailbox, which is taken over, too."""
    office, _ = actor_of(app, "organizer"), actor_of(app, "focal-point-hn")
    merged, kept = a_vacancy(app), a_vacancy(app, mailbox="")
    sign_in(client, "focal-point-hn")
    client.post(f"/countries/HN/offices/{merged}/successors")
    with app.app_context(), transaction() as db:
        merge_institutions(db, actor=office, keep_id=kept, merged_id=merged, on=TODAY, now=NOW)
    assert [to for to, _body in letters(app, "Quién asume", monkeypatch)] == [MAILBOX]
    with app.app_context(), reading() as db:
        assert db.scalars(select(SuccessorRequest.institution_id)).all() == [kept]
    assert "aún sin respuesta" in client.get(f"/countries/HN/offices/{kept}").text
    assert client.post(f"/countries/HN/offices/{kept}/successors").status_code == 303, (
        "the other post"
    )
    with app.app_context(), reading() as db:
        assert (
            len({one for row in db.scalars(select(SuccessorRequest)) for one in row.post_ids}) == 2
        )


def test_letter_about_an_institution_without_a_mailbox_goes_to_the_secretariat(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor_of(app, "organizer")
    page = f"/countries/HN/offices/{a_vacancy(app, mailbox='')}"
    sign_in(client, "focal-point-hn")
    client.post(f"{page}/successors")
    [(to, body)] = letters(app, "Quién asume", monkeypatch)
    assert to == "organizer@example.org"
    assert "No hay ningún buzón registrado" in body


def test_country_asks_for_a_webinar_whose_draft_is_published_or_declined(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("organizer", "focal-point-hn"):
        actor_of(app, who)
    her = actor_of(app, "focal-point-hn").person_id
    with app.app_context(), transaction() as db:
        a_staff(db)
        db.add(FocalPoint(person_id=her, country_code="HN", valid_from=date(2024, 1, 1)))
    here, wish = "/countries/HN/webinar-requests", {"wish": "Las secciones II y IV"}
    sign_in(client, "focal-point-hn")
    assert client.post(here, data={"wish": " "}).status_code == 422
    assert client.post(here, data=wish).status_code == 303
    assert client.post(here, data=wish).status_code == 409, "nobody asks twice"
    assert "Espera a la secretaría" in client.get(f"{here}?lang=es").text
    with app.app_context(), reading() as db:
        row = db.scalars(select(WebinarRequest)).one()
        event = db.get_one(Event, row.event_id)
        assert (event.status, event.created_by) == ("draft", None)
        assert event.starts_at
        assert event.starts_at >= NOW + timedelta(days=20)
        invited = select(EventCountry.country_code).where(EventCountry.event_id == event.id)
        assert list(db.scalars(invited)) == ["HN"]
    [(to, body)] = letters(app, "pide un webinario", monkeypatch)
    assert to == "organizer@example.org"
    assert "Las secciones II y IV" in body
    assert client.get("/webinar-requests").status_code == 403

    sign_in(client, "organizer")
    assert "Las secciones II y IV" in client.get("/webinar-requests").text
    answer = f"/webinar-requests/{row.id}"
    assert client.post(answer, data={"answer": ""}).status_code == 422
    client.post(answer, data={"answer": "Hay uno de la región en enero."})
    assert client.post(answer, data={"answer": "No."}).status_code == 409
    with app.app_context(), reading() as db:
        assert db.get(Event, row.event_id) is None, "its time is free"
    [(to, body)] = letters(app, "no se realizará", monkeypatch)
    assert to == "focal-point-hn@example.org"
    assert "en enero" in body

    sign_in(client, "focal-point-hn")
    assert "Hay uno de la región en enero." in client.get(here).text
    assert client.post(here, data=wish).status_code == 303, "declined, it may be asked again"
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        newest = db.scalars(select(WebinarRequest).order_by(WebinarRequest.id.desc())).first()
        assert newest is not None
        publish_event(db, actor=organizer, event_id=newest.event_id, now=NOW)
    assert [to for to, _body in letters(app, "está en el programa", monkeypatch)] == [
        "focal-point-hn@example.org"
    ]
    assert "En el programa" in client.get(here).text


@pytest.mark.both_databases
def test_two_who_ask_at_once_are_one_request(app: Flask) -> None:
    """Two focal points of one country, as during a handover."""
    place, her = a_vacancy(app), actor_of(app, "focal-point-hn")
    answers: list[str] = []

    def ask() -> None:
        with app.app_context():
            for ask_one in (successors, webinar):
                try:
                    ask_one()
                    answers.append("asked")
                except Refusal as refusal:
                    answers.append(refusal.rule)

    def successors() -> None:
        with transaction() as db:
            services.ask_successors(
                db, actor=her, country_code="HN", institution_id=place, today=TODAY, now=NOW
            )

    def webinar() -> None:
        with transaction() as db:
            services.ask_webinar(
                db,
                actor=her,
                country_code="HN",
                course_slug=GUIDELINES,
                wish="Un repaso",
                today=TODAY,
                now=NOW,
            )

    both = [Thread(target=ask) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(answers) == [
        "asked",
        "asked",
        "successors-asked-lately",
        "webinar-asked-already",
    ]
    with app.app_context(), reading() as db:
        assert len(db.scalars(select(SuccessorRequest.id)).all()) == 1
        assert len(db.scalars(select(WebinarRequest.id)).all()) == 1
        with pytest.raises(NotFound):
            services.ask_successors(
                db, actor=GT, country_code="HN", institution_id=place, today=TODAY, now=NOW
            )
