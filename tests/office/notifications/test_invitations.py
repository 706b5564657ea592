"""R57: a place, its move and its end reach the attendee's calendar by mail, as every reader of
calendars sees it.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import ical.calendar_stream
import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.kernel.timespan import Timespan
from app.participation.registrations.services.registering import cancel_registration
from app.planning.arranging.services.planning import cancel_event, move_event
from tests.feeds.oracles import ORACLES, Instance, require_installed
from tests.office.notifications.world import (
    HOUR,
    NOW,
    STARTS,
    Letter,
    drain,
    letters,
    take_place,
    token_of,
    webinar,
    webinar_of,
    wish,
)
from tests.support.actors import actor_of

pytestmark = pytest.mark.at(NOW + 3 * HOUR)
HER = "official-hn"
LATER = STARTS + timedelta(days=2, hours=1)


def event_in(letter: Letter) -> Any:
    calendar = icalendar.Calendar.from_ical(letter.calendar)
    [event] = calendar.events
    assert not event.errors
    return event


def method_of(letter: Letter) -> str:
    """In the calendar, where readers look, and the same in the part's own head."""
    calendar = icalendar.Calendar.from_ical(letter.calendar)
    [part] = [part for part in letter.mail.walk() if part.get_content_type() == "text/calendar"]
    assert part.get_param("method") == str(calendar["METHOD"])
    assert "METHOD" not in calendar.events[0]
    return str(calendar["METHOD"])


def move(app: Flask, event_id: UUID) -> None:
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        move_event(
            db,
            actor=organizer,
            event_id=event_id,
            span=Timespan(LATER, LATER + HOUR),
            now=NOW + HOUR,
        )


def call_off(app: Flask, event_id: UUID) -> None:
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        cancel_event(db, actor=organizer, event_id=event_id, now=NOW + 2 * HOUR)


def give_back(app: Flask, event_id: UUID) -> None:
    her = actor_of(app, HER)
    assert her.person_id is not None
    with app.app_context(), transaction() as db:
        cancel_registration(
            db, actor=her, event_id=event_id, person_id=her.person_id, now=NOW + HOUR
        )


def test_r57_a_registration_carries_an_invitation_from_the_address_that_is_answered(
    app: Flask, client: FlaskClient
) -> None:
    event_id = webinar_of(app, HER)
    person = actor_of(app, HER).person_id or 0
    [letter] = letters(app, HER)
    assert method_of(letter) == "REQUEST"
    event, mailbox = event_in(letter), f"rsvp+{token_of(app, event_id, person)}@example.org"
    feed = icalendar.Calendar.from_ical(client.get("/calendar/public.ics").data)
    assert event["UID"] == feed.events[0]["UID"] == f"event-{event_id}@localhost"
    assert event["ORGANIZER"] == f"mailto:{mailbox}"
    assert [letter.mail[name].addresses[0].addr_spec for name in ("From", "Reply-To")] == [
        mailbox,
        mailbox,
    ]
    attendee = event["ATTENDEE"]
    assert attendee == "mailto:official-hn@example.org"
    assert {name: attendee.params[name] for name in ("PARTSTAT", "RSVP", "CN")} == {
        "PARTSTAT": "ACCEPTED",
        "RSVP": "TRUE",
        "CN": "María José Ñáñez Güell",
    }
    assert (event["SEQUENCE"], event["STATUS"], event["DTSTAMP"].dt) == (0, "CONFIRMED", NOW)
    assert icalendar.Calendar.from_ical(letter.calendar).walk("VTIMEZONE")


def test_r57_the_parts_stand_in_the_order_that_mail_programs_choose_from(app: Flask) -> None:
    webinar_of(app, HER)
    [letter] = letters(app, HER)
    assert letter.mail.get_content_type() == "multipart/alternative"
    parts = [part.get_content_type() for part in letter.mail.iter_parts()]
    assert parts == ["text/plain", "text/html", "text/calendar"]
    [calendar] = [part for part in letter.mail.walk() if part.get_content_type() == "text/calendar"]
    assert calendar.get_param("charset") == "utf-8"
    lines = letter.calendar.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    assert b"Se\xc3\xb1ales" in letter.calendar.replace(b"\r\n ", b"")


