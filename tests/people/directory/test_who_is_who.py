"""Who is who: what each reader sees of each country, lists that follow the post, and the record of
who read addresses.
"""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.refusal import InvalidInput, NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import (
    Appointment,
    Country,
    FocalPoint,
    Institution,
    Membership,
    Person,
    Post,
    WorkingGroup,
)
from app.people.directory.queries.who_is_who import country_entry, who_is_who
from app.people.directory.rules import people as rules
from app.people.directory.services.designations import designate
from app.people.directory.services.reference import seed_reference
from app.people.directory.services.sharing import change_sharing, record_addresses_read
from app.people.directory.values import Office, SharedFigures, Sharing
from tests.support.actors import csrf_token, sign_in

TODAY, NOW = date(2026, 11, 24), datetime(2026, 11, 24, 15, tzinfo=UTC)
LONG_AGO = date(2024, 1, 1)
ANA, BERTA, GABY = 1, 2, 3  # focal point and delegate of Honduras, focal point of Guatemala


def actor(role: Role | None, scope: str = "", *, account: int = 7, country: str = "") -> Actor:
    grants = frozenset({Grant(role, scope)} if role else ())
    return Actor(account_id=account, person_id=900, name="P", grants=grants, country=country)


ORGANIZER, HONDURAS = actor(Role.ORGANIZER), actor(Role.FOCAL_POINT, "HN", country="HN")
GUATEMALA = actor(Role.FOCAL_POINT, "GT", country="GT")
OFFICIAL = actor(Role.OFFICIAL, "GT", country="GT")
CONVENOR = actor(Role.CONVENOR, "protection", country="MX")
SHARES_ALL = Sharing(True, True, SharedFigures.ALL, {})


