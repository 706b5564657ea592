"""What did not arrive is settled by the secretariat: tried again, sent elsewhere, or given up with
a reason.
"""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import SETTINGS
from app.infra.journal import Delivery, JournalEntry
from app.infra.platform import platform
from app.office.notifications.queries import recipient
from app.office.outbox.models import Message
from app.office.outbox.services import queue_message
from app.office.outbox.values import Letter, MessageFilter
from app.people.directory.models import Person
from app.people.identity.models import Account
from tests.office.notifications.world import webinar
from tests.planning.events.rows import counted_statements
from tests.support.actors import actor_of, csrf_token, sign_in

LETTER = Letter("Aviso", "Un secreto que no se muestra.\n\nConvoca\n")


def a_message(app: Flask, dedupe: str, state: str, *, who: str = "official-hn") -> int:
    """One message that is dead, bounced, waiting or sent."""
    person = actor_of(app, who).person_id
    now = clock.now()
    with app.app_context(), transaction() as db:
        queue_message(
            db,
            dedupe=dedupe,
            address=f"{who}@example.org",
            language="es",
            letter=LETTER,
            now=now,
            person_id=person,
        )
        message = db.scalars(select(Message).where(Message.dedupe == dedupe)).one()
        delivery = db.scalars(select(Delivery).where(Delivery.entry_id == message.entry_id)).one()
        if state == "dead":
            delivery.state, delivery.attempts = "dead", 1
            delivery.error = "CannotSucceed: 550 5.1.1 no such mailbox"
        elif state in ("bounced", "sent"):
            delivery.state, message.sent_at = "done", now
        if state == "bounced":
            message.bounced_at, message.bounce_note = now, "5.2.2 552 full"
    return message.id


def post(client: FlaskClient, path: str, **fields: str) -> int:
    return client.post(path, data={**fields, "csrf_token": csrf_token(client)}).status_code


def row(app: Flask, number: int) -> Message:
    with app.app_context(), reading() as db:
        return db.get_one(Message, number)


def facts(app: Flask, number: int) -> list[str]:
    with app.app_context(), reading() as db:
        j = JournalEntry
        about = (j.subject_kind == "message") & (j.subject_id == str(number))
        return list(db.scalars(select(j.fact).where(about).order_by(j.id)))


def drain(app: Flask) -> None:
    with app.app_context():
        jobs = platform(app).jobs
        jobs.drain()


@pytest.fixture
def organizer(app: Flask, client: FlaskClient) -> FlaskClient:
    sign_in(client, "organizer")
    return client


def test_the_lists_say_to_whom_why_and_when_and_never_what(
    app: Flask, organizer: FlaskClient
) -> None:
    a_message(app, "1.1", "dead")
    a_message(app, "1.2", "bounced")
    a_message(app, "1.3", "waiting")
    a_message(app, "1.4", "sent")
    dead = organizer.get("/messages").text
    assert "official-hn@example.org" in dead
    assert "María José Ñáñez Güell" in dead
    assert "El buzón no existe." in dead
    assert "El buzón está lleno." in organizer.get("/messages?show=bounced").text
    for show, rows in (
        ("undelivered", 1),
        ("bounced", 1),
        ("on-the-way", 1),
        ("sent", 1),
        ("given-up", 0),
    ):
        page = organizer.get(f"/messages?show={show}").text
        assert page.count('<th scope="row"') == rows, show
        assert "Un secreto" not in page


def test_one_message_tells_its_state_and_how_fresh_the_address_is(
    app: Flask, organizer: FlaskClient
) -> None:
    number = a_message(app, "1.1", "dead")
    a_message(app, "1.2", "bounced")
    page = organizer.get(f"/messages/{number}").text
    assert "550 5.1.1 no such mailbox" in page
    assert "De esta dirección se devolvió 1 carta" in page
    assert "Todavía no le ha llegado ninguna carta." in page
    assert "Un secreto" in page
    assert organizer.get("/messages/999999").status_code == 404
    assert organizer.get("/messages/" + "9" * 40).status_code == 404


@pytest.mark.parametrize("state", ["dead", "bounced"])
def test_trying_again_sends_it_once_more_and_once_only(
    app: Flask, organizer: FlaskClient, state: str
) -> None:
    number = a_message(app, "1.1", state)
    assert post(organizer, f"/messages/{number}/retry") == 303
    assert post(organizer, f"/messages/{number}/retry") == 409
    assert row(app, number).sent_at is None
    drain(app)
    found = row(app, number)
    assert found.sent_at is not None
    assert (found.bounced_at, found.bounce_note) == (None, "")
    assert "MessageRetried" in facts(app, number)
    assert post(organizer, f"/messages/{number}/retry") == 409


