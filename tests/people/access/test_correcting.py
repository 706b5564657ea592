"""R78: a wrong name, address or post is put right by whoever may, from now on everywhere, and the
history keeps both versions.
"""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM, Actor
from app.office.outbox.models import Message
from app.office.outbox.queries import message_to_send
from app.people.access.services import correct_person
from app.people.directory.models import (
    Appointment,
    CorrectionRequest,
    FocalPoint,
    Person,
    PersonCorrection,
    Post,
)
from app.people.directory.values import PersonDraft
from app.people.identity.models import Account, AccountInvitation, AddressChange, SignIn
from app.people.identity.rules import AddressTaken
from app.people.identity.services.accounts import (
    change_address,
    issue_address_token,
    use_address_change,
)
from app.people.identity.services.inviting import invite_person
from app.people.identity.services.sign_in import issue_sign_in_link, open_sign_in
from app.people.identity.values import SignInWay
from tests.security.test_races import together
from tests.support.actors import actor_of, an_account, csrf_token, sign_in
from tests.support.following import let_follow
from tests.training.turnover.builders import an_institution, an_official

LETTERS = (
    "notifications.on_account_invited",
    "notifications.on_address_change_asked",
    "notifications.on_correction_asked",
    "notifications.on_correction_settled",
)


@pytest.fixture
def ana(app: Flask) -> int:
    """An official of Honduras without an account, whose name lacks its accent."""
    with app.app_context(), transaction() as db:
        person = an_official(db, an_institution(db), name="Ana Nunez Paz")[1]
        db.get_one(Person, person).email = "ana.vieja@example.org"
    return person


def typed(client: FlaskClient, person: int, **changes: str) -> dict[str, str]:
    """The form of the record as a browser would send it, with changes."""
    page = client.get(f"/people/{person}").text
    found = dict(re.findall(r'<input[^>]*name="([\w-]+)"[^>]*value="([^"]*)"', page))
    chosen = r'<select[^>]*name="([\w-]+)".*?<option selected value="([^"]*)"'
    found |= dict(re.findall(chosen, page, re.DOTALL))
    return {**found, "csrf_token": csrf_token(client), **changes}


def put_right(client: FlaskClient, person: int, **changes: str) -> Any:
    return client.post(f"/people/{person}", data=typed(client, person, **changes))


def rows(app: Flask, query: Any) -> list[Any]:
    with app.app_context(), reading() as db:
        return list(db.scalars(query))


def letters(app: Flask) -> dict[str, str]:
    """The latest letter to each address, whole."""
    for name in LETTERS:
        let_follow(app, name)
    with app.app_context(), reading() as db:
        sent = db.scalars(select(Message).order_by(Message.id)).all()
        return {
            one.recipient: (message_to_send(db, one.id, entry_id=one.entry_id or 0) or one).body
            for one in sent
        }


def a_user(app: Flask, email: str, name: str = "Berta Paz", country: str = "HN") -> tuple[int, int]:
    """Somebody who has signed in: account and person."""
    account = an_account(app, email, name=name, country=country)
    with app.app_context(), transaction() as db:
        open_sign_in(db, account_id=account, way=SignInWay.LINK, now=clock.now())
        return account, db.get_one(Account, account).person_id or 0


def test_r78_focal_point_puts_a_name_right_and_both_versions_stay(
    app: Flask, client: FlaskClient, ana: int
) -> None:
    sign_in(client, "focal-point-hn")
    assert f'href="/people/{ana}"' in client.get("/countries/HN/roster").text
    answer = put_right(client, ana, full_name="Ana Núñez Paz")
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "La corrección está guardada" in page
    assert "Ana Nunez Paz" in page, "the history keeps it"
    assert "Dunia Zúñiga Mejía" in page, "and who put it right"
    roster = client.get("/countries/HN/roster").text
    assert "Ana Núñez Paz" in roster
    assert "Ana Nunez Paz" not in roster
    assert "Ana Núñez Paz" in client.get("/search?q=núñez").text
    [line] = rows(app, select(PersonCorrection))
    assert (line.field, line.before, line.after) == ("full_name", "Ana Nunez Paz", "Ana Núñez Paz")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("focal-point-gt", 404),
        ("official-hn", 403),
        ("presidency", 403),
        ("convenor-protection", 403),
        ("organizer", 303),
    ],
)
def test_r78_nobody_of_another_country_and_the_office_for_all(
    app: Flask, client: FlaskClient, ana: int, who: str, status: int
) -> None:
    sign_in(client, who)
    seen = client.get(f"/people/{ana}").status_code
    assert seen == (200 if status == 303 else status)
    data = (
        typed(client, ana, full_name="Otra Cosa") if status == 303 else {"full_name": "Otra Cosa"}
    )
    data["csrf_token"] = csrf_token(client)
    assert client.post(f"/people/{ana}", data=data).status_code == status
    decline = {"reason": "No.", "csrf_token": csrf_token(client)}
    refused = client.post(f"/people/{ana}/corrections/refusal", data=decline).status_code
    assert refused == status
    assert len(rows(app, select(PersonCorrection.id))) == (status == 303)