def _furnish(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        seed_reference(db)
        for number, name, code in (
            (ANA, "Ana Núñez", "HN"),
            (BERTA, "Berta Paz", "HN"),
            (GABY, "Gaby Ixchel", "GT"),
        ):
            _serving(db, number, name, code)
        protection = db.scalars(select(WorkingGroup).where(WorkingGroup.slug == "protection")).one()
        db.add_all(
            [
                FocalPoint(person_id=ANA, country_code="HN", valid_from=LONG_AGO),
                FocalPoint(person_id=GABY, country_code="GT", valid_from=LONG_AGO),
                Membership(working_group_id=protection.id, person_id=BERTA, valid_from=LONG_AGO),
            ]
        )


@pytest.fixture
def world(app: Flask) -> Flask:
    _furnish(app)
    return app


def _serving(db: Session, number: int, name: str, code: str) -> None:
    place = Institution(
        id=10 + number,
        country_code=code,
        name=LocalizedText(es=f"Instituto {number}", en=f"Institute {number}"),
        kind="migration",
    )
    post = Post(id=number, institution_id=place.id, title=LocalizedText(es="Puesto", en="Post"))
    person = Person(
        id=number,
        full_name=name,
        sort_key=rules.sort_key(name),
        email=f"p{number}@example.org",
        country_code=code,
        timezone="America/Tegucigalpa",
    )
    for row in (place, post, person):
        db.add(row)
        db.flush()
    db.add(Appointment(person_id=number, post_id=number, valid_from=LONG_AGO))


def seen(app: Flask, who: Actor, code: str = "HN") -> dict[str, str]:
    """Names with the address that the reader sees beside each."""
    with app.app_context(), reading() as db:
        entry = country_entry(db, actor=who, code=code, on=TODAY)
    return {one.full_name: one.email for one in entry.speakers}


def share(app: Flask, wanted: Sharing, who: Actor = HONDURAS) -> bool:
    with app.app_context(), transaction() as db:
        return change_sharing(db, actor=who, country_code="HN", sharing=wanted, now=NOW)


def entries(app: Flask, fact: str) -> list[JournalEntry]:
    with app.app_context(), reading() as db:
        return list(db.scalars(select(JournalEntry).where(JournalEntry.fact == fact)))


@pytest.mark.both_databases
def test_r69_partners_see_what_a_country_shares_and_no_more(world: Flask) -> None:
    assert seen(world, OFFICIAL) == seen(world, CONVENOR) == {"Ana Núñez": ""}
    assert seen(world, ORGANIZER) == {"Ana Núñez": "p1@example.org", "Berta Paz": "p2@example.org"}
    assert seen(world, GUATEMALA) == seen(world, ORGANIZER)
    assert share(world, Sharing(True, False, SharedFigures.ALL, {}))
    assert seen(world, OFFICIAL) == {"Ana Núñez": "", "Berta Paz": ""}
    assert share(world, SHARES_ALL)
    assert not share(world, SHARES_ALL)
    assert seen(world, OFFICIAL) == seen(world, ORGANIZER)
    assert seen(world, OFFICIAL, "GT") == {"Gaby Ixchel": ""}
    told = [entry.payload["shares_emails"] for entry in entries(world, "SharingChanged")]
    assert told == [False, True]


@pytest.mark.parametrize("who", [ORGANIZER, GUATEMALA, OFFICIAL, SYSTEM])
def test_only_the_own_focal_point_says_what_a_country_shares(world: Flask, who: Actor) -> None:
    with pytest.raises(NotFound):
        share(world, SHARES_ALL, who)
    assert seen(world, OFFICIAL) == {"Ana Núñez": ""}


def test_r69_lists_follow_the_post(world: Flask) -> None:
    def listed(name: str) -> list[str]:
        with world.app_context(), reading() as db:
            lines = rules.addressees(who_is_who(db, actor=ORGANIZER, on=TODAY), name)
        return [line.address for line in lines or ()]

    assert listed("focal-points") == ["p3@example.org", "p1@example.org"]
    assert listed("delegates-protection") == ["p2@example.org"]
    assert listed("mechanisms-HN") == ["p1@example.org", "p2@example.org"]
    with world.app_context(), transaction() as db:
        designate(
            db,
            actor=SYSTEM,
            office=Office("HN"),
            person_id=BERTA,
            valid_from=TODAY,
            today=TODAY,
            now=NOW,
            replacing=True,
        )
    assert listed("focal-points") == ["p3@example.org", "p2@example.org"]
    assert share(world, Sharing(False, False, SharedFigures.ALL, {11: "buzon@example.org"}))
    assert listed("mechanisms-HN") == ["buzon@example.org", "p2@example.org"]
    with world.app_context(), reading() as db:
        assert rules.addressees(who_is_who(db, actor=ORGANIZER, on=TODAY), "protection") is None


def test_a_mailbox_must_be_one_address_and_of_the_own_country(world: Flask) -> None:
    with pytest.raises(InvalidInput) as refused:
        share(world, Sharing(True, True, SharedFigures.ALL, {11: "a@example.org, b@example.org"}))
    assert set(refused.value.errors) == {"mailbox-11"}
    assert not share(
        world, Sharing(False, False, SharedFigures.ALL, {13: "buzon@example.org"})
    )  # of Guatemala
    with world.app_context(), reading() as db:
        assert not db.get_one(Country, "HN").shares_delegates
        assert not db.get_one(Institution, 13).contact_email


def test_search_finds_without_accents_and_in_groups(world: Flask) -> None:
    with world.app_context(), reading() as db:
        everything = who_is_who(db, actor=ORGANIZER, on=TODAY)

    def found(words: str) -> list[str]:
        return [
            one.full_name
            for entry in rules.matching(everything, words, "es")
            for one in entry.speakers
        ]

    assert found("nunez") == ["Ana Núñez"]
    assert found("proteccion honduras") == ["Berta Paz"]
    assert found("instituto 3") == ["Gaby Ixchel"]
    assert found("zzz") == []


def test_reading_a_list_of_addresses_is_on_record_once_a_day(world: Flask) -> None:
    for listed in ("focal-points", "focal-points", "mechanisms-HN"):
        with world.app_context(), transaction() as db:
            record_addresses_read(db, actor=ORGANIZER, listed=listed, rows=2, now=NOW)
    assert [e.subject_id for e in entries(world, "AddressesRead")] == [
        "focal-points",
        "mechanisms-HN",
    ]


def test_pages_of_who_is_who_for_an_official_and_an_organizer(
    client: FlaskClient, world: Flask
) -> None:
    sign_in(client, "official-gt")
    overview = client.get("/who-is-who")
    assert "Ana Núñez" in overview.text
    assert "Berta Paz" not in overview.text
    page = client.get("/who-is-who/HN").text
    assert "p1@example.org" not in page
    assert "no comparte el nombre" in page
    assert client.get("/who-is-who/addressees/focal-points").status_code == 403
    assert client.get("/who-is-who/XX").status_code == 404
    assert entries(world, "AddressesRead") == []
    sign_in(client, "organizer")
    assert "p1@example.org; " not in client.get("/who-is-who/HN").text
    page = client.get("/who-is-who/addressees/focal-points").text
    assert "p3@example.org; p1@example.org" in page
    assert {e.subject_id for e in entries(world, "AddressesRead")} == {"country-HN", "focal-points"}
    assert client.get("/who-is-who/addressees/delegates-nothing").status_code == 404


def test_a_focal_point_changes_what_is_shared_at_the_screen(
    client: FlaskClient, world: Flask
) -> None:
    sign_in(client, "focal-point-hn")
    assert client.get("/who-is-who/GT/sharing").status_code == 404
    typed = {
        "csrf_token": csrf_token(client),
        "delegates": "1",
        "figures": "all",
        "mailbox-11": "no address",
    }
    refused = client.post("/who-is-who/HN/sharing", data=typed)
    assert refused.status_code == 422
    assert 'value="no address"' in refused.text
    assert 'href="#mailbox-11"' in refused.text
    assert '<input checked id="delegates"' in refused.text
    assert '<input id="emails"' in refused.text
    saved = client.post("/who-is-who/HN/sharing", data={**typed, "mailbox-11": "buzon@example.org"})
    assert saved.status_code == 303
    assert "Berta Paz" in seen(world, OFFICIAL)
