"""Signing in and confirming in two steps: a password, or a link, opens nothing by itself."""

import re
import threading
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import transaction
from app.infra.installation import OWN_KEYS
from app.infra.platform import platform
from app.infra.secret_keys import SecretKeys
from app.people.factors import services
from app.people.factors.models import RecoveryCode
from app.people.factors.rules import CodeWrong
from app.people.identity.queries import digest
from app.people.identity.rules import TooManyTries
from app.people.identity.services import accounts
from app.people.identity.services.sign_in import issue_sign_in_link
from app.people.identity.values import SignInWay
from tests.office.notifications.world import letters
from tests.people.factors.office import (
    EMAIL,
    PASSWORD,
    an_organizer,
    asked,
    code,
    facts,
    protect,
)
from tests.people.identity.test_sessions import LAPTOP, PHONE
from tests.people.identity.visitor import Post, is_in, posting
from tests.support.actors import sign_in
from tests.support.authenticator import Authenticator

NEW_PASSKEY = "/account/security/passkeys/new"


@pytest.fixture
def post(client: FlaskClient) -> Post:
    return posting(client)


@pytest.fixture
def dunia(app: Flask) -> int:
    return an_organizer(app)


@pytest.fixture
def codes(app: Flask, dunia: int) -> tuple[str, ...]:
    return protect(app)


def half_in(post: Post) -> None:
    entered = post("/sign-in", email=EMAIL, password=PASSWORD, next="/desk")
    assert (entered.status_code, entered.location) == (302, "/sign-in/second?next=/desk")


PAGES = ("/account", "/desk", "/audit", "/people-and-access", "/account/security/app", "/privacy")


@pytest.mark.parametrize("factor", ["passkey", "code"])
def test_r84_stolen_password_opens_nothing_and_its_owner_is_told_ends_and_recovers(
    app: Flask, client: FlaskClient, dunia: int, factor: str
) -> None:
    """Given an organizer with a passkey or codes, when her password is stolen, then it opens nothing;
    she sees her sessions, is told of a new device and ends the others, also that of a stolen laptop;
    she gets in again by a recovery code, or by two organizers.
    """
    codes, device = protect(app), Authenticator()
    if factor == "passkey":
        sign_in(client, EMAIL)
        made = device.made(asked(client, NEW_PASSKEY))
        posting(client)(NEW_PASSKEY, name="My telephone", secret_answer=made)
        posting(client)("/sign-out")
    laptop, thief = app.test_client(), app.test_client()
    steps: list[dict[str, str]] = []
    for browser, agent in ((laptop, LAPTOP), (client, PHONE)):
        browser.environ_base["HTTP_USER_AGENT"] = agent
        half_in(posting(browser))
        if factor == "passkey":
            steps.append({"secret_answer": device.used(asked(browser, "/sign-in/second"))})
        else:
            steps.append({"secret_code": code(len(steps))})
        assert posting(browser)("/sign-in/second", **steps[-1]).status_code == 303

    steal = posting(thief)
    half_in(steal)
    assert [thief.get(page).status_code for page in PAGES] == [302] * len(PAGES)
    assert thief.get("/account").location == "/sign-in?next=/account"
    assert thief.get("/sign-in?next=/account").location == "/sign-in/second?next=/account"
    assert steal("/account/password", new_password="another mango lluvia").status_code == 401
    assert steal("/account/confirm", password=PASSWORD).status_code == 401
    assert thief.get("/api/v1/me").status_code == 401
    for step in ({"secret_code": "000000"}, *steps):  # also what she has used
        assert steal("/sign-in/second", **step).status_code == 422
    assert not is_in(thief)

    [told] = [one.text for one in letters(app, "dunia") if "Teléfono, Android" in one.text]
    assert "/account/security" in told
    page = client.get("/account/security?lang=es").text
    assert "Este teléfono, Android" in page
    assert "Computadora, Windows" in page
    assert is_in(laptop)
    posting(client)("/account/sessions/end-others")
    assert (is_in(laptop), is_in(client)) == (False, True)

    anywhere = app.test_client()
    half_in(posting(anywhere))
    assert posting(anywhere)("/sign-in/second", secret_code=codes[0]).status_code == 303
    assert is_in(anywhere)
    for organizer, path, fields in (
        ("organizer", "", {"note": "I called her at the number of the ministry."}),
        ("organizer-second", "/agreement", {}),
    ):
        office = app.test_client()
        sign_in(office, organizer)
        page = f"/people-and-access/{dunia}/lost-steps"
        shown = re.search(r'name="seen" value="(\w+)"', office.get(page).text)
        seen = {"seen": shown[1]} if shown and path else {}
        assert posting(office)(page + path, **fields, **seen).status_code in (302, 303)
        assert is_in(anywhere) is not bool(path)
    assert steal("/sign-in", email=EMAIL, password=PASSWORD).status_code == 422
    links = [re.search(r"/sign-in/link/[\w-]{43}", one.text) for one in letters(app, "dunia")]
    [link] = [found[0] for found in links if found]
    assert posting(anywhere)(link).location == "/"
    assert is_in(anywhere)


