"""The organizer's page of an event: one filled button, figures with their base, countries reached
and not reached with why and the act.
"""

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.infra.platform import platform
from app.planning.events.models import EventPerson
from tests.office.progress.world import hand_over, in_office, invite_all
from tests.participation.invitations.world import HN, a_roster, named
from tests.planning.events.rows import (
    NOW,
    add_registration,
    an_event,
    change_event_row,
    counted_statements,
)
from tests.support.actors import actor_of, sign_in

pytestmark = pytest.mark.at(NOW)


def filled(page: str) -> list[str]:
    main = page.partition("<main")[2]
    return re.findall(r'<(?:a|button)[^>]*class="[^"]*btn-primary[^"]*"[^>]*>([^<]*)', main)


def next_act(page: str) -> str:
    return page.partition('aria-labelledby="next-act"')[2].partition("</section>")[0]


def ready_event(app: Flask, **changes: Any) -> UUID:
    speaker = actor_of(app, "official-gt").person_id or 0
    return an_event(
        app, people=[speaker], mode="in-person", published_at=NOW - timedelta(days=9), **changes
    )


def test_r80_countries_not_reached_are_named_with_why_and_the_act(
    app: Flask, client: FlaskClient
) -> None:
    """Given eleven countries of which one has a focal point, when its letter is delivered, then the
    page names it, the ten others with the reason, and asks for their focal points first.
    """
    event_id = ready_event(app, capacity=40)
    in_office(app, "GT", until=date(2026, 11, 3))
    in_office(app, "HN")
    invite_all(app, event_id)
    hand_over(app)
    add_registration(app, event_id, actor_of(app, "official-hn").person_id or 0)
    sign_in(client, "organizer")
    page = client.get(f"/events/{event_id}").text
    assert "10 países sin punto focal: allí nadie recibió la carta" in page
    assert "Designar los puntos focales de 10 países" in next_act(page)
    assert filled(page) == ["Designar 10 puntos focales"]
    assert "<b>1</b> de 40 cupos, 2 %" in page
    unreached = page.partition('id="not-reached"')[2]
    assert "sin punto focal desde el 3 nov 2026" in unreached
    assert "nunca se nombró punto focal" in unreached
    assert "Honduras" not in unreached.partition("</section>")[0]


def test_published_event_without_a_date_is_called_no_draft(app: Flask, client: FlaskClient) -> None:
    event_id = ready_event(app, starts_at=None, ends_at=None)
    sign_in(client, "organizer")
    page = client.get(f"/events/{event_id}").text
    assert "Falta la fecha" in page
    assert "Sin ella nadie sabe cuándo participar." in page
    assert "sigue en borrador" not in page


def test_figures_count_those_who_got_the_letter(app: Flask, client: FlaskClient) -> None:
    """Of three people named by their country one has not got the letter."""
    event_id = ready_event(app)
    in_office(app, "HN")
    invite_all(app, event_id)
    people = a_roster(app, "HN", 3)
    named(app, event_id, people, actor=HN)
    with app.app_context():
        platform(app).jobs.drain()
    hand_over(app)
    sign_in(client, "organizer")
    with counted_statements(app) as statements:
        page = client.get(f"/events/{event_id}").text
    assert len(statements) <= 36
    figures = page.partition('class="of-received"')[2].partition("</dl>")[0]
    assert re.findall(r"<b>([^<]*)</b>", figures) == ["3", "3", "3", "–"]
    assert "en 1 país" in figures
    assert "De las 3 personas que recibieron la carta:" in page


def test_own_registration_is_folded_and_fills_no_button(app: Flask, client: FlaskClient) -> None:
    event_id = ready_event(app)
    sign_in(client, "organizer")
    page = client.get(f"/events/{event_id}").text
    assert "usted no se ha inscrito" in page
    assert re.search(r'<details class="event-fold" id="mine">\s*<summary>', page), "closed"
    assert filled(page) == ["Invitar a los países"]


def test_ended_event_asks_for_attendance_and_then_to_be_closed(
    app: Flask, client: FlaskClient
) -> None:
    event_id = ready_event(app)
    over = NOW - timedelta(hours=4)
    change_event_row(app, event_id, starts_at=over - timedelta(hours=1), ends_at=over)
    sign_in(client, "organizer")
    page = client.get(f"/events/{event_id}").text
    assert filled(page) == ["Registrar la asistencia"]
    assert "Cerrar el evento" in page.partition('id="also-open"')[2]
    assert "Invitar a los países" not in page, "nobody is invited to what is over"
    assert "No se invitó a nadie" in page


def test_person_of_the_programme_stands_by_their_own_clock_with_the_answer(
    app: Flask, client: FlaskClient
) -> None:
    event_id = ready_event(app)
    guest = actor_of(app, "official-hn").person_id or 0
    with app.app_context(), transaction() as db:
        db.add(EventPerson(event_id=event_id, person_id=guest, role="moderator"))
    sign_in(client, "organizer")
    people = client.get(f"/events/{event_id}").text.partition('id="parts"')[2].partition("</ul>")[0]
    assert people.count("<li>") == 2
    assert "Modera" in people
    assert re.search(r"<b>\d\d:\d\d</b>", people)
    assert people.count("Recordar") == 2
