"""Registering: once per person, never more than the capacity, and in words a person
understands.
"""

import threading
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
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from app.participation.attendance.rules.recording import minutes_of
from app.participation.registrations.models import Registration
from app.participation.registrations.services.registering import (
    Registered,
    cancel_registration,
    register,
)
from app.participation.registrations.values import CONSENT_VERSION
from tests.planning.events.rows import (
    NOW,
    STARTS,
    add_registration,
    an_event,
    change_event_row,
    every_statement,
)
from tests.support.actors import actor_of, an_account, bearer, csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)


def rows_of(app: Flask, event_id: UUID) -> list[str]:
    with app.app_context(), reading() as db:
        return list(
            db.scalars(select(Registration.status).where(Registration.event_id == event_id))
        )


def facts_of(app: Flask, event_id: UUID) -> list[str]:
    with app.app_context(), reading() as db:
        asked = (
            select(JournalEntry.fact)
            .where(JournalEntry.subject_id == str(event_id))
            .order_by(JournalEntry.id)
        )
        return list(db.scalars(asked))


AGREED = {"consent_version": CONSENT_VERSION}


def post(client: FlaskClient, path: str) -> Any:
    agreed = {"consent": "attendance-list", **AGREED}
    return client.post(path, data={"csrf_token": csrf_token(client), **agreed})


def take(db: Session, actor: Actor, event_id: UUID) -> Registered:
    return register(db, actor=actor, event_id=event_id, consent_version=CONSENT_VERSION, now=NOW)


