"""People of other countries are found by their whole name or address, a few a day, and on
record.
"""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor, Role
from app.people.directory.models import Person
from app.people.directory.queries.people import people_elsewhere
from app.people.directory.rules import people as rules
from app.people.directory.services.sharing import (
    TooManyLookups,
    record_lookup,
    record_named_by_number,
)
from app.planning.arranging.queries.planning import people_choices
from tests.planning.arranging.plan_form import PLAN, send
from tests.planning.events.planning_builders import CONVENOR, NOW, ORGANIZER, act_as, actor, furnish
from tests.support.actors import csrf_token, sign_in

OF_GUATEMALA = actor(Role.CONVENOR, "protection", 3, country="GT")


def _furnish(app: Flask) -> None:
    """Ana Muñoz Peña of Guatemala, Berta López and Carla Díaz of Honduras, and seventy namesakes of
    Honduras.
    """
    with app.app_context(), transaction() as db:
        furnish(db)
        for number in range(70):
            name = f"Nora{'abcdefghij'[number // 10]}{'abcdefghij'[number % 10]} Zelaya"
            db.add(
                Person(
                    id=100 + number,
                    full_name=name,
                    sort_key=rules.sort_key(name),
                    timezone="America/Tegucigalpa",
                    country_code="HN",
                    email=f"n{number}@example.org",
                )
            )
        for number in range(4):
            db.add(
                Person(
                    id=300 + number,
                    full_name="Iris Paz",
                    sort_key="iris paz",
                    timezone="America/Tegucigalpa",
                    country_code="HN",
                    email=f"i{number}@example.org",
                )
            )


@pytest.fixture
def world(app: Flask) -> Flask:
    _furnish(app)
    return app


def found_by(app: Flask, who: Actor, words: str) -> list[str]:
    with app.app_context(), reading() as db:
        return [
            person.name
            for person in people_choices(db, actor=who, chosen=(), words=words, now=NOW).people
        ]


def entries(app: Flask, fact: str) -> list[JournalEntry]:
    with app.app_context(), reading() as db:
        return list(
            db.scalars(
                select(JournalEntry).where(JournalEntry.fact == fact).order_by(JournalEntry.id)
            )
        )


def test_convenor_finds_people_of_other_countries_by_whole_name_or_address_only(
    world: Flask,
) -> None:
    assert found_by(world, OF_GUATEMALA, "munoz") == ["Ana Muñoz Peña"], (
        "the own country: a part will do"
    )
    for words in (
        "lopez",
        "Zelaya",
        "nora zelaya",
        "bert lope",
        "López Berta Díaz",
        "p2",
        "@example.org",
    ):
        assert found_by(world, OF_GUATEMALA, words) == [], words
    for words in ("Berta López", "lopez berta", "P2@example.org"):
        assert found_by(world, OF_GUATEMALA, words) == ["Berta López"], words
    assert found_by(world, CONVENOR, "munoz") == [], "who has no country has no own country either"
    assert found_by(world, ORGANIZER, "lopez") == ["Berta López"], (
        "the secretariat keeps the directory"
    )


def test_name_that_many_bear_is_shown_of_nobody(world: Flask) -> None:
    with world.app_context(), reading() as db:
        namesakes = people_elsewhere(db, actor=OF_GUATEMALA, words="Iris Paz", now=NOW)
    assert list(namesakes.rows) == []
    assert namesakes.note is not None
    assert "Several people" in namesakes.note.msgid


@pytest.mark.both_databases
def test_day_allows_sixty_people_of_other_countries(world: Flask) -> None:
    with world.app_context(), transaction() as db:
        record_lookup(
            db, actor=OF_GUATEMALA, person_ids=range(100, 159), now=NOW - timedelta(hours=2)
        )
    assert found_by(world, OF_GUATEMALA, "Berta López") == ["Berta López"]
    with world.app_context(), transaction() as db:
        record_lookup(db, actor=OF_GUATEMALA, person_ids=[169], now=NOW - timedelta(hours=1))
    assert found_by(world, OF_GUATEMALA, "Berta López") == []
    assert found_by(world, OF_GUATEMALA, "Noraaa Zelaya") == ["Noraaa Zelaya"], (
        "who was looked up may be again"
    )
    with world.app_context(), reading() as db:
        tomorrow = people_elsewhere(
            db, actor=OF_GUATEMALA, words="Berta López", now=NOW + timedelta(hours=23)
        )
    assert [person.full_name for person, _country in tomorrow.rows] == ["Berta López"]


@pytest.mark.both_databases
def test_program_that_names_people_by_number_uses_up_the_same_sixty(world: Flask) -> None:
    with world.app_context(), transaction() as db:
        record_named_by_number(db, actor=OF_GUATEMALA, person_ids=[1, *range(100, 160)], now=NOW)
    with world.app_context(), pytest.raises(TooManyLookups), transaction() as db:
        record_named_by_number(db, actor=OF_GUATEMALA, person_ids=[2], now=NOW)
    with world.app_context(), transaction() as db:
        record_named_by_number(db, actor=OF_GUATEMALA, person_ids=[1, 100], now=NOW)
        record_named_by_number(db, actor=ORGANIZER, person_ids=list(range(100, 169)), now=NOW)
    [entry] = entries(world, "PeopleLookedUp")
    assert entry.payload["person_ids"] == list(range(100, 160))


def test_search_on_the_planning_page_is_in_the_journal_once(
    world: Flask, client: FlaskClient
) -> None:
    act_as(world, OF_GUATEMALA)
    refused = send(client, PLAN, action="find", people_words="lopez")
    assert "escriba nombre y apellido" in refused.text
    assert entries(world, "PeopleLookedUp") == []
    for _ in range(2):
        assert "Berta López" in send(client, PLAN, action="find", people_words="Berta López").text
    [entry] = entries(world, "PeopleLookedUp")
    assert (entry.actor_account_id, entry.payload["person_ids"]) == (3, [2])


def test_roster_and_personal_record_that_were_read_are_in_the_journal(
    app: Flask, client: FlaskClient
) -> None:
    sign_in(client, "focal-point-hn")
    for _ in range(2):
        assert client.get("/countries/HN/roster").status_code == 200
    [read] = entries(app, "RosterRead")
    assert read.payload == {"country_code": "HN"}
    sign_in(client, "organizer")
    assert client.get("/privacy/people/1").status_code == 200
    assert client.get("/privacy/people/99999").status_code == 404
    [opened] = entries(app, "PersonalRecordRead")
    assert opened.payload == {"person_id": 1}
    assert csrf_token(client)