def test_code_opens_it_and_the_session_is_a_new_one(
    app: Flask, client: FlaskClient, post: Post, dunia: int, codes: tuple[str, ...]
) -> None:
    half_in(post)
    page = client.get("/sign-in/second?next=/desk&lang=en")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert "One more step" in page.text
    entered = post("/sign-in/second", secret_code=f" {code()[:3]} {code()[3:]}", next="/desk")
    assert (entered.status_code, entered.location, is_in(client)) == (303, "/desk", True)
    with client.session_transaction() as session:
        assert "half_sign_in" not in session
    assert facts(app, dunia)[-1] == "SignedIn"
    assert "SignedIn" not in facts(app, dunia)[:-1]


def test_code_works_once_also_with_other_spaces(
    app: Flask, client: FlaskClient, post: Post, dunia: int, codes: tuple[str, ...]
) -> None:
    typed = code()
    half_in(post)
    assert post("/sign-in/second", secret_code=typed).status_code == 303
    other = app.test_client()
    send = posting(other)
    half_in(send)
    for again in (typed, f"{typed[:3]} {typed[3:]}", f" {typed}\N{NO-BREAK SPACE}"):
        assert send("/sign-in/second", secret_code=again).status_code == 422
    assert not is_in(other)
    assert facts(app, dunia).count("SecondFactorFailed") == 3
    assert send("/sign-in/second", secret_code=code(1)).status_code == 303


def test_recovery_code_works_once_and_its_owner_is_told(
    app: Flask, client: FlaskClient, post: Post, dunia: int, codes: tuple[str, ...]
) -> None:
    half_in(post)
    assert (
        post("/sign-in/second", secret_code=codes[4].lower().replace("-", " ")).status_code == 303
    )
    assert "9" in client.get("/account/security?lang=en").text
    other = app.test_client()
    half_in(posting(other))
    assert posting(other)("/sign-in/second", secret_code=codes[4]).status_code == 422
    earlier = RecoveryCode(
        account_id=dunia, code_sha256=digest("23456789ABCDEFGH"), made_at=clock.now()
    )
    with app.app_context(), transaction() as db:
        db.add(earlier)
    shorter = "2345-6789-abcd-efgh"
    assert posting(other)("/sign-in/second", secret_code=shorter).status_code == 303
    with app.app_context():
        platform(app).jobs.drain()
    letters = [one.read_bytes() for one in (platform(app).settings.data / "mail").glob("*.eml")]
    assert any(b"respaldo" in letter for letter in letters)
    assert not any(codes[4].encode() in letter for letter in letters)