@pytest.mark.both_databases
def test_the_api_registers_once_and_says_so_the_second_time(
    app: Flask, client: FlaskClient
) -> None:
    event_id, headers = an_event(app, capacity=1), bearer(app, "official-hn")
    path = f"/api/v1/events/{event_id}/registrations"
    first, second = (client.post(path, headers=headers, json=AGREED) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json
    assert second.json
    assert first.json["is_new"]
    assert not second.json["is_new"]
    assert first.json["id"] == second.json["id"]
    assert rows_of(app, event_id) == ["registered"]
    assert first.json["status"] == second.json["status"] == "registered"
    assert facts_of(app, event_id) == ["ConsentGiven", "RegistrationMade"]


@pytest.mark.parametrize(
    ("changes", "status", "rule"),
    [
        ({"registration_closes_at": NOW}, 409, "registration-closed"),
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
    answer = client.post(
        f"/api/v1/events/{event_id}/registrations", headers=bearer(app, "official-hn"), json=AGREED
    )
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json
    assert answer.json["title"] == rule
    assert answer.json["sentence"]["es"] != answer.json["sentence"]["en"]
    assert rows_of(app, event_id) == []


def test_a_draft_is_refused_to_its_organizers_and_unknown_to_others(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app, status="draft", published_at=None, groups=["protection"])
    path = f"/api/v1/events/{event_id}/registrations"
    refused = client.post(path, headers=bearer(app, "organizer"), json=AGREED)
    assert (refused.status_code, refused.json and refused.json["title"]) == (409, "not-published")
    assert client.post(path, headers=bearer(app, "official-hn"), json=AGREED).status_code == 404
    unknown = f"/api/v1/events/{uuid4()}/registrations"
    assert client.post(unknown, headers=bearer(app, "organizer"), json=AGREED).status_code == 404


def test_the_api_wants_a_token(app: Flask, client: FlaskClient) -> None:
    assert client.post(f"/api/v1/events/{an_event(app)}/registrations").status_code == 401


@pytest.mark.both_databases
def test_no_more_registrations_than_capacity_however_they_race(app: Flask) -> None:
    event_id = an_event(app, capacity=3)
    actors = [actor_of(app, email(app, number)) for number in range(8)]
    start, outcomes = threading.Barrier(len(actors)), []

    def try_it(actor: Actor) -> None:
        with app.app_context():
            start.wait()
            with transaction() as db:
                outcomes.append(take(db, actor, event_id).status)

    threads = [threading.Thread(target=try_it, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["registered"] * 3 + ["waiting"] * 5
    assert sorted(rows_of(app, event_id)) == ["registered"] * 3 + ["waiting"] * 5


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
                outcomes.append(take(db, actor, event_id).is_new)

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, False, False, True]
    assert rows_of(app, event_id) == ["registered"]


def test_cancelling_promotes_who_waits_and_one_may_register_again(app: Flask) -> None:
    event_id = an_event(app, capacity=1)
    first, second = actor_of(app, "official-hn"), actor_of(app, "official-gt")

    def ask(actor: Actor) -> str:
        with app.app_context(), transaction() as db:
            return take(db, actor, event_id).status

    def give_back(actor: Actor) -> bool:
        with app.app_context(), transaction() as db:
            return cancel_registration(db, actor=actor, event_id=event_id, now=NOW)

    assert ask(first) == "registered"
    assert ask(second) == "waiting"
    assert give_back(first)
    assert not give_back(first)
    assert ask(second) == "registered"
    assert give_back(second)
    assert ask(first) == "registered"
    assert sorted(rows_of(app, event_id)) == ["cancelled", "registered"]
    assert [fact for fact in facts_of(app, event_id) if fact != "ConsentGiven"] == [
        "RegistrationMade",
        "RegistrationWaiting",
        "RegistrationCancelled",
        "PlaceGiven",
        "RegistrationCancelled",
        "RegistrationMade",
    ]


def test_nobody_cancels_once_it_has_started(app: Flask, client: FlaskClient) -> None:
    event_id, headers = an_event(app), bearer(app, "official-hn")
    client.post(f"/api/v1/events/{event_id}/registrations", headers=headers, json=AGREED)
    with time_machine.travel(STARTS + timedelta(minutes=1), tick=False):
        answer = client.delete(
            f"/api/v1/events/{event_id}/registrations", headers=bearer(app, "official-hn")
        )
    assert (answer.status_code, answer.json and answer.json["title"]) == (409, "already-started")


def test_after_registering_the_page_says_so_and_hands_out_the_calendar(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app, capacity=2)
    sign_in(client, "official-gt")
    assert "Quedan 2 cupos de 2." in client.get(f"/events/{event_id}").text
    answer = post(client, f"/events/{event_id}/registrations")
    assert (answer.status_code, answer.location) == (303, f"/events/{event_id}#registration")
    html = client.get(f"/events/{event_id}").text
    assert "Su inscripción está hecha." in html
    assert f"webcal://localhost/events/{event_id}.ics" in html
    assert f'href="http://localhost/events/{event_id}.ics"' in html
    assert html.index("Su inscripción está confirmada") < html.index("<h1")
    assert "jueves, 10 de diciembre de 2026" in html
    assert "09:00–10:30 Costa Rica, UTC−6" in html
    assert "Publicado" not in html, "a status that an official cannot use"
    assert post(client, f"/events/{event_id}/registrations").status_code == 303
    assert "Usted ya tenía cupo" in client.get(f"/events/{event_id}").text
    assert rows_of(app, event_id) == ["registered"]
    assert post(client, f"/events/{event_id}/registrations/cancellation").status_code == 303
    assert "Quedan 2 cupos de 2." in client.get(f"/events/{event_id}").text


def test_the_page_says_why_nobody_can_register(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app, registration_closes_at=NOW)
    sign_in(client, "official-gt")
    html = client.get(f"/events/{event_id}").text
    assert "La inscripción está cerrada" in html
    assert "Inscribirme" not in html
    refused = post(client, f"/events/{event_id}/registrations")
    assert refused.status_code == 409
    assert "La inscripción está cerrada" in refused.text


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


def test_a_registered_event_that_is_cancelled_stays_on_the_list_with_the_word(
    app: Flask, client: FlaskClient
) -> None:
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
        take(db, nobody, event_id)
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count()).select_from(Registration)) == 0


@given(st.text(max_size=12))
def test_minutes_are_whole_numbers_in_range_or_nothing(typed: str) -> None:
    try:
        found = minutes_of(typed, 90)
    except ValueError:
        return
    assert found is None or 0 <= found <= 90
    assert (found is None) == (typed.strip() == "")


def test_new_registration_takes_sixteen_statements_at_most_and_a_second_click_three(
    app: Flask,
) -> None:
    """By API, BEGIN and the reading of the token included; a second click takes no lock."""
    an_account(app, "official@example.org")
    headers, path = (
        bearer(app, "official@example.org"),
        f"/api/v1/events/{an_event(app)}/registrations",
    )
    client = app.test_client()
    counts = []
    for status in (201, 200):
        with every_statement(app) as statements:
            assert client.post(path, json=AGREED, headers=headers).status_code == status
        counts.append(len(statements))
        is_locked = any(statement.startswith("BEGIN IMMEDIATE") for statement in statements)
        assert is_locked is (status == 201)
    assert counts[0] <= 16
    assert counts[1] <= 3


def test_second_click_with_another_consent_writes_it(app: Flask, client: FlaskClient) -> None:
    an_account(app, "official@example.org")
    sign_in(client, "official@example.org")
    event_id = an_event(app)
    path = f"/events/{event_id}/registrations"
    post(client, path)
    ticked = {
        "csrf_token": csrf_token(client),
        "consent": ["attendance-list", "recording"],
        **AGREED,
    }
    assert client.post(path, data=ticked).status_code == 303
    assert facts_of(app, event_id).count("ConsentGiven") == 2
