"""R64: before letters leave, the page that asks says how many get one and shows it."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import reading, transaction
from app.kernel.timespan import Timespan
from app.people.directory.models import FocalPoint, Person
from app.web.letters_ahead import letters_ahead
from tests.office.notifications.world import (
    HOUR,
    NOW,
    STARTS,
    call_off,
    letters,
    move,
    take_place,
    webinar,
)
from tests.support.actors import actor_of, csrf_token, sign_in

pytestmark = pytest.mark.at(NOW + HOUR)
ZONE = "America/Costa_Rica"
LATER = STARTS + timedelta(days=2)


def test_r64_letter_shown_before_a_cancellation_is_the_letter_that_leaves(app: Flask) -> None:
    event_id = webinar(app)
    take_place(app, "official-hn", event_id)
    take_place(app, "official-gt", event_id)
    english = actor_of(app, "official-gt").person_id
    with app.app_context(), transaction() as db:
        db.get_one(Person, english).language = "en"
    with app.app_context(), reading() as db:
        ahead = letters_ahead().if_cancelled(db, event_id)
    assert (ahead.people, [one.language for one in ahead.letters]) == (2, ["es", "en"])
    call_off(app, event_id)
    sent = letters(app, "official-hn")[-1]
    assert sent.subject == ahead.letters[0].subject
    assert without_keys(sent.text) == without_keys(ahead.letters[0].body)


def test_r64_letter_shown_before_a_move_is_the_letter_that_leaves(app: Flask) -> None:
    event_id = webinar(app)
    take_place(app, "official-hn", event_id)
    with app.app_context(), reading() as db:
        span = Timespan(LATER, LATER + HOUR)
        ahead = letters_ahead().if_moved(db, event_id, span=span, timezone=ZONE, place="")
    letters(app)
    move(app, event_id, LATER)
    sent = letters(app, "official-hn")[-1]
    assert sent.subject == ahead.letters[0].subject
    assert without_keys(sent.text) == without_keys(ahead.letters[0].body)
    assert "/wishes/…" in ahead.letters[0].body


def test_r64_cancelling_page_says_how_many_get_the_letter(app: Flask, client: FlaskClient) -> None:
    event_id = webinar(app)
    take_place(app, "official-hn", event_id)
    sign_in(client, "organizer")
    page = client.get(f"/events/{event_id}/cancel").text
    assert "1 persona recibirá esta carta" in page
    assert "Cancelado: Señales de trata" in page


def test_r64_invitation_is_shown_as_a_letter_before_it_is_saved(
    app: Flask, client: FlaskClient
) -> None:
    event_id, focal = webinar(app), actor_of(app, "focal-point-hn").person_id
    with app.app_context(), transaction() as db:
        db.add(FocalPoint(person_id=focal, country_code="HN", valid_from=NOW.date()))
    sign_in(client, "organizer")
    typed = {
        "way": "country",
        "country": "HN",
        "class": "member-country",
        "open_to": "besides",
        "note": "Con traducción.",
        "preview": "1",
        "csrf_token": csrf_token(client),
    }
    page = client.post(f"/events/{event_id}/invitations/new", data=typed).text
    assert "1 persona recibirá esta carta" in page
    assert page.count("Con traducción.") == 2
    assert letters(app, "focal-point-hn") == []


def without_keys(text: str) -> str:
    return text.partition("/wishes/")[0].strip()