def test_r78_a_post_written_down_wrongly_is_put_right_and_the_wrong_one_goes(
    app: Flask, client: FlaskClient, ana: int
) -> None:
    sign_in(client, "focal-point-hn")
    assert put_right(client, ana, post_title="Cónsul general").status_code == 303
    assert "Cónsul general" in client.get("/countries/HN/roster").text
    [title] = rows(app, select(Post.title))
    assert title.in_("es") == "Cónsul general"
    [line] = rows(app, select(PersonCorrection))
    assert (line.field, line.before) == ("post", "Oficial, Dirección de Migración")
    assert [row.valid_from for row in rows(app, select(Appointment))] == [date(2024, 1, 1)]


def test_reading_a_record_of_another_country_is_on_record(
    app: Flask, client: FlaskClient, ana: int
) -> None:
    sign_in(client, "organizer")
    for _again in range(2):
        assert client.get(f"/people/{ana}").status_code == 200
    told = select(JournalEntry.payload).where(JournalEntry.fact == "PeopleLookedUp")
    assert [one["person_ids"] for one in rows(app, told)] == [[ana]]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", '=HYPERLINK("x")'),
        ("full_name", ""),
        ("email", "no es correo"),
        ("post_title", "<b>x</b>"),
        ("institution_id", "999999"),
    ],
)
def test_r78_what_cannot_be_is_a_sentence_at_its_field(
    app: Flask, client: FlaskClient, ana: int, field: str, value: str
) -> None:
    sign_in(client, "focal-point-hn")
    answer = put_right(client, ana, **{field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert rows(app, select(PersonCorrection.id)) == []


def test_r78_who_writes_second_is_told_and_nothing_is_lost(
    app: Flask, client: FlaskClient, ana: int
) -> None:
    sign_in(client, "focal-point-hn")
    first = typed(client, ana, full_name="Ana Primera Paz")
    second = typed(client, ana, full_name="Ana Segunda Paz")
    assert client.post(f"/people/{ana}", data=first).status_code == 303
    answer = client.post(f"/people/{ana}", data=second)
    assert answer.status_code == 409
    assert "Ana Segunda Paz" in answer.text


def test_r78_without_an_account_the_right_address_is_invited(
    app: Flask, client: FlaskClient, ana: int
) -> None:
    sign_in(client, "focal-point-hn")
    answer = put_right(client, ana, email="ana@example.org")
    assert answer.status_code == 303
    assert "Va una carta de invitación a ana@example.org" in client.get(answer.location).text
    assert rows(app, select(Account.email).where(Account.person_id == ana)) == ["ana@example.org"]
    assert "/invited/" in letters(app)["ana@example.org"]


def test_r78_invitation_to_a_wrong_address_dies_and_the_right_one_is_invited(
    app: Flask, client: FlaskClient, ana: int
) -> None:
    with app.app_context(), transaction() as db:
        assert invite_person(db, actor=SYSTEM, person_id=ana, now=clock.now())
    wrong = re.search(r"/invited/([\w-]+)", letters(app)["ana.vieja@example.org"])
    assert wrong is not None
    sign_in(client, "focal-point-hn")
    assert "el enlace de una carta anterior deja de funcionar" in client.get(f"/people/{ana}").text
    assert put_right(client, ana, email="ana@example.org").status_code == 303
    right = re.search(r"/invited/([\w-]+)", letters(app)["ana@example.org"])
    assert right is not None
    assert client.get(f"/invited/{wrong[1]}").status_code == 410
    assert client.get(f"/invited/{right[1]}").status_code == 200
    assert len(rows(app, select(AccountInvitation.id))) == 1


def test_r78_address_that_signs_in_changes_when_its_owner_confirms_it(
    app: Flask, client: FlaskClient
) -> None:
    account, person = a_user(app, "berta@example.org")
    with app.app_context(), transaction() as db:
        link = issue_sign_in_link(db, account_id=account, now=clock.now())
    sign_in(client, "focal-point-hn")
    answer = put_right(client, person, email="berta.paz@example.org")
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "berta.paz@example.org espera a que se abra la carta" in page
    assert rows(app, select(Account.email).where(Account.id == account)) == ["berta@example.org"]
    told = letters(app)
    assert "Ingresará con berta.paz@example.org" in told["berta@example.org"]
    token = re.search(r"/new-address/([\w-]+)", told["berta.paz@example.org"])
    assert token is not None
    stored = rows(app, select(Message.body).where(Message.recipient == "berta.paz@example.org"))
    assert token[1] not in stored[0], "the link does not stand in the stored letter"
    stranger = app.test_client()
    assert stranger.get(f"/new-address/{token[1]}").status_code == 200
    assert rows(app, select(Account.email).where(Account.id == account)) == ["berta@example.org"]
    done = stranger.post(f"/new-address/{token[1]}", data={"csrf_token": csrf_token(stranger)})
    assert done.status_code == 303
    emails = select(Account.email).where(Account.id == account)
    assert rows(app, emails) == ["berta.paz@example.org"]
    assert rows(app, select(Person.email).where(Person.id == person)) == ["berta.paz@example.org"]
    still_open = select(SignIn.id).where(SignIn.account_id == account, SignIn.ended_at.is_(None))
    assert rows(app, still_open) == []
    assert stranger.get(f"/sign-in/link/{link}").status_code == 410
    assert stranger.get(f"/new-address/{token[1]}").status_code == 410, "works once"
    [line] = rows(app, select(PersonCorrection))
    assert (line.before, line.after) == ("berta@example.org", "berta.paz@example.org")


def test_r78_owner_calls_off_a_change_of_address(app: Flask, client: FlaskClient) -> None:
    account, _person = a_user(app, "berta@example.org")
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        change_address(
            db, actor=organizer, account_id=account, email="otra@example.org", now=clock.now()
        )
    token = re.search(r"/new-address/([\w-]+)", letters(app)["otra@example.org"])
    assert token is not None
    sign_in(client, "berta@example.org")
    assert "otra@example.org" in client.get("/account").text
    data = {"csrf_token": csrf_token(client)}
    assert client.post("/account/address/withdrawal", data=data).status_code == 303
    assert "otra@example.org" not in client.get("/account").text
    answer = client.post(f"/new-address/{token[1]}", data=data)
    assert answer.status_code == 410
    assert rows(app, select(Account.email).where(Account.id == account)) == ["berta@example.org"]


@pytest.mark.both_databases
def test_r78_of_two_people_who_race_for_one_address_the_second_gets_a_sentence(app: Flask) -> None:
    accounts = [a_user(app, f"{one}@example.org", name=f"{one} Paz")[0] for one in ("ana", "eva")]
    organizer = actor_of(app, "organizer")
    tokens = []
    for account in accounts:
        with app.app_context(), transaction() as db:
            change_address(
                db, actor=organizer, account_id=account, email="una@example.org", now=clock.now()
            )
            change = db.scalars(
                select(AddressChange.id).where(AddressChange.account_id == account)
            ).one()
            tokens.append(issue_address_token(db, change_id=change, now=clock.now()))

    def confirm(token: str | None) -> Any:
        def task() -> object:
            with transaction() as db:
                return use_address_change(db, token=token or "", now=clock.now())

        return task

    answers = together(app, [confirm(token) for token in tokens])
    assert sum(isinstance(one, AddressTaken) for one in answers) == 1
    assert rows(app, select(func.count(Account.id)).where(Account.email == "una@example.org")) == [
        1
    ]


@pytest.mark.parametrize("designated", [0, 30])
def test_r78_focal_point_does_not_lead_the_letters_of_an_office_elsewhere(
    app: Flask, client: FlaskClient, ana: int, designated: int
) -> None:
    """Not those of the present or future focal point either, who may have no account yet."""
    with app.app_context(), transaction() as db:
        first = clock.today() + timedelta(days=designated)
        db.add(FocalPoint(person_id=ana, country_code="HN", valid_from=first))
    sign_in(client, "focal-point-hn")
    assert "solo la secretaría cambia la dirección" in client.get(f"/people/{ana}").text
    answer = put_right(client, ana, email="dunia.otra@example.org")
    assert answer.status_code == 422
    assert "solo la secretaría cambia la dirección" in answer.text
    assert rows(app, select(Person.email).where(Person.id == ana)) == ["ana.vieja@example.org"]
    sign_in(client, "organizer")
    assert put_right(client, ana, email="dunia.otra@example.org").status_code == 303


def test_r78_address_of_another_country_or_account_is_not_taken(
    app: Flask, client: FlaskClient, ana: int
) -> None:
    an_account(app, "flor@example.org", name="Flor Xol", country="GT")
    an_account(app, "eva@example.org", name="Eva Paz", country="HN")
    account, person = a_user(app, "berta@example.org")
    sign_in(client, "focal-point-hn")
    foreign = put_right(client, ana, email="flor@example.org")
    assert foreign.status_code == 422
    assert "Pida a la secretaría que lo revise" in foreign.text
    assert "Flor" not in foreign.text
    taken = put_right(client, person, email="EVA@example.org")
    assert taken.status_code == 422
    assert "Ya hay una cuenta con este correo" in taken.text
    assert rows(app, select(Account.email).where(Account.id == account)) == ["berta@example.org"]


def test_r78_official_asks_from_my_data_the_focal_point_sees_it_and_answers(
    app: Flask, client: FlaskClient, ana: int
) -> None:
    focal = actor_of(app, "focal-point-hn")
    with app.app_context(), transaction() as db:
        db.add(
            FocalPoint(person_id=focal.person_id, country_code="HN", valid_from=date(2024, 1, 1))
        )
    sign_in(client, "official-hn")
    assert 'href="/account/correction"' in client.get("/account/data").text
    ask = {"full_name": "María José Ñáñez Güel", "post": "Cónsul", "email": "", "note": ""}
    empty = dict.fromkeys(ask, "")
    token = csrf_token(client)
    assert client.post("/account/correction", data=empty | {"csrf_token": token}).status_code == 422
    asked = client.post("/account/correction", data=ask | {"csrf_token": token})
    assert asked.status_code == 303
    assert "espera respuesta" in client.get(asked.location).text
    person = actor_of(app, "official-hn").person_id
    assert f"/people/{person}" in letters(app)["focal-point-hn@example.org"]
    sign_in(client, "focal-point-hn")
    assert "Corregir 1 registro" in client.get("/").text
    assert "María José Ñáñez Güel" in client.get("/people-and-access/requests").text
    page = client.get(f"/people/{person}").text
    assert "María José Ñáñez Güel" in page
    assert "lo demás, escríbalo usted" in page, "no field holds the post that was asked for"
    sign_in(client, "focal-point-gt")
    assert "Güel " not in client.get("/people-and-access/requests").text
    sign_in(client, "focal-point-hn")
    answer = put_right(client, person or 0, full_name="María José Ñáñez Güel")
    assert answer.status_code == 303
    assert "Corregir 1 registro" not in client.get("/").text
    sign_in(client, "official-hn")
    said = "only the name was put right, and the page does not say that the post was too"
    assert "Si algo sigue mal" in client.get("/account/correction").text, said
    assert "Si algo sigue mal" in letters(app)["official-hn@example.org"]


def test_r78_what_stays_as_it_is_says_why(app: Flask, client: FlaskClient) -> None:
    sign_in(client, "official-hn")
    data = {"note": "Mi fecha.", "csrf_token": csrf_token(client)}
    assert client.post("/account/correction", data=data).status_code == 303
    assert client.post("/account/correction", data=data | {"note": "Otra."}).status_code == 303
    assert len(rows(app, select(CorrectionRequest.id))) == 1, (
        "the second takes the first one's place"
    )
    person = actor_of(app, "official-hn").person_id
    sign_in(client, "organizer")
    refusal = {"reason": "Así figura en su documento.", "csrf_token": csrf_token(client)}
    path = f"/people/{person}/corrections/refusal"
    assert client.post(path, data=refusal | {"reason": ""}).status_code == 422
    assert client.post(path, data=refusal).status_code == 303
    sign_in(client, "official-hn")
    assert "Así figura en su documento." in client.get("/account/correction").text


def test_r78_is_this_you_leads_to_the_correction(app: Flask, client: FlaskClient, ana: int) -> None:
    with app.app_context(), transaction() as db:
        assert invite_person(db, actor=SYSTEM, person_id=ana, now=clock.now())
    token = re.search(r"/invited/([\w-]+)", letters(app)["ana.vieja@example.org"])
    assert token is not None
    data = {"csrf_token": csrf_token(client)}
    assert client.post(f"/invited/{token[1]}", data=data).status_code == 303
    page = client.get("/account/confirmation").text
    assert "Sí, pero algo está mal" in page
    data = {"csrf_token": csrf_token(client), "answer": "mistake"}
    answer = client.post("/account/confirmation", data=data)
    assert (answer.status_code, answer.location) == (303, "/account/correction")
    assert client.get(answer.location).status_code == 200


def test_r78_correcting_again_the_same_changes_nothing(app: Flask, ana: int) -> None:
    organizer: Actor = actor_of(app, "organizer")
    for changed in (("full_name",), ()):
        with app.app_context(), transaction() as db:
            done = correct_person(
                db,
                actor=organizer,
                person_id=ana,
                draft=PersonDraft("Ana Núñez", "ana.vieja@example.org"),
                seen="",
                now=clock.now(),
            )
        assert done.changed == changed
