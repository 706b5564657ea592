"""Requests for access: the same answer to all, decided where the person serves, gone after 30
days.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.refusal import InvalidInput, NotFound
from app.kernel.text import LocalizedText
from app.office.notifications.tasks.accounts import on_access_request_settled, on_access_requested
from app.office.outbox.models import Message
from app.people.access import queries, rules, services
from app.people.access.models import AccessRequest
from app.people.access.values import AccessWish, Placement, RequestDecision
from app.people.directory.models import Appointment, FocalPoint, HeldNewcomer, Institution, Person
from app.people.directory.rules.people import NamesakeKnown
from app.people.identity.models import Account, AccountInvitation, RoleGrant, SignInAttempt
from app.people.identity.services.sign_in import BY_DAY
from tests.support.actors import actor_of, an_account, csrf_token, sign_in

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
TODAY = date(2026, 11, 24)
INSTITUTE = 71
WISH = AccessWish("Rosa Méndez", "rosa@example.org", "HN", "Instituto", "Webinarios.", "es")
PLACE = Placement(INSTITUTE, "Oficial", TODAY)


def _furnish(app: Flask) -> None:
    """Honduras has an institution and a focal point; Guatemala has neither."""
    focal = actor_of(app, "focal-point-hn")
    actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        name = LocalizedText(es="Instituto Nacional", en="National Institute")
        db.add(Institution(id=INSTITUTE, country_code="HN", name=name, kind="migration"))
        assert focal.person_id is not None
        db.add(
            FocalPoint(person_id=focal.person_id, country_code="HN", valid_from=date(2024, 1, 1))
        )


@pytest.fixture
def world(app: Flask) -> Flask:
    _furnish(app)
    return app


def ask(app: Flask, wish: AccessWish = WISH, now: datetime = NOW) -> int:
    with app.app_context(), transaction() as db:
        services.ask_for_access(db, wish=wish, now=now)
        return db.scalar(select(func.max(AccessRequest.id))) or 0


def accept(
    app: Flask, who: str, request_id: int, placement: Placement | None = PLACE
) -> RequestDecision:
    actor = actor_of(app, who)
    with app.app_context(), transaction() as db:
        return services.accept_request(
            db, actor=actor, request_id=request_id, placement=placement, now=NOW
        ).decision


def waiting(app: Flask, who: str, now: datetime = NOW) -> list[bool]:
    actor = actor_of(app, who)
    with app.app_context(), reading() as db:
        return [one.is_mine for one in queries.requests_waiting(db, actor=actor, now=now)]


@pytest.mark.both_databases
def test_r61_a_request_goes_to_the_focal_point_and_makes_person_post_and_invitation(
    world: Flask,
) -> None:
    request_id = ask(world)
    assert waiting(world, "focal-point-hn") == [True]
    assert waiting(world, "focal-point-gt") == []
    assert waiting(world, "organizer") == [False]
    with pytest.raises(NotFound):
        accept(world, "focal-point-gt", request_id)
    assert accept(world, "focal-point-hn", request_id) is RequestDecision.ACCEPTED
    with world.app_context(), reading() as db:
        rosa = db.scalars(select(Person).where(Person.full_name == "Rosa Méndez")).one()
        assert db.scalars(select(Appointment.person_id)).all() == [rosa.id]
        account = db.scalars(select(Account).where(Account.person_id == rosa.id)).one()
        invited = db.scalars(select(AccountInvitation.account_id)).all()
        assert invited == [account.id]
    with pytest.raises(NotFound):
        accept(world, "focal-point-hn", request_id)


def test_a_request_of_a_country_without_focal_point_waits_for_the_secretariat(
    world: Flask,
) -> None:
    nobody = AccessWish("Pat Doe", "pat@example.org", "", "Socio", "Webinarios.", "en")
    request_id = ask(world, nobody)
    assert waiting(world, "organizer") == [True]
    assert waiting(world, "focal-point-hn") == []
    assert accept(world, "organizer", request_id, None) is RequestDecision.ACCEPTED


def test_whoever_has_an_account_or_waits_already_is_not_noted_twice(world: Flask) -> None:
    an_account(world, "ana@example.org", name="Ana Núñez", country="HN")
    known = AccessWish("Ana Núñez", "ANA@example.org", "HN", "Instituto", "Webinarios.", "es")
    assert ask(world, known) == 0
    first = ask(world)
    assert ask(world) == first
    with world.app_context(), reading() as db:
        told = db.scalars(select(JournalEntry.fact)).all()
    assert told.count("AccessRequested") == 1
    assert "SignInLinkRequested" in told


def test_an_address_of_another_country_waits_for_the_secretariat(world: Flask) -> None:
    with world.app_context(), transaction() as db:
        db.add(
            Person(
                full_name="Gabi",
                sort_key="gabi",
                email="rosa@example.org",
                country_code="GT",
                timezone="America/Guatemala",
            )
        )
    assert accept(world, "focal-point-hn", ask(world)) is RequestDecision.HELD
    with world.app_context(), reading() as db:
        assert db.scalars(select(HeldNewcomer.full_name)).all() == ["Rosa Méndez"]
        assert db.scalar(select(AccountInvitation.id)) is None


@pytest.mark.parametrize("institution", ["", "0", "999999"])
def test_foreign_address_without_an_institution_is_a_sentence_at_the_field(
    client: FlaskClient, world: Flask, institution: str
) -> None:
    an_account(world, "rosa@example.org", name="Rosa Xol", country="GT")
    with world.app_context(), transaction() as db:
        row = AccessRequest(
            full_name="Rosa Méndez",
            email="rosa@example.org",
            country_code="HN",
            institution="Instituto",
            reason="Webinarios.",
            language="es",
            asked_at=NOW,
        )
        db.add(row)
        db.flush()
        number = row.id
    sign_in(client, "focal-point-hn")
    typed = {"institution_id": institution, "post_title": "Oficial", "valid_from": "2026-11-24"}
    answer = client.post(
        f"/people-and-access/requests/{number}/acceptance",
        data={**typed, "csrf_token": csrf_token(client)},
    )
    assert answer.status_code == 422
    assert 'href="#institution_id' in answer.text
    with world.app_context(), reading() as db:
        assert db.scalar(select(func.count(HeldNewcomer.id))) == 0


def test_r80_accepted_request_says_invited_only_when_a_letter_was_written(
    client: FlaskClient, world: Flask
) -> None:
    """Somebody else of the country signs in with the address that was typed."""
    request_id = ask(world)
    an_account(world, "rosa@example.org", name="Otra Persona", country="HN")
    sign_in(client, "focal-point-hn")
    typed = {"institution_id": str(INSTITUTE), "post_title": "Oficial", "valid_from": "2026-11-20"}
    answer = client.post(
        f"/people-and-access/requests/{request_id}/acceptance",
        data={**typed, "csrf_token": csrf_token(client)},
    )
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "sin invitación" in page
    assert "va en camino" not in page
    with world.app_context(), reading() as db:
        assert db.scalar(select(func.count(AccountInvitation.id))) == 0


def test_a_name_known_in_the_country_must_be_answered_first(world: Flask) -> None:
    with world.app_context(), transaction() as db:
        person = Person(
            full_name="Rosa Méndez",
            sort_key="rosa mendez",
            email="",
            country_code="HN",
            timezone="America/Tegucigalpa",
        )
        db.add(person)
        db.flush()
        number = person.id
    request_id = ask(world)
    for who in ("focal-point-hn", "organizer"):
        with pytest.raises(NamesakeKnown):
            accept(world, who, request_id)
    same = Placement(INSTITUTE, "Oficial", TODAY, same_as=number)
    assert accept(world, "focal-point-hn", request_id, same) is RequestDecision.ACCEPTED
    with world.app_context(), reading() as db:
        assert db.scalars(select(Account.person_id).where(Account.person_id == number)).all()


def test_a_request_lapses_after_thirty_days(world: Flask) -> None:
    request_id = ask(world)
    late = NOW + rules.REQUEST_LASTS
    assert waiting(world, "focal-point-hn", late) == []
    with world.app_context(), transaction() as db:
        earlier = NOW - timedelta(seconds=1)
        assert services.expire_requests(db, before=earlier, dry_run=False) == 0
        assert services.expire_requests(db, before=NOW, dry_run=False) == 1
        assert db.get(AccessRequest, request_id) is None


def test_letters_go_to_the_focal_point_and_to_whoever_is_declined(world: Flask) -> None:
    request_id = ask(world)
    actor = actor_of(world, "focal-point-hn")
    with world.test_request_context(), transaction() as db:
        asked = db.scalars(select(JournalEntry).where(JournalEntry.fact == "AccessRequested")).one()
        on_access_requested(db, asked, now=NOW)
        services.decline_request(db, actor=actor, request_id=request_id, now=NOW)
        kind = JournalEntry.fact == "AccessRequestSettled"
        on_access_request_settled(db, db.scalars(select(JournalEntry).where(kind)).one(), now=NOW)
    with world.app_context(), reading() as db:
        rows = db.execute(select(Message.recipient, Message.body)).all()
        letters = {row.recipient: row.body for row in rows}
    assert set(letters) == {"focal-point-hn@example.org", "rosa@example.org"}
    assert f"/people-and-access/requests/{request_id}" in letters["focal-point-hn@example.org"]
    assert "Por ahora no se abrió" in letters["rosa@example.org"]


def test_what_is_typed_is_checked_at_its_field(world: Flask) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(world, AccessWish("?", "rosa@example.org", "HN", "", "  ", "es"))
    assert set(refused.value.errors) == {"full_name", "institution", "reason"}


def test_pages_ask_and_decide(client: FlaskClient, world: Flask) -> None:
    assert "/request-access" in client.get("/sign-in").text
    typed = {
        "csrf_token": csrf_token(client),
        "full_name": "Rosa Méndez",
        "email": "rosa@example.org",
        "country_code": "",
        "institution": "instituto",
        "reason": "Asisto a los webinarios.",
    }
    refused = client.post("/request-access", data=typed)
    assert refused.status_code == 422
    assert 'value="Rosa Méndez"' in refused.text
    sent = client.post("/request-access", data={**typed, "country_code": "HN"})
    again = client.post("/request-access", data={**typed, "country_code": "HN"})
    assert sent.status_code == again.status_code == 303
    assert sent.headers["Location"] == again.headers["Location"]
    sign_in(client, "focal-point-hn")
    assert "Decidir 1 solicitud de acceso" in client.get("/").text
    with world.app_context(), reading() as db:
        request_id = db.scalars(select(AccessRequest.id)).one()
    page = client.get(f"/people-and-access/requests/{request_id}").text
    assert f'<option selected value="{INSTITUTE}">' in page
    token = {"csrf_token": csrf_token(client)}
    address = f"/people-and-access/requests/{request_id}/acceptance"
    placed = {**token, "institution_id": str(INSTITUTE), "valid_from": "2026-01-01"}
    assert client.post(address, data=placed).status_code == 422
    for _press in range(2):
        assert client.post(address, data={**placed, "post_title": "Oficial"}).status_code == 303
    assert "Ya se decidió sobre esta solicitud." in client.get("/people-and-access/requests").text
    sign_in(client, "focal-point-gt")
    token = {"csrf_token": csrf_token(client)}
    assert client.post(address, data={**placed, **token}).status_code == 404


def test_room_of_a_hundred_asks_in_one_hour_and_what_goes_beyond_is_throttled(
    client: FlaskClient, world: Flask
) -> None:
    """Tries of before are written into the counters: each request costs 20 ms."""
    with world.app_context(), transaction() as db:
        db.add_all(SignInAttempt(key=SOURCE, at=NOW) for _ in range(rules.PER_SOURCE.count - 1))
        by_day = rules.PER_SOURCE_AND_DAY.count - 1
        long_ago = NOW - timedelta(hours=20)
        db.add_all(SignInAttempt(key=BY_DAY + SOURCE, at=long_ago) for _ in range(by_day))
    assert rules.PER_SOURCE.count > 100
    assert asked(client, "n1@example.org", NOW) == 303
    assert asked(client, "n2@example.org", NOW) == 429
    assert asked(client, "n2@example.org", NOW + timedelta(hours=2)) == 429, "the day is full"
    assert asked(client, "n2@example.org", NOW + timedelta(hours=5)) == 303


def test_one_e_mail_address_asks_a_few_times_an_hour_from_wherever(
    client: FlaskClient, world: Flask
) -> None:
    answers = [
        asked(client, "Rosa@example.org" if number % 2 else "rosa@example.org", NOW, host=number)
        for number in range(rules.PER_EMAIL.count + 1)
    ]
    assert answers == [*[303] * rules.PER_EMAIL.count, 429]
    assert asked(client, "other@example.org", NOW) == 303
    assert asked(client, "rosa@example.org", NOW + timedelta(hours=1)) == 303


SOURCE = "request-access:127.0.0.1"


def asked(client: FlaskClient, email: str, now: datetime, *, host: int = 0) -> int:
    """Returns the status of the answer to a request for access from one of several addresses."""
    typed = {
        "full_name": "Rosa Méndez",
        "country_code": "HN",
        "institution": "Instituto",
        "reason": "Webinarios.",
        "email": email,
    }
    came_from = {"REMOTE_ADDR": f"192.0.2.{host}" if host else "127.0.0.1"}
    with time_machine.travel(now, tick=False):
        typed["csrf_token"] = csrf_token(client)
        return client.post("/request-access", data=typed, environ_base=came_from).status_code


def test_former_focal_point_reads_a_request_and_is_not_offered_to_decide(
    client: FlaskClient, world: Flask
) -> None:
    request_id = ask(world, now=NOW - timedelta(days=2))
    page = f"/people-and-access/requests/{request_id}"
    sign_in(client, "focal-point-hn")
    assert "/acceptance" in client.get(page).text
    former = actor_of(world, "focal-point-hn")
    with world.app_context(), transaction() as db:
        own = RoleGrant.account_id == former.account_id
        db.execute(update(RoleGrant).where(own).values(valid_until=TODAY))
    read = client.get(page)
    assert (read.status_code, "rosa@example.org" in read.text) == (200, True)
    assert "/acceptance" not in read.text
    token = {"csrf_token": csrf_token(client)}
    placed = {**token, "institution_id": str(INSTITUTE), "valid_from": "2026-01-01"}
    pressed = client.post(f"{page}/acceptance", data={**placed, "post_title": "Oficial"})
    assert pressed.status_code in (403, 404)
    sign_in(client, "organizer")
    assert "/acceptance" in client.get(page).text
