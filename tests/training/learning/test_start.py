"""An account without a person record begins the course by saying who it belongs to."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from app.people.directory.models import Person
from app.people.directory.rules.people import sort_key
from app.people.directory.services.reference import seed_reference
from app.people.identity.models import Account
from app.training.learning.models import Enrolment
from tests.training.learning.builders import NOW, Classroom
from tests.training.learning.visitor import BASE, Visitor

EMAIL = "ines@example.org"
SENT = {"full_name": "Inés Ñáñez Güell", "country": "HN"}


@pytest.fixture
def visitor(app: Flask, client: FlaskClient, room: Classroom) -> Visitor:
    with app.app_context(), transaction() as db:
        seed_reference(db)
        account = Account(email=EMAIL, fs_uniquifier="i", created_at=NOW)
        db.add(account)
        db.flush()
        return Visitor(client, Actor(account_id=account.id, name=EMAIL))


def test_account_without_a_person_starts_by_saying_who_it_is(app: Flask, visitor: Visitor) -> None:
    assert f'href="{BASE}/start"' in visitor.get(f"{BASE}?lang=es")
    form = visitor.get(f"{BASE}/start?lang=es")
    assert "Honduras" in form
    assert "selected" not in form.partition('name="country"')[2].partition("</select>")[0].replace(
        'selected value=""', ""
    ), "no country is guessed"
    answer = visitor.press(f"{BASE}/start", **SENT)
    assert (answer.status_code, answer.location) == (302, f"{BASE}/one/A-L1/1")
    with app.app_context(), reading() as db:
        person = db.scalars(select(Person).where(Person.email == EMAIL)).one()
        assert (person.full_name, person.country_code, person.timezone) == (
            "Inés Ñáñez Güell",
            "HN",
            "America/Tegucigalpa",
        )
        assert (
            db.scalars(select(Account.person_id).where(Account.email == EMAIL)).one() == person.id
        )
        assert db.scalars(select(Enrolment.person_id)).one() == person.id
        (entry,) = db.scalars(select(JournalEntry).where(JournalEntry.fact == "OwnerRecorded"))
        assert "Inés" not in str(entry.payload)
    assert visitor.press(f"{BASE}/start", **SENT).status_code == 302, "pressed twice"
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count(Person.id)).where(Person.email == EMAIL)) == 1


def test_person_whom_the_focal_point_wrote_down_is_the_same(app: Flask, visitor: Visitor) -> None:
    with app.app_context(), transaction() as db:
        known = Person(
            full_name="Inés Ñáñez Güell",
            sort_key=sort_key("Inés Ñáñez Güell"),
            email=EMAIL,
            country_code="HN",
            timezone="America/Tegucigalpa",
        )
        db.add(known)
        db.flush()
        known_id = known.id
    visitor.press(f"{BASE}/start", **SENT)
    with app.app_context(), reading() as db:
        assert db.scalars(select(Account.person_id).where(Account.email == EMAIL)).one() == known_id


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("full_name", ""),
        ("full_name", "7"),
        ("full_name", "x" * 300),
        ("country", ""),
        ("country", "XX"),
    ],
)
def test_who_is_refused_at_the_field_and_nothing_typed_is_lost(
    app: Flask, visitor: Visitor, name: str, value: str
) -> None:
    refused = visitor.press(f"{BASE}/start", **(SENT | {name: value}))
    assert refused.status_code == 422
    assert f'id="{name}-error"' in refused.get_data(as_text=True)
    if name == "country":
        assert SENT["full_name"] in refused.get_data(as_text=True)
    with app.app_context(), reading() as db:
        assert not db.scalar(select(func.count(Person.id)).where(Person.email == EMAIL))


def test_who_serves_in_no_member_country_may_learn_too(app: Flask, visitor: Visitor) -> None:
    assert visitor.press(f"{BASE}/start", **(SENT | {"country": "none"})).status_code == 302
    with app.app_context(), reading() as db:
        assert db.scalars(select(Person.country_code).where(Person.email == EMAIL)).one() is None


def test_person_of_another_account_is_not_taken_over(app: Flask, visitor: Visitor) -> None:
    with app.app_context(), transaction() as db:
        person = Person(
            full_name="Inés Ñáñez Güell",
            sort_key=sort_key("Inés Ñáñez Güell"),
            email=EMAIL,
            country_code="HN",
            timezone="America/Tegucigalpa",
        )
        db.add(person)
        db.flush()
        db.add(
            Account(
                email="other@example.org", person_id=person.id, fs_uniquifier="o", created_at=NOW
            )
        )
    refused = visitor.press(f"{BASE}/start", **SENT)
    assert refused.status_code == 422
    assert 'id="full_name-error"' in refused.get_data(as_text=True)


def test_who_has_a_person_record_is_not_asked(
    app: Flask, client: FlaskClient, room: Classroom
) -> None:
    visitor = Visitor(client, room.learner())
    assert client.get(f"{BASE}/start").location == BASE
    assert f"{BASE}/start" not in visitor.get(BASE)
