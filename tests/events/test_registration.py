"""Registering: one place per person, never more than there are, and in words a person understands."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.events.models import Registration
from app.events.rules.participation import minutes_of
from app.events.services.registration import cancel_registration, register
from app.events.values.places import CONSENT_VERSION
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from tests.events.rows import NOW, STARTS, add_registration, an_event, change_event_row
from tests.support.actors import actor_of, an_account, bearer, csrf_token, sign_in

pytestmark = pytest.mark.usefixtures("_today")


@pytest.fixture
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def rows_of(app: Flask, event_id: UUID) -> list[str]:
    with app.app_context(), reading() as db:
        return list(db.scalars(select(Registration.status).where(Registration.event_id == event_id)))


def facts_of(app: Flask, event_id: UUID) -> list[str]:
    with app.app_context(), reading() as db:
        asked = select(JournalEntry.fact).where(JournalEntry.subject_id == str(event_id)).order_by(JournalEntry.id)
        return list(db.scalars(asked))


def post(client: FlaskClient, path: str) -> Any:
    return client.post(path, data={"csrf_token": csrf_token(client)})


@pytest.mark.both_databases
def test_the_api_registers_once_and_says_so_the_second_time(app: Flask, client: FlaskClient) -> None:
    event_id, headers = an_event(app, capacity=1), bearer(app, "official-hn")
    path = f"/api/v1/events/{event_id}/registrations"
    first, second = client.post(path, headers=headers), client.post(path, headers=headers)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json
    assert second.json
    assert first.json["is_new"]
    assert not second.json["is_new"]
    assert first.json["id"] == second.json["id"]
    assert rows_of(app, event_id) == ["registered"]
    assert facts_of(app, event_id) == ["RegistrationMade"]


@pytest.mark.parametrize(
    ("changes", "status", "rule"),
    [
        ({"capacity": 0}, 409, "full"),
        ({"starts_at": NOW - timedelta(minutes=1)}, 409, "already-started"),
        ({"kind": "external"}, 409, "registered-elsewhere"),
        ({"starts_at": None, "date_precision": "month", "found_start": "2026-12"}, 409, "no-date"),
        ({"status": "cancelled", "cancelled_at": NOW}, 410, "cancelled"),
        ({"starts_at": NOW - timedelta(days=1)}, 410, "ended"),
    ],
)
def test_the_api_refuses_with_a_problem_that_names_the_rule(
    app: Flask, client: FlaskClient, changes: dict[str, Any], status: int, rule: str
) -> None:
    event_id = an_event(app, **changes)
    answer = client.post(f"/api/v1/events/{event_id}/registrations", headers=bearer(app, "official-hn"))
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json
    assert answer.json["title"] == rule
    assert answer.json["sentence"]["es"] != answer.json["sentence"]["en"]
    assert rows_of(app, event_id) == []


def test_a_draft_is_refused_to_its_organizers_and_unknown_to_others(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app, status="draft", published_at=None, groups=["protection"])
    path = f"/api/v1/events/{event_id}/registrations"
    refused = client.post(path, headers=bearer(app, "organizer"))
    assert (refused.status_code, refused.json and refused.json["title"]) == (409, "not-published")
    assert client.post(path, headers=bearer(app, "official-hn")).status_code == 404
    assert client.post(f"/api/v1/events/{uuid4()}/registrations", headers=bearer(app, "organizer")).status_code == 404


def test_the_api_wants_a_token(app: Flask, client: FlaskClient) -> None:
    assert client.post(f"/api/v1/events/{an_event(app)}/registrations").status_code == 401


@pytest.mark.both_databases
def test_no_more_people_than_places_however_they_race(app: Flask) -> None:
    event_id = an_event(app, capacity=3)
    actors = [actor_of(app, email(app, number)) for number in range(8)]
    start, outcomes = threading.Barrier(len(actors)), []

    def try_it(actor: Actor) -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction() as db:
                    outcomes.append(register(db, actor=actor, event_id=event_id, consent_version=CONSENT_VERSION, now=NOW).is_new)
            except Full:
                outcomes.append(False)

    threads = [threading.Thread(target=try_it, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 5 + [True] * 3
    assert rows_of(app, event_id) == ["registered"] * 3


def email(app: Flask, number: int) -> str:
    address = f"official-{number}@example.org"
    an_account(app, address, country="HN")
    return address


@pytest.mark.both_databases
def test_one_person_who_races_against_herself_has_one_row(app: Flask) -> None:
    event_id, actor = an_event(app), actor_of(app, "official-hn")
    start, outcomes = threading.Barrier(4), []

    def try_it() -> None:
        with app.app_context():
            start.wait()
            with transaction() as db:
                outcomes.append(register(db, actor=actor, event_id=event_id, consent_version=CONSENT_VERSION, now=NOW).is_new)

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, False, False, True]
    assert rows_of(app, event_id) == ["registered"]


def test_a_place_given_back_is_free_for_the_next_and_can_be_taken_again(app: Flask) -> None:
    event_id = an_event(app, capacity=1)
    first, second = actor_of(app, "official-hn"), actor_of(app, "official-gt")

    def take(actor: Actor) -> bool:
        with app.app_context(), transaction() as db:
            return register(db, actor=actor, event_id=event_id, consent_version=CONSENT_VERSION, now=NOW).is_new

    def give_back(actor: Actor) -> bool:
        with app.app_context(), transaction() as db:
            return cancel_registration(db, actor=actor, event_id=event_id, now=NOW)

    assert take(first)
    with pytest.raises(Full):
        take(second)
    assert give_back(first)
    assert not give_back(first)
    assert take(second)
    assert give_back(second)
    assert take(first)
    assert sorted(rows_of(app, event_id)) == ["cancelled", "registered"]
    assert facts_of(app, event_id).count("RegistrationCancelled") == 2


def test_once_it_has_started_no_place_is_given_back(app: Flask, client: FlaskClient) -> None:
    event_id, headers = an_event(app), bearer(app, "official-hn")
    client.post(f"/api/v1/events/{event_id}/registrations", headers=headers)
    with time_machine.travel(STARTS + timedelta(minutes=1), tick=False):
        answer = client.delete(f"/api/v1/events/{event_id}/registrations", headers=bearer(app, "official-hn"))
    assert (answer.status_code, answer.json and answer.json["title"]) == (409, "already-started")


def test_after_registering_the_page_says_so_and_hands_out_the_calendar(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app, capacity=2)
    sign_in(client, "official-gt")
    assert "Quedan 2 cupos de 2." in client.get(f"/events/{event_id}").text
    answer = post(client, f"/events/{event_id}/registrations")
    assert (answer.status_code, answer.location) == (303, f"/events/{event_id}#registration")
    html = client.get(f"/events/{event_id}").text
    assert "Su inscripción está hecha." in html
    assert f"webcal://localhost/events/{event_id}.ics" in html
    assert f'value="http://localhost/events/{event_id}.ics"' in html
    assert "jueves, 10 de diciembre de 2026, 09:00–10:30 (Costa Rica, UTC−6)" in html
    assert post(client, f"/events/{event_id}/registrations").status_code == 303
    assert "Usted ya estaba en la lista" in client.get(f"/events/{event_id}").text
    assert rows_of(app, event_id) == ["registered"]
    assert post(client, f"/events/{event_id}/registrations/cancellation").status_code == 303
    assert "Quedan 2 cupos de 2." in client.get(f"/events/{event_id}").text


def test_the_page_says_why_nobody_can_register(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app, capacity=0)
    sign_in(client, "official-gt")
    html = client.get(f"/events/{event_id}").text
    assert "cupos están ocupados" in html
    assert "Inscribirme" not in html
    refused = post(client, f"/events/{event_id}/registrations")
    assert refused.status_code == 409
    assert "cupos están ocupados" in refused.text


def test_a_visitor_is_asked_to_sign_in(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app)
    assert f"/sign-in?next=/events/{event_id}" in client.get(f"/events/{event_id}").text
    assert post(client, f"/events/{event_id}/registrations").status_code in (302, 401)
    assert rows_of(app, event_id) == []


def test_my_webinars_are_mine_and_show_the_minutes(app: Flask, client: FlaskClient) -> None:
    me = sign_in(client, "official-hn").person_id
    other = actor_of(app, "official-gt").person_id
    assert me
    assert other
    add_registration(app, an_event(app, title="Por venir"), me)
    add_registration(app, an_event(app, title="De otra persona"), other)
    cancelled = an_event(app, title="Ya no voy")
    add_registration(app, cancelled, me, status="cancelled")
    html = client.get("/my-webinars").text
    assert "Por venir" in html
    assert "De otra persona" not in html
    assert "Ya no voy" not in html


def test_a_registered_event_that_is_cancelled_stays_on_the_list_with_the_word(app: Flask, client: FlaskClient) -> None:
    me = sign_in(client, "official-hn").person_id
    event_id = an_event(app, title="Suspendido")
    assert me
    add_registration(app, event_id, me)
    change_event_row(app, event_id, status="cancelled", cancelled_at=NOW)
    html = client.get("/my-webinars").text
    assert "Suspendido" in html
    assert "Cancelado" in html


def test_an_account_without_a_person_cannot_register(app: Flask) -> None:
    from app.kernel.refusal import NotAllowed

    event_id, nobody = an_event(app), replace(actor_of(app, "official-hn"), person_id=None)
    with app.app_context(), transaction() as db, pytest.raises(NotAllowed):
        register(db, actor=nobody, event_id=event_id, now=NOW)
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count()).select_from(Registration)) == 0


@given(capacity=st.integers(0, 50), taken=st.integers(0, 60))
def test_there_is_room_exactly_while_fewer_are_taken(capacity: int, taken: int) -> None:
    require_room(None, taken)
    if taken < capacity:
        require_room(capacity, taken)
    else:
        with pytest.raises(Full):
            require_room(capacity, taken)


@given(st.text(max_size=12))
def test_minutes_are_whole_numbers_in_range_or_nothing(typed: str) -> None:
    try:
        found = minutes_of(typed, 90)
    except ValueError:
        return
    assert found is None or 0 <= found <= 90
    assert (found is None) == (typed.strip() == "")