def test_guesses_are_counted_for_the_account_wherever_they_come_from(
    app: Flask, post: Post, dunia: int, codes: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    half_in(post)
    answers = [
        post("/sign-in/second", f"192.0.2.{number}", secret_code="000000").status_code
        for number in range(6)
    ]
    assert answers == [422] * 5 + [429]
    assert post("/sign-in/second", secret_code=code()).status_code == 429
    later = clock.now() + timedelta(minutes=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert post("/sign-in/second", secret_code=code()).status_code == 303


def test_link_of_a_letter_is_the_first_step_only(
    app: Flask, client: FlaskClient, post: Post, dunia: int, codes: tuple[str, ...]
) -> None:
    with app.app_context(), transaction() as db:
        token = issue_sign_in_link(db, account_id=dunia, now=clock.now())
    assert post(f"/sign-in/link/{token}").location == "/sign-in/second"
    assert not is_in(client)
    assert post("/sign-in/second", secret_code=code()).status_code == 303
    assert is_in(client)


def test_first_step_ends_by_itself_by_signing_out_and_with_every_session(
    app: Flask, client: FlaskClient, post: Post, dunia: int, codes: tuple[str, ...]
) -> None:
    half_in(post)
    post("/sign-out")
    assert client.get("/sign-in/second").location == "/sign-in"
    half_in(post)
    with app.app_context(), transaction() as db:
        accounts.end_sessions(db, account_id=dunia, now=clock.now())
    assert post("/sign-in/second", secret_code=code()).location == "/sign-in"
    half_in(post)
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert post("/sign-in/second", secret_code=code()).location == "/sign-in"
    assert not is_in(client)


def test_confirming_who_one_is_asks_for_the_second_factor(
    client: FlaskClient, post: Post, codes: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, EMAIL)
    later = clock.now() + timedelta(minutes=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.get("/account/confirm?next=/account/close").location == (
        "/account/confirm/second?next=/account/close"
    )
    assert post("/account/confirm", password=PASSWORD).status_code == 403
    assert post("/account/confirm/link").status_code == 403
    wrong = post("/account/confirm/second", secret_code="000000", next="/account/close")
    assert wrong.status_code == 422
    right = post("/account/confirm/second", secret_code=code(), next="/account/close")
    assert (right.status_code, right.location) == (303, "/account/close")
    assert client.get("/account/confirm?next=/desk").location == "/desk"


def test_stolen_cookie_and_password_change_no_password(
    app: Flask, client: FlaskClient, post: Post, dunia: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the new one a session would begin that is confirmed, and could remove the second factor."""
    protect(app)
    sign_in(client, EMAIL)
    later = clock.now() + timedelta(minutes=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    new = {"old_password": PASSWORD, "new_password": "otra lluvia de mangos"}
    assert post("/account/password", **new).location.startswith("/account/confirm?next=/account/")
    assert 'name="new_password"' not in client.get("/account/security").text
    assert "PasswordChanged" not in facts(app, dunia)
    post("/account/confirm/second", secret_code=code())
    assert 'name="new_password"' in client.get("/account/security").text
    assert post("/account/password", **new).location == "/account/security"
    assert "PasswordChanged" in facts(app, dunia)


def test_guesses_elsewhere_do_not_shut_out_the_owners_own_browser(
    app: Flask, client: FlaskClient, post: Post, codes: tuple[str, ...]
) -> None:
    half_in(post)
    assert post("/sign-in/second", secret_code=code()).status_code == 303
    post("/sign-out")
    thief = posting(app.test_client())
    half_in(thief)
    answers = [thief("/sign-in/second", secret_code="000000").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    half_in(post)
    assert post("/sign-in/second", secret_code=code(1)).status_code == 303
    assert is_in(client)


@pytest.mark.both_databases
def test_of_two_guesses_at_once_the_second_counts_the_first(app: Flask, dunia: int) -> None:
    for _ in range(4):
        _count(app, dunia, [])
    second: list[object] = []
    with app.app_context():
        with transaction() as db:
            services.count_factor_try(db, account_id=dunia, now=clock.now())
            thread = threading.Thread(target=_count, args=(app, dunia, second))
            thread.start()
            thread.join(timeout=0.5)
        thread.join(timeout=20)
    assert second == [TooManyTries]


def _count(app: Flask, account_id: int, told: list[object]) -> None:
    with app.app_context():
        try:
            with transaction() as db:
                services.count_factor_try(db, account_id=account_id, now=clock.now())
            told.append("counted")
        except TooManyTries:
            told.append(TooManyTries)


@pytest.mark.both_databases
def test_of_one_code_sent_twice_at_once_one_enters(app: Flask, dunia: int) -> None:
    """The second comes while the first has used the code and not yet committed."""
    codes = protect(app)
    for typed in (code(), codes[0]):
        second: list[object] = []
        with app.app_context():
            with transaction() as db:
                _use(db, dunia, typed)
                thread = threading.Thread(target=_try_code, args=(app, dunia, typed, second))
                thread.start()
                thread.join(timeout=0.5)
                assert not second
            thread.join(timeout=20)
        assert second == [CodeWrong]


def _try_code(app: Flask, account_id: int, typed: str, told: list[object]) -> None:
    with app.app_context():
        try:
            with transaction() as db:
                _use(db, account_id, typed)
            told.append("entered")
        except CodeWrong:
            told.append(CodeWrong)


def _use(db: Session, account_id: int, typed: str) -> None:
    services.use_code(db, account_id=account_id, typed=typed, tries=[], now=clock.now())


def test_setting_up_an_application_ends_other_sessions_and_shows_ten_codes_once(
    app: Flask, client: FlaskClient, post: Post, dunia: int
) -> None:
    other = app.test_client()
    sign_in(other, EMAIL)
    sign_in(client, EMAIL)
    page = client.get("/account/security/app?lang=en").text
    sealed = re.search(r'name="secret_sealed"[^>]* value="([^"]+)"', page)
    secret = re.search(r'code-groups">([A-Z2-7 ]+)<', page)
    assert sealed is not None
    assert secret is not None
    assert "<svg" in page
    key = secret[1].replace(" ", "")
    assert key not in sealed[1]
    refused = post("/account/security/app", secret_sealed=sealed[1], secret_code="000000")
    assert (refused.status_code, secret[1] in refused.text) == (422, True)
    done = post("/account/security/app", secret_sealed=sealed[1], secret_code=pyotp.TOTP(key).now())
    shown = re.findall(r"<span class=\"code-groups\">([A-Z2-9-]{29})</span>", done.text)
    assert (done.status_code, done.headers["Cache-Control"], len(shown)) == (200, "no-store", 10)
    assert (is_in(client), is_in(other)) == (True, False)
    security = client.get("/account/security?lang=en").text
    assert "Protected by two steps" in security
    assert not any(one in security for one in shown)
    assert facts(app, dunia)[-3:] == ["SecondFactorSetUp", "RecoveryCodesMade", "SignedIn"]


def test_secret_that_another_accounts_page_carried_is_refused(
    app: Flask, client: FlaskClient, post: Post, dunia: int
) -> None:
    with app.app_context(), transaction() as db:
        sealed = services.sealed_new_secret(db, account_id=dunia + 1)
    sign_in(client, EMAIL)
    assert (
        post("/account/security/app", secret_sealed=sealed, secret_code="123456").status_code == 422
    )


def test_changed_secret_of_the_installation_leaves_recovery_codes(
    app: Flask, client: FlaskClient, post: Post, dunia: int, codes: tuple[str, ...]
) -> None:
    """The application's secret cannot be read any more: the page says so."""
    another = SecretKeys("another secret of forty characters or so")
    platform(app).session_info[OWN_KEYS] = another
    half_in(post)
    assert post("/sign-in/second", secret_code=code()).status_code == 422
    assert post("/sign-in/second", secret_code=codes[0]).status_code == 303
    assert "Set it up again" in client.get("/account/security?lang=en").text


def test_last_factor_of_an_organizer_stays_and_an_officials_may_go(
    app: Flask, client: FlaskClient, post: Post, dunia: int, codes: tuple[str, ...]
) -> None:
    sign_in(client, EMAIL)
    post("/account/security/app/removal")
    assert "Agregue primero otro" in client.get("/account/security").text
    sign_in(client, "official-hn", SignInWay.PASSWORD)
    protect(app, "official-hn")
    sign_in(client, "official-hn", SignInWay.PASSWORD)
    post("/account/security/app/removal")
    assert "Protected by one step" in client.get("/account/security?lang=en").text
