"""After an outage, or when somebody's address was wrong from the start: settled once, not letter by
letter.
"""

import icalendar
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import transaction
from app.office.inbox.services import take_return
from app.office.outbox.models import Message
from app.office.outbox.queries import opened_token
from app.planning.programme.exports.imip import readdressed
from tests.office.notifications.world import NOW, letters, take_place, webinar
from tests.office.outbox.test_outbox_views import a_message, drain, organizer, post, row
from tests.support.actors import csrf_token

__all__ = ["organizer"]
NEW = "maria.nanez@example.org"


def test_after_an_outage_all_that_was_given_up_is_sent_by_one_press(
    app: Flask, organizer: FlaskClient
) -> None:
    dead = [a_message(app, f"1.{n}", "dead") for n in range(3)]
    bounced = a_message(app, "2.1", "bounced")
    assert "Enviar todas de nuevo" in organizer.get("/messages").text
    assert "Enviar todas de nuevo" not in organizer.get("/messages?show=bounced").text
    answer = organizer.post(
        "/messages/retry", data={"csrf_token": csrf_token(organizer)}, follow_redirects=True
    )
    assert "Se envían de nuevo 3 cartas." in answer.text
    assert post(organizer, "/messages/retry") == 303, "a second press finds nothing and says so"
    drain(app)
    assert all(row(app, number).sent_at for number in dead)
    assert row(app, bounced).bounced_at is not None


def test_an_address_is_corrected_once_for_all_letters_that_did_not_reach_it(
    app: Flask, organizer: FlaskClient
) -> None:
    numbers = [
        a_message(app, f"1.{n}", state) for n, state in enumerate(("bounced", "dead", "bounced"))
    ]
    given_up, other = (
        a_message(app, "2.1", "dead"),
        a_message(app, "2.2", "dead", who="official-gt"),
    )
    post(organizer, f"/messages/{given_up}/give-up", reason="Se le avisó por teléfono.")
    assert post(organizer, f"/messages/{numbers[0]}/address", address=NEW) == 303
    drain(app)
    assert {row(app, number).recipient for number in numbers} == {NEW}
    assert all(row(app, number).sent_at for number in numbers)
    assert row(app, given_up).recipient == "official-hn@example.org"
    assert row(app, other).recipient == "official-gt@example.org"


def test_an_invitation_sent_elsewhere_asks_the_address_it_goes_to(
    app: Flask, organizer: FlaskClient
) -> None:
    with time_machine.travel(NOW, tick=False):
        take_place(app, "official-hn", webinar(app))
        first = icalendar.Calendar.from_ical(letters(app, "official-hn")[0].calendar)
        with app.app_context(), transaction() as db:
            message = db.scalars(select(Message)).one()
            token = opened_token(db, message.sealed_token)
            take_return(db, token=token, has_failed=True, status="5.1.1", note="", now=NOW)
            number = message.id
    assert post(organizer, f"/messages/{number}/address", address=NEW) == 303
    drain(app)
    second = icalendar.Calendar.from_ical(letters(app, "maria.nanez")[0].calendar)
    assert second.events[0]["ATTENDEE"] == f"mailto:{NEW}"
    assert second.events[0]["ATTENDEE"].params == first.events[0]["ATTENDEE"].params
    for name in ("UID", "ORGANIZER", "SEQUENCE", "DTSTAMP", "SUMMARY", "DESCRIPTION"):
        assert second.events[0][name] == first.events[0][name]


def test_only_the_attendee_is_another_and_long_lines_stay_folded() -> None:
    line = 'ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;CN="María José Ñáñ\r\n ez Güell":mailto:a@exam\r\n ple.org'
    text = f"BEGIN:VEVENT\r\nORGANIZER:mailto:a@example.org\r\n{line}\r\nEND:VEVENT\r\n"
    found = readdressed(text, "a@example.org", "b@example.org")
    assert found.replace("\r\n ", "").count("mailto:b@example.org") == 1
    assert "ORGANIZER:mailto:a@example.org\r\n" in found
    assert all(len(one.encode()) <= 75 for one in found.split("\r\n"))
    assert readdressed("", "a@example.org", "b@example.org") == ""


def test_a_late_report_about_the_first_copy_says_nothing_of_the_second(
    app: Flask, organizer: FlaskClient
) -> None:
    number = a_message(app, "1.1", "bounced")
    first = row(app, number).token_sha256
    assert post(organizer, f"/messages/{number}/address", address=NEW) == 303
    drain(app)
    assert row(app, number).token_sha256 not in ("", first)
    assert row(app, number).bounced_at is None
