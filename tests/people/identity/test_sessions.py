"""Open sessions: their owner sees and ends them, and they end by themselves."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor, EndedGrant, Grant, Role
from app.people.identity.models import SignIn
from app.people.identity.rules import (
    GUARDED_SPAN,
    ORDINARY_SPAN,
    is_session_over,
    network_of,
    session_span,
    sign_in_origin,
)
from app.people.identity.values import DeviceKind
from app.people.identity.views.door import tell_hours
from tests.office.notifications.world import letters
from tests.people.identity.visitor import EMAIL, PASSWORD, her_account, posting
from tests.support.actors import sign_in

NOW = datetime(2026, 11, 30, 15, tzinfo=UTC)
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"
PHONE = "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("said", "kind", "system"),
    [
        (LAPTOP, DeviceKind.COMPUTER, "Windows"),
        (PHONE, DeviceKind.PHONE, "Android"),
        (PHONE.replace("Mobile ", ""), DeviceKind.TABLET, "Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)", DeviceKind.PHONE, "iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", DeviceKind.COMPUTER, "Mac"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)", DeviceKind.COMPUTER, "ChromeOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0)", DeviceKind.COMPUTER, "Linux"),
        ("curl/8", DeviceKind.UNKNOWN, ""),
    ],
)
def test_a_browser_is_known_by_kind_and_system(said: str, kind: DeviceKind, system: str) -> None:
    origin = sign_in_origin(said, "190.7.12.34")
    assert (origin.kind, origin.system, origin.network) == (kind, system, "190.7.12.x")


def test_a_network_names_no_machine() -> None:
    assert network_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1::"
    assert network_of("::ffff:190.7.12.34") == "190.7.12.x"
    assert network_of("unix:") == ""


def test_roles_that_reach_others_have_shorter_sessions() -> None:
    ended = EndedGrant(Role.PRESIDENCY, "DO", NOW.date(), NOW.date() + timedelta(days=60))
    for guarded in (
        Actor(1, grants=frozenset({Grant(Role.OFFICIAL, "HN"), Grant(Role.AUTHOR)})),
        Actor(1, outgoing=frozenset({ended})),
    ):
        assert session_span(guarded) == GUARDED_SPAN
    assert session_span(Actor(1, grants=frozenset({Grant(Role.OFFICIAL, "HN")}))) == ORDINARY_SPAN

    def is_over(idle: timedelta, whole: timedelta) -> bool:
        return is_session_over(GUARDED_SPAN, since=NOW - whole, seen_at=NOW - idle, now=NOW)

    second, hour = timedelta(seconds=1), timedelta(hours=1)
    assert not is_over(hour - second, 12 * hour - second)
    assert is_over(hour, 2 * hour)
    assert is_over(second, 12 * hour)


def test_a_session_in_use_stays_and_one_left_alone_ends(app: Flask, client: FlaskClient) -> None:
    def seen_at() -> datetime:
        with app.app_context(), reading() as db:
            return db.scalars(select(SignIn.seen_at)).one()

    with time_machine.travel(NOW, tick=False) as moment:
        sign_in(client, "organizer")
        moment.shift(timedelta(minutes=4))
        client.get("/account")
        assert seen_at() == NOW  # not a write at each page
        moment.shift(timedelta(minutes=50))
        assert client.get("/account").status_code == 200
        assert seen_at() == NOW + timedelta(minutes=54)
        moment.shift(timedelta(minutes=59))
        assert client.get("/account").status_code == 200
        moment.shift(timedelta(minutes=60))
        assert client.get("/account").location.startswith("/sign-in")


def test_a_stolen_laptop_is_shut_out_from_the_phone(app: Flask, client: FlaskClient) -> None:
    her_account(app)
    laptop = app.test_client()
    for browser, agent, address in (
        (laptop, LAPTOP, "201.9.8.7"),
        (client, PHONE, "190.7.12.34"),
    ):
        browser.environ_base |= {"HTTP_USER_AGENT": agent, "REMOTE_ADDR": address}
        posting(browser)("/sign-in", address, email=EMAIL, password=PASSWORD)
    page = client.get("/account/security?lang=es").text
    assert "Este teléfono, Android" in page
    assert "usted está aquí" in page
    assert "Computadora, Windows" in page
    assert "red 201.9.8.x" in page
    assert "201.9.8.7" not in page
    path = re.search(r'action="(/account/sessions/\d+/end)"', page)
    assert path
    assert laptop.get("/account").status_code == 200
    assert posting(client)(path[1]).location == "/account/security"
    assert laptop.get("/account").location.startswith("/sign-in")
    assert client.get("/account/security?lang=es").text.count('<li class="task') == 1
    told = [e.payload["sessions"] for e in _facts(app, "SessionsEnded")]
    assert told == [1]
    posting(client)(path[1])
    assert len(_facts(app, "SessionsEnded")) == 1


def test_all_the_others_end_at_one_press_and_nobody_elses(app: Flask, client: FlaskClient) -> None:
    others = [app.test_client() for _ in range(2)]
    stranger = app.test_client()
    for browser in (*others, client):
        sign_in(browser, "official-hn")
    sign_in(stranger, "official-gt")
    with app.app_context(), transaction() as db:
        theirs = db.scalars(select(SignIn.id).order_by(SignIn.id.desc()).limit(1)).one()
    assert posting(client)(f"/account/sessions/{theirs}/end").status_code == 404
    assert "Cerrar las otras 2" in client.get("/account/security?lang=es").text
    posting(client)("/account/sessions/end-others")
    assert [b.get("/account").status_code for b in (*others, client, stranger)] == [
        302,
        302,
        200,
        200,
    ]
    assert "end-others" not in client.get("/account/security").text


def test_a_new_device_is_told_and_the_first_ever_is_not(app: Flask, client: FlaskClient) -> None:
    her_account(app)
    laptop = app.test_client()
    laptop.environ_base |= {"HTTP_USER_AGENT": LAPTOP, "REMOTE_ADDR": "201.9.8.7"}
    for browser, count in ((client, 0), (client, 0), (laptop, 1), (laptop, 1)):
        posting(browser)(
            "/sign-in", browser.environ_base["REMOTE_ADDR"], email=EMAIL, password=PASSWORD
        )
        assert len(_facts(app, "NewDeviceUsed")) == count
        posting(browser)("/sign-out")
    (letter,) = letters(app, "dunia")
    for words in ("Computadora, Windows", "201.9.8.x", "/account/security"):
        assert words in letter.text


def test_failures_stand_in_the_journal_once_an_hour(app: Flask, client: FlaskClient) -> None:
    dunia, post = her_account(app), posting(client)
    with time_machine.travel(NOW.replace(minute=10), tick=False) as moment:
        for email in (EMAIL, EMAIL, EMAIL, "nobody@example.org"):
            assert post("/sign-in", email=email, password="not this one").status_code == 422
        sign_in(client, EMAIL)
        for _ in range(2):
            assert client.get("/people-and-access").status_code == 403
        post("/account/password", old_password="not mine", new_password="otra frase larga y nueva")
        with app.app_context():
            tell_hours()
            assert not _facts(app, "SignInsFailed")
            moment.shift(timedelta(minutes=54))
            tell_hours()
            tell_hours()
    (wrong,) = _facts(app, "SignInsFailed")
    assert (wrong.subject_id, wrong.payload["tries"]) == (str(dunia), 4)
    assert wrong.at == NOW + timedelta(hours=1)
    (unknown,) = _facts(app, "UnknownSignInsFailed")
    assert unknown.payload["tries"] == 1
    (refused,) = _facts(app, "RequestsRefused")
    assert (refused.payload["account_id"], refused.payload["requests"]) == (dunia, 2)


def test_the_page_says_when_a_session_ends(client: FlaskClient) -> None:
    sign_in(client, "organizer")
    page = client.get("/account/security?lang=es").text
    assert "tras 60 minutos sin uso, y 12 horas después de ingresar" in page
    sign_in(client, "official-hn")
    page = client.get("/account/security?lang=en").text
    assert "after 12 hours without use, and 7 days after signing in" in page


def _facts(app: Flask, name: str) -> list[JournalEntry]:
    with app.app_context(), reading() as db:
        return list(db.scalars(select(JournalEntry).where(JournalEntry.fact == name)))


def test_the_password_says_since_when_it_holds(app: Flask, client: FlaskClient) -> None:
    with time_machine.travel(NOW, tick=False):
        her_account(app)
        sign_in(client, EMAIL)
        assert "Chosen on 30 November 2026" in client.get("/account/security?lang=en").text
    sign_in(client, "official-hn")
    assert "None: you sign in with a link by e-mail" in client.get("/account/security").text
