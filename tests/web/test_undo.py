"""Undo: for a minute, by whoever acted, at that address alone; and nobody is told of the act."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.office.outbox.models import Message
from app.people.directory.models import Appointment
from app.planning.events.queries.events import event_of
from tests.participation.registrations.builders import people_of, statuses
from tests.planning.events.planning_builders import (
    NINE,
    NOW,
    ORGANIZER,
    a_draft,
    act_as,
    furnished,
    people,
    plan,
)
from tests.planning.events.rows import NOW as TODAY
from tests.planning.events.rows import add_registration, an_event
from tests.support.actors import actor_of, csrf_token, sign_in
from tests.training.turnover.builders import a_staff
from tests.training.turnover.builders import focal_point as keeper

pytestmark = pytest.mark.at(TODAY)
LATE = timedelta(seconds=90)


def undo_in(html: str) -> tuple[str, str]:
    """Where the button posts, and its token."""
    found = re.search(r'action="([^"]+)" class="undo">.*?name="undo" value="([^"]+)"', html, re.S)
    assert found, "no button to undo"
    return found[1], found[2]


def letters(app: Flask) -> list[str]:
    with app.app_context():
        platform(app).jobs.drain()
    with app.app_context(), reading() as db:
        return list(db.scalars(select(Message.subject).order_by(Message.id)))


def registered(app: Flask, client: FlaskClient, **changes: Any) -> tuple[UUID, int]:
    event_id = an_event(app, groups=["protection"], **changes)
    person = actor_of(app, "official-hn").person_id or 0
    add_registration(app, event_id, person)
    sign_in(client, "convenor-protection")
    return event_id, person


def remove(client: FlaskClient, event_id: UUID, person: int) -> str:
    path = f"/events/{event_id}/registrations"
    sent = {"csrf_token": csrf_token(client)}
    answer = client.post(f"{path}/{person}/removal", data=sent, follow_redirects=True)
    return answer.text


def test_place_taken_away_comes_back_and_no_letter_was_written(
    app: Flask, client: FlaskClient
) -> None:
    event_id, person = registered(app, client)
    url, token = undo_in(remove(client, event_id, person))
    assert statuses(app, event_id) == {person: "cancelled"}
    assert letters(app) == [], "the letter waits until the minute is over"
    sent = {"csrf_token": csrf_token(client), "undo": token}
    assert "como antes" in client.post(url, data=sent, follow_redirects=True).text
    assert statuses(app, event_id) == {person: "registered"}
    with time_machine.travel(TODAY + LATE, tick=False):
        assert letters(app) == []


def test_after_the_minute_it_says_so_and_the_letter_leaves(app: Flask, client: FlaskClient) -> None:
    event_id, person = registered(app, client)
    url, token = undo_in(remove(client, event_id, person))
    sign_in(client, "organizer")
    sent = {"csrf_token": csrf_token(client), "undo": token}
    assert "Pasó un minuto" in client.post(url, data=sent, follow_redirects=True).text, (
        "the button is that of whoever acted"
    )
    with time_machine.travel(TODAY + LATE, tick=False):
        sign_in(client, "convenor-protection")
        late = client.post(url, data={**sent, "csrf_token": csrf_token(client)})
        assert "Pasó un minuto" in client.get(late.location).text
        assert len(letters(app)) == 1
    assert statuses(app, event_id) == {person: "cancelled"}


def test_nothing_is_offered_where_the_place_went_to_the_next_in_line(
    app: Flask, client: FlaskClient
) -> None:
    event_id, person = registered(app, client, capacity=1)
    [waiting] = people_of(app, ["GT"])
    add_registration(app, event_id, waiting, status="waiting")
    assert 'class="undo"' not in remove(client, event_id, person)
    assert statuses(app, event_id) == {person: "cancelled", waiting: "registered"}


def test_moved_event_and_person_taken_out_come_back(app: Flask, client: FlaskClient) -> None:
    with time_machine.travel(NOW, tick=False):
        furnished(app)
        act_as(app, ORGANIZER)
        event_id = plan(app, a_draft(people=people(1)))
        token = csrf_token(client)
        moved = client.post(
            f"/events/{event_id}/move",
            data={"csrf_token": token, "on": "2027-03-10", "start": "10:00"},
            headers={"X-Board": "1"},
        )
        url, undo = undo_in(moved.text)
        assert at(app, event_id).day == 10
        back = client.post(url, data={"csrf_token": token, "undo": undo}, follow_redirects=True)
        assert "vuelve a su lugar" in back.text
        assert at(app, event_id) == NINE
        form = client.get(f"/events/{event_id}/edit").text
        fields = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
        kept = {key: fields[key] for key in ("on", "start", "end", "title_es") if key in fields}
        sent = {
            **kept,
            "csrf_token": token,
            "kind": "webinar",
            "mode": "online",
            "timezone": "America/Costa_Rica",
            "groups": ["protection"],
            "action": "save",
        }
        changed = client.post(f"/events/{event_id}/edit", data=sent, follow_redirects=True)
        assert "Ana Muñoz Peña" in changed.text
        url, undo = undo_in(changed.text)
        client.post(url, data={"csrf_token": token, "undo": undo})
        with app.app_context(), reading() as db:
            event = event_of(db, actor=ORGANIZER, event_id=event_id)
        assert [person.id for person in event.people] == [1]


def at(app: Flask, event_id: UUID) -> Any:
    with app.app_context(), reading() as db:
        return event_of(db, actor=ORGANIZER, event_id=event_id).starts_at


def test_those_marked_as_gone_serve_again(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        first, second, *_rest = a_staff(db, "HN", serving=3)
    act_as(app, keeper("HN"))
    page = "/countries/HN/roster"
    sent = {f"row-{one}": "left" for one in (first, second)}
    sent |= {f"on-{one}": "2026-11-20" for one in (first, second)}
    token = csrf_token(client)
    answer = client.post(page, data={**sent, "csrf_token": token}, follow_redirects=True)
    assert ended(app) == {first, second}
    url, undo = undo_in(answer.text)
    done = client.post(url, data={"csrf_token": token, "undo": undo}, follow_redirects=True)
    assert "2 personas vuelven a estar en funciones." in done.text
    assert ended(app) == set()


def ended(app: Flask) -> set[int]:
    with app.app_context(), reading() as db:
        return set(db.scalars(select(Appointment.id).where(Appointment.valid_until.is_not(None))))