def test_a_corrected_address_is_the_person_s_contact_from_now_on_and_opens_no_account(
    app: Flask, organizer: FlaskClient
) -> None:
    number = a_message(app, "1.1", "bounced")
    person = actor_of(app, "official-hn").person_id
    assert person is not None
    assert (
        post(organizer, f"/messages/{number}/address", address=" maria.nanez@EXAMPLE.org ") == 303
    )
    drain(app)
    assert row(app, number).recipient == "maria.nanez@example.org"
    assert row(app, number).sent_at is not None
    with app.app_context(), reading() as db:
        to = recipient(db, person)
        assert to is not None
        assert to.address == db.get_one(Person, person).email == "maria.nanez@example.org"
        assert (
            db.scalars(select(Account.email).where(Account.person_id == person)).one()
            == "official-hn@example.org"
        )
        [entry] = db.scalars(select(JournalEntry).where(JournalEntry.fact == "ContactCorrected"))
    assert entry.payload == {"person_id": person, "message_id": number}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@c",
        "a@example.org, b@example.org",
        "official-hn@example.org",
        "OFFICIAL-hn@example.org",
        "a@example.org\nBcc: b@example.org",
        "x" * 300,
    ],
)
def test_what_is_no_other_address_is_said_at_its_field_and_kept(
    app: Flask, organizer: FlaskClient, address: str
) -> None:
    number = a_message(app, "1.1", "dead")
    answer = organizer.post(
        f"/messages/{number}/address",
        data={"address": address, "csrf_token": csrf_token(organizer)},
    )
    assert answer.status_code == 422
    assert 'href="#address"' in answer.text
    assert f'value="{address}"' in answer.text
    assert row(app, number).recipient == "official-hn@example.org"


def test_giving_up_needs_a_reason_and_ends_it(app: Flask, organizer: FlaskClient) -> None:
    number = a_message(app, "1.1", "bounced")
    sent = {"reason": "  x ", "csrf_token": csrf_token(organizer)}
    refused = organizer.post(f"/messages/{number}/give-up", data=sent)
    assert refused.status_code == 422
    assert 'href="#reason"' in refused.text
    assert 'value="x"' in refused.text
    assert post(organizer, f"/messages/{number}/give-up", reason="Se le avisó por teléfono.") == 303
    assert "Se le avisó por teléfono." in organizer.get("/messages?show=given-up").text
    assert facts(app, number)[-1] == "MessageGivenUp"
    assert post(organizer, f"/messages/{number}/retry") == 409
    drain(app)
    assert row(app, number).given_up_at is not None


@pytest.mark.parametrize("state", ["waiting", "sent"])
def test_what_waits_or_was_sent_is_nothing_to_settle(
    app: Flask, organizer: FlaskClient, state: str
) -> None:
    number = a_message(app, "1.1", state)
    assert post(organizer, f"/messages/{number}/retry") == 409
    assert post(organizer, f"/messages/{number}/give-up", reason="Porque sí, nada más.") == 409
    assert post(organizer, f"/messages/{number}/address", address="other@example.org") == 409
    assert 'name="address"' not in organizer.get(f"/messages/{number}").text


@pytest.mark.parametrize(
    "who", ["presidency", "convenor-protection", "official-hn", "focal-point-hn"]
)
def test_addresses_are_for_the_secretariat_alone(app: Flask, client: FlaskClient, who: str) -> None:
    number = a_message(app, "1.1", "dead")
    sign_in(client, who)
    for path in ("/messages", f"/messages/{number}"):
        assert client.get(path).status_code == 403
    assert post(client, f"/messages/{number}/retry") == 403


def test_the_list_takes_the_same_statements_for_one_and_for_three(
    app: Flask, organizer: FlaskClient
) -> None:
    a_message(app, "1.1", "dead")
    organizer.get("/messages")
    with counted_statements(app) as one:
        organizer.get("/messages")
    a_message(app, "1.2", "dead", who="official-gt")
    a_message(app, "1.3", "dead", who="focal-point-hn")
    with counted_statements(app) as three:
        organizer.get("/messages")
    assert len(one) == len(three)


def test_a_long_list_is_paged(app: Flask, organizer: FlaskClient) -> None:
    for n in range(27):
        a_message(app, f"1.{n}", "dead")
    assert organizer.get("/messages?show=undelivered").text.count('<th scope="row"') == 25
    assert organizer.get("/messages?show=undelivered&page=2").text.count('<th scope="row"') == 2
    assert organizer.get("/messages?show=undelivered&page=99").text.count('<th scope="row"') == 2