def test_r57_the_file_comes_by_wish_under_the_name_that_matters_and_never_zipped(
    app: Flask,
) -> None:
    event_id = webinar(app)
    person = actor_of(app, HER).person_id
    assert person is not None
    wish(app, person, attachment=True)
    take_place(app, HER, event_id)
    [letter] = letters(app, HER)
    assert letter.mail.get_content_type() == "multipart/mixed"
    [file] = letter.mail.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "invite.ics")
    assert file.get_payload(decode=True) == letter.calendar


def test_r57_who_wishes_no_invitation_gets_the_words_and_the_link_alone(app: Flask) -> None:
    event_id = webinar(app)
    person = actor_of(app, HER).person_id
    assert person is not None
    wish(app, person, calendar=False)
    take_place(app, HER, event_id)
    [letter] = letters(app, HER)
    assert letter.calendar == b""
    assert letter.mail["From"].addresses[0].addr_spec == "no-reply@example.org"
    assert f"http://localhost/events/{event_id}.ics" in letter.text


def test_r57_a_move_is_the_same_event_with_a_higher_sequence_and_says_instead_of(
    app: Flask,
) -> None:
    event_id = webinar(app)
    take_place(app, HER, event_id)
    first = letters(app, HER)[0]
    move(app, event_id)
    moved = letters(app, HER)[1]
    assert method_of(moved) == "REQUEST"
    assert event_in(moved)["UID"] == event_in(first)["UID"]
    assert event_in(moved)["ORGANIZER"] == event_in(first)["ORGANIZER"]
    assert (event_in(moved)["SEQUENCE"], event_in(moved).start) == (1, LATER)
    assert event_in(moved)["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert event_in(moved)["DTSTAMP"].dt > event_in(first)["DTSTAMP"].dt
    assert "En lugar de:\nmartes, 3 de agosto de 2027, 09:00–10:00" in moved.text


def test_r57_who_wishes_no_more_of_it_is_not_left_with_the_old_time(app: Flask) -> None:
    event_id = webinar(app)
    person = take_place(app, HER, event_id)
    drain(app)
    wish(app, person, calendar=False)
    move(app, event_id)
    assert event_in(letters(app, HER)[1]).start == LATER


def test_r57_a_cancelled_event_is_taken_out_of_the_calendar_with_a_higher_sequence(
    app: Flask,
) -> None:
    event_id = webinar_of(app, HER)
    call_off(app, event_id)
    gone = letters(app, HER)[1]
    assert method_of(gone) == "CANCEL"
    assert (event_in(gone)["SEQUENCE"], event_in(gone)["STATUS"]) == (1, "CANCELLED")
    assert event_in(gone)["ATTENDEE"] == "mailto:official-hn@example.org"


def test_r57_giving_a_place_back_cancels_for_this_attendee_alone_and_coming_back_invites_anew(
    app: Flask,
) -> None:
    event_id = webinar(app)
    take_place(app, HER, event_id)
    take_place(app, "official-gt", event_id)
    drain(app)
    give_back(app, event_id)
    invited, gone = letters(app, HER)
    assert (method_of(invited), method_of(gone)) == ("REQUEST", "CANCEL")
    assert event_in(gone)["STATUS"] == "CANCELLED"
    assert len(letters(app, "official-gt")) == 1
    take_place(app, HER, event_id, now=NOW + 2 * HOUR)
    again = letters(app, HER)[2]
    assert [event_in(letter)["SEQUENCE"] for letter in (invited, gone, again)] == [0, 1, 2]
    assert event_in(again)["STATUS"] == "CONFIRMED"
    assert (
        event_in(again)["DTSTAMP"].dt
        > event_in(gone)["DTSTAMP"].dt
        > event_in(invited)["DTSTAMP"].dt
    )


def test_a_place_given_back_before_the_letter_was_written_invites_nobody(app: Flask) -> None:
    event_id = webinar(app)
    take_place(app, HER, event_id)
    give_back(app, event_id)
    [letter] = letters(app, HER)
    assert letter.subject == "Su inscripción quedó cancelada: Señales de trata"
    assert letter.calendar == b""


def test_r57_who_only_waits_is_told_the_position_and_invited_when_a_place_is_given(
    app: Flask,
) -> None:
    event_id = webinar(app, capacity=1)
    take_place(app, HER, event_id)
    take_place(app, "official-gt", event_id)
    [waiting] = letters(app, "official-gt")
    assert waiting.calendar == b""
    assert "Usted ocupa el lugar 1 de la lista de espera" in waiting.text
    give_back(app, event_id)
    given = letters(app, "official-gt")[1]
    assert given.subject == "Tiene cupo: Señales de trata"
    assert method_of(given) == "REQUEST"


@pytest.mark.parametrize("name", ORACLES)
def test_r57_every_reader_of_calendars_takes_the_invitation_the_move_and_the_end(
    app: Flask, name: str
) -> None:
    require_installed(name)
    event_id = webinar_of(app, HER)
    move(app, event_id)
    drain(app)
    call_off(app, event_id)
    found = [ORACLES[name](letter.calendar) for letter in letters(app, HER)]
    uid = f"event-{event_id}@localhost"
    assert found == [
        [Instance(uid, "2027-08-03T15:00:00Z", "2027-08-03T16:00:00Z", 0)],
        [Instance(uid, "2027-08-05T16:00:00Z", "2027-08-05T17:00:00Z", 1)],
        [Instance(uid, "2027-08-05T16:00:00Z", "2027-08-05T17:00:00Z", 2, is_cancelled=True)],
    ]


def test_r57_another_program_reads_organizer_attendee_and_method(app: Flask) -> None:
    event_id = webinar_of(app, HER)
    person = actor_of(app, HER).person_id or 0
    [letter] = letters(app, HER)
    calendar = ical.calendar_stream.IcsCalendarStream.calendar_from_ics(letter.calendar.decode())
    [event] = calendar.events
    assert calendar.method == "REQUEST"
    assert event.organizer is not None
    assert str(event.organizer.uri) == f"mailto:rsvp+{token_of(app, event_id, person)}@example.org"
    [attendee] = event.attendees
    assert str(attendee.uri) == "mailto:official-hn@example.org"


def test_a_name_cannot_add_a_line_to_the_invitation(app: Flask) -> None:
    from app.people.directory.models import Person

    event_id, person = webinar(app), actor_of(app, HER).person_id
    with app.app_context(), transaction() as db:
        db.get_one(Person, person).full_name = 'Ñ"\r\nATTACH:https://evil.example.org/x\r\nX:"'
    take_place(app, HER, event_id)
    [letter] = letters(app, HER)
    assert b"\r\nATTACH" not in letter.calendar
    assert event_in(letter)["ATTENDEE"].params["CN"] == "Ñ' ATTACH:https://evil.example.org/x X:'"


def test_the_page_says_what_the_text_says_and_fetches_nothing(app: Flask) -> None:
    event_id = webinar_of(app, HER)
    [letter] = letters(app, HER)
    for line in filter(None, letter.text.splitlines()):
        words = line.split("http")[0].strip()
        assert words.replace("'", "&#39;") in letter.page
    assert letter.page.count(f'href="http://localhost/events/{event_id}"') == 1
    assert letter.page.count("Abrir la página") == 1
    assert f">http://localhost/events/{event_id}</p>" in letter.page
    for forbidden in ("<img", "<script", "<link", "url(", "@import"):
        assert forbidden not in letter.page
