"""A newcomer with an address of another country: the secretariat decides, the official confirms."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import Role
from app.people.directory.models import Appointment, HeldNewcomer, Institution, Person
from app.people.identity.models import Account
from app.people.identity.services.sign_in import issue_sign_in_link
from app.people.identity.values import Confirmation
from tests.support.actors import an_account, csrf_token, post, sign_in
from tests.support.kept import shown_again
from tests.training.turnover.builders import an_institution
from tests.training.turnover.pressing import press_twice, shown

OFFICE = "Dirección de Migración"
PASTE = "/countries/HN/officials/paste"
HELD = "/newcomers/held"
FOREIGN = "funcionaria.gt@example.org"
PASTED = f"Nueva Persona\tNUEVA@example.org\t{OFFICE}\tOficial\nOtra Identidad\t{FOREIGN.title()}\t{OFFICE}\tOficial"


@pytest.fixture
def world(app: Flask) -> Flask:
    """An institution of Honduras, and an official of Guatemala who has an account."""
    with app.app_context(), transaction() as db:
        an_institution(db)
    an_account(app, FOREIGN, name="Flor Ajú Xol", roles=[(Role.OFFICIAL, "GT")], country="GT")
    return app


def people_named(app: Flask, name: str) -> list[Person]:
    with app.app_context(), reading() as db:
        return list(db.scalars(select(Person).where(Person.full_name == name)))


def held_ids(app: Flask) -> list[int]:
    with app.app_context(), reading() as db:
        return list(db.scalars(select(HeldNewcomer.id)))


def paste(app: Flask, client: FlaskClient) -> int:
    """Pastes one good line and one with the foreign address; returns the number of what waits."""
    sign_in(client, "focal-point-hn")
    answer = press_twice(client, PASTE, {"people": PASTED, "csrf_token": csrf_token(client)})
    assert answer.status_code == 303
    [number] = held_ids(app)
    return number


@pytest.mark.both_databases
def test_foreign_address_in_a_paste_waits_for_the_secretariat(
    world: Flask, client: FlaskClient
) -> None:
    paste(world, client)
    assert len(people_named(world, "Nueva Persona")) == 1
    assert people_named(world, "Otra Identidad") == []
    roster = client.get("/countries/HN/roster").text
    assert "1 persona nueva espera" in roster
    assert "Otra Identidad" in roster
    assert "Flor Ajú" not in roster, "who has the address is not told"
    again = press_twice(client, PASTE, {"people": PASTED, "csrf_token": csrf_token(client)})
    assert again.status_code == 303
    assert len(held_ids(world)) == 1, "a second time adds nobody"
    assert client.get(HELD).status_code == 403


def test_foreign_address_in_the_form_waits_for_the_secretariat(
    world: Flask, client: FlaskClient
) -> None:
    sign_in(client, "focal-point-hn")
    with world.app_context(), reading() as db:
        institution = str(db.scalars(select(Institution.id)).first())
    fields = {
        "full_name": "Otra Identidad",
        "email": FOREIGN,
        "institution_id": institution,
        "post_title": "Oficial",
    }
    data = {**fields, "valid_from": "2026-01-02", "csrf_token": csrf_token(client)}
    told = client.post("/countries/HN/officials/new", data=data)
    assert "Queda en espera: la secretaría revisa antes" in told.text
    assert held_ids(world) == []
    answer = client.post("/countries/HN/officials/new", data=data | shown(told.text))
    assert answer.status_code == 303
    assert "queda en espera" in client.get(answer.location).text.lower()
    assert people_named(world, "Otra Identidad") == []
    assert len(held_ids(world)) == 1


def test_secretariat_adds_the_known_person_to_the_other_country(
    world: Flask, client: FlaskClient
) -> None:
    number = paste(world, client)
    sign_in(client, "organizer")
    assert "Revisar la dirección de 1 persona nueva" in client.get("/").text
    assert "Flor Ajú Xol" in client.get(HELD).text
    unanswered = post(client, f"{HELD}/{number}/acceptance")
    assert unanswered.status_code == 422
    assert "Diga de quién se trata" in unanswered.text
    [flor] = people_named(world, "Flor Ajú Xol")
    [stranger] = people_named(world, "Nueva Persona")
    assert post(client, f"{HELD}/{number}/acceptance", person=str(stranger.id)).status_code == 422
    assert post(client, f"{HELD}/{number}/acceptance", person=str(flor.id)).status_code == 303
    with world.app_context(), reading() as db:
        started = db.scalars(select(Appointment).where(Appointment.person_id == flor.id)).all()
        assert [one.valid_from for one in started] == [clock.today("America/Tegucigalpa")]
        assert db.get_one(Person, flor.id).country_code == "HN"
    assert held_ids(world) == []
    assert post(client, f"{HELD}/{number}/acceptance", person="new").status_code == 404


def test_secretariat_adds_somebody_who_shares_the_mailbox_or_nobody(
    world: Flask, client: FlaskClient
) -> None:
    number = paste(world, client)
    sign_in(client, "organizer")
    assert post(client, f"{HELD}/{number}/acceptance", person="new").status_code == 303
    [person] = people_named(world, "Otra Identidad")
    assert person.country_code == "HN"
    with world.app_context(), reading() as db:
        assert db.scalar(select(Account.id).where(Account.person_id == person.id)) is None, (
            "the address has an owner"
        )
    sign_in(client, "focal-point-hn")
    line = f"Tercera Identidad\t{FOREIGN}\t{OFFICE}\tOficial"
    press_twice(client, PASTE, {"people": line, "csrf_token": csrf_token(client)})
    [number] = held_ids(world)
    sign_in(client, "organizer")
    assert post(client, f"{HELD}/{number}/refusal").status_code == 303
    assert held_ids(world) == []
    assert people_named(world, "Tercera Identidad") == []


@pytest.mark.parametrize(
    "who", ["focal-point-hn", "focal-point-gt", "convenor-protection", "official-hn", "presidency"]
)
def test_only_the_secretariat_decides(world: Flask, client: FlaskClient, who: str) -> None:
    number = paste(world, client)
    sign_in(client, who)
    for path in (
        f"{HELD}/{number}/acceptance",
        f"{HELD}/{number}/refusal",
        "/newcomers/denied/1/settlement",
    ):
        assert post(client, path, person="new").status_code == 403
    assert held_ids(world) == [number]


def first_sign_in(app: Flask, client: FlaskClient) -> int:
    """The pasted newcomer follows the link of the letter; returns the account."""
    paste(app, client)
    [person] = people_named(app, "Nueva Persona")
    with app.app_context(), transaction() as db:
        account_id = db.scalars(select(Account.id).where(Account.person_id == person.id)).one()
        token = issue_sign_in_link(db, account_id=account_id, now=clock.now())
    post(client, "/sign-out")
    assert post(client, f"/sign-in/link/{token}").status_code in (302, 303)
    return account_id


def test_official_confirms_name_and_country_at_the_first_sign_in(
    world: Flask, client: FlaskClient
) -> None:
    account_id = first_sign_in(world, client)
    led = client.get("/courses/guidelines?x=1")
    assert (led.status_code, led.location) == (
        303,
        "/account/confirmation?next=/courses/guidelines?x%3D1",
    )
    page = client.get(led.location)
    for told in ("Nueva Persona", "Honduras", "Oficial", OFFICE):
        assert told in page.text
    assert post(client, "/account/confirmation").status_code == 422
    confirmed = post(client, "/account/confirmation", answer="yes", next="/courses/guidelines?x=1")
    assert (confirmed.status_code, confirmed.location) == (303, "/courses/guidelines?x=1")
    assert client.get("/account").status_code == 200, "asked once"
    with world.app_context(), reading() as db:
        assert db.get_one(Account, account_id).confirmation == Confirmation.NOT_NEEDED


def test_whoever_is_somebody_else_closes_the_account_and_the_secretariat_knows(
    world: Flask, client: FlaskClient
) -> None:
    account_id = first_sign_in(world, client)
    denied = post(client, "/account/confirmation", answer="no")
    assert (denied.status_code, denied.location) == (303, "/sign-in")
    assert client.get("/account").status_code == 302
    with world.app_context(), reading() as db:
        assert not db.get_one(Account, account_id).active
    sign_in(client, "organizer")
    page = client.get(HELD).text
    assert "No soy esa persona" in page
    assert "nueva@example.org" in page
    assert post(client, f"/newcomers/denied/{account_id}/settlement").status_code == 303
    assert "nueva@example.org" not in client.get(HELD).text
    assert post(client, f"/newcomers/denied/{account_id}/settlement").status_code == 404


def test_foreign_mailbox_of_a_guest_or_of_the_own_country_holds_nobody_up(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        an_institution(db)
        for number, (country, is_guest) in enumerate((("HN", False), ("GT", True))):
            db.add(
                Person(
                    full_name=f"Uno {number}",
                    sort_key=f"uno {number}",
                    email=f"uno{number}@example.org",
                    country_code=country,
                    is_guest=is_guest,
                    timezone="America/Guatemala",
                )
            )
    sign_in(client, "focal-point-hn")
    lines = "\n".join(
        f"Dos {word}\tuno{n}@example.org\t{OFFICE}\tOficial"
        for n, word in enumerate(("Rojas", "Paz"))
    )
    data = {"people": lines, "csrf_token": csrf_token(client)}
    assert press_twice(client, PASTE, data).status_code == 303
    assert held_ids(app) == []
    assert len(people_named(app, "Dos Paz")) == 1


def test_choice_for_one_newcomer_that_came_too_late_is_shown_in_its_row(
    world: Flask, client: FlaskClient
) -> None:
    paste(world, client)
    line = f"Tercera Identidad\t{FOREIGN}\t{OFFICE}\tOficial"
    press_twice(client, PASTE, {"people": line, "csrf_token": csrf_token(client)})
    first, second = sorted(held_ids(world))
    sign_in(client, "organizer")
    html = shown_again(client, HELD, f"{HELD}/{second}/acceptance", {"person": "new"})
    marked = re.findall(r"<input[^>]*checked[^>]*>", html)
    assert len(marked) == 1
    assert f'id="person-{second}-' in marked[0]
    assert 'value="new"' in marked[0]
    assert f'id="person-{first}-' in html