def test_the_home_page_leads_there(app: Flask, organizer: FlaskClient) -> None:
    assert 'href="/messages"' not in organizer.get("/").text
    a_message(app, "1.1", "dead")
    a_message(app, "1.2", "dead")
    a_message(app, "1.3", "bounced")
    home = organizer.get("/").text
    assert '<a href="/messages">Revisar 2 cartas que no salieron' in home
    assert '<a href="/messages?show=bounced">Corregir 1 dirección de correo' in home
    assert 'href="/messages"' in organizer.get("/desk").text


def figures(page: str) -> dict[str, int]:
    """The counts of the overview by their look."""
    found = re.findall(r'<div class="(\w+)"><dt>.*?<b>(\d+)</b>', page, re.DOTALL)
    return {look: int(number) for look, number in found}


def test_counts_of_the_overview_add_up_to_the_total(app: Flask, organizer: FlaskClient) -> None:
    states = ["dead", "bounced", "bounced", "waiting", "sent", "sent", "sent"]
    for number, state in enumerate(states):
        a_message(app, f"1.{number}", state)
    held = a_message(app, "2.1", "waiting")
    with app.app_context(), transaction() as db:
        db.get_one(Message, held).held_at = clock.now()
    page = organizer.get("/messages").text
    assert figures(page) == {"handed": 3, "going": 1, "held": 1, "back": 3}
    assert "Se entregaron 3 de 8." in page
    assert "4 necesitan de usted." in page
    assert "1 va en camino." in page
    listed = [organizer.get(f"/messages?show={one.value}").text for one in MessageFilter]
    assert sum(page.count('<th scope="row"') for page in listed) == 8


def test_letters_that_cannot_leave_are_never_called_sent(
    app: Flask, organizer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = platform(app).session_info
    cut_off = {"mail_to_files": False, "base_url": ""}
    monkeypatch.setitem(known, SETTINGS, known[SETTINGS].model_copy(update=cut_off))
    a_message(app, "1.1", "waiting")
    drain(app)
    page = organizer.get("/messages").text
    assert figures(page) == {"handed": 0, "going": 0, "held": 1, "back": 0}
    assert "En espera: falta conectar el correo" in page
    assert "Se entregaron 0 de 1." in page
    assert "/setup/address" in page
    assert page.count("btn-primary") == 1


def test_demo_letters_are_said_to_reach_nobody(app: Flask, organizer: FlaskClient) -> None:
    a_message(app, "1.1", "waiting")
    drain(app)
    page = organizer.get("/messages").text
    assert figures(page)["filed"] == 1
    assert "handed" not in figures(page)
    assert "1 carta se escribió en una carpeta y nadie la recibió." in page


def test_overview_of_an_event_counts_its_letters_only(app: Flask, organizer: FlaskClient) -> None:
    event_id = webinar(app)
    number = a_message(app, "1.1", "bounced")
    a_message(app, "1.2", "sent")
    with app.app_context(), transaction() as db:
        db.get_one(Message, number).event_id = event_id
    page = organizer.get(f"/messages?event={event_id}").text
    assert figures(page) == {"handed": 0, "going": 0, "held": 0, "back": 1}
    assert f'href="/events/{event_id}"' in page
    assert organizer.get("/messages?event=00000000-0000-0000-0000-000000000000").status_code == 404


def test_text_of_a_letter_is_readable_afterwards_without_its_key(
    app: Flask, organizer: FlaskClient
) -> None:
    link = "http://localhost/invited/a-key-of-one-person"
    with app.app_context(), transaction() as db:
        queue_message(
            db,
            dedupe="1.1",
            address="someone@example.org",
            language="es",
            letter=Letter("Invitación", f"Entre aquí: {link}.\n\nConvoca\n"),
            now=clock.now(),
        )
        number = db.scalars(select(Message.id)).one()
    drain(app)
    page = organizer.get(f"/messages/{number}").text
    assert "Entre aquí: http://localhost/invited/…." in page
    assert "a-key-of-one-person" not in page
    [file] = (platform(app).settings.data / "mail").glob("*.eml")
    assert "a-key-of-one-person" in file.read_text()


def test_home_page_asks_about_letters_that_wait(app: Flask, organizer: FlaskClient) -> None:
    assert "en espera" not in organizer.get("/").text
    number = a_message(app, "1.1", "waiting")
    with app.app_context(), transaction() as db:
        row = db.get_one(Message, number)
        row.held_at, row.created_at = clock.now(), clock.now() - timedelta(days=30)
    assert "Decidir sobre 1 carta en espera" in organizer.get("/").text
