"""The public address and the mail server, entered and tried at the screen (R81)."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.fetching import Fetched
from app.infra.installation import SETTINGS, installation, installation_row, office_contact
from app.infra.platform import platform
from app.office.outbox.services import queue_message
from app.office.outbox.values import Letter
from app.office.setup import exports
from tests.support import apps
from tests.support.actors import post, sign_in
from tests.support.databases import settings_for
from tests.support.forms import tokens_of
from tests.support.lifetime import close_app
from tests.support.mailboxes import (
    ADDRESS,
    MailSink,
    connect,
    enter,
    messages,
    taking_mail,
)

PASSWORD = "llave de programas"


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with taking_mail() as made:
        yield made


@pytest.fixture
def office(client: FlaskClient) -> FlaskClient:
    sign_in(client, "organizer")
    return client


def known_address(app: Flask) -> tuple[str, bool]:
    with app.app_context(), reading() as db:
        found = installation(db)
        return found.address, found.has_address


def typed(sink: MailSink, **changes: object) -> dict[str, object]:
    return {
        "host": "127.0.0.1",
        "port": sink.port,
        "security": "none",
        "user": "",
        "password": "",
        "sender_name": "Convoca",
        "sender": "oficina@example.org",
        **changes,
    }


def value_of(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert found is not None
    told = re.search(r'value="([^"]*)"', found[0])
    return told[1] if told else ""


def test_r81_address_that_the_browser_uses_is_proposed(office: FlaskClient) -> None:
    cookie = office.get_cookie("session")
    assert cookie is not None
    office.set_cookie("session", cookie.value, domain="oficina.example.org")
    site = "http://oficina.example.org"
    page = office.get("/setup/address", base_url=site).text
    assert value_of(page, "address") == "http://oficina.example.org"
    behind = {"Referer": "https://oficina.example.org/setup/institutions"}
    page = office.get("/setup/address", base_url=site, headers=behind).text
    assert value_of(page, "address") == "https://oficina.example.org"
    assert (
        "las cartas esperan y los certificados se emiten, pero todavía no se pueden descargar"
        in page
    )


def test_address_of_this_computer_is_never_proposed(office: FlaskClient) -> None:
    assert value_of(office.get("/setup/address").text, "address") == ""


def test_address_of_this_computer_is_saved_only_after_a_warning(
    app: Flask, office: FlaskClient
) -> None:
    warned = post(office, "/setup/address", address="http://127.0.0.1:8000")
    assert warned.status_code == 200
    assert "Esta dirección solo abre en esta computadora" in warned.text
    assert not known_address(app)[1]
    saved = post(office, "/setup/address", address="http://127.0.0.1:8000", act="anyway")
    assert saved.status_code == 303
    assert known_address(app) == ("http://127.0.0.1:8000", True)


def test_unencrypted_address_is_saved_only_after_a_warning(app: Flask, office: FlaskClient) -> None:
    warned = post(office, "/setup/address", address="http://oficina.example.org/")
    assert "viajarían sin cifrar" in warned.text
    assert "deploy/Caddyfile" in warned.text
    assert not known_address(app)[1]


def answering(monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], bytes]) -> list[str]:
    asked: list[str] = []

    def fetch(url: str, **_limits: object) -> Fetched:
        asked.append(url)
        return Fetched(answer(url))

    monkeypatch.setattr(exports, "fetch", fetch)
    return asked


def test_address_is_asked_and_kept_when_this_installation_answers_there(
    app: Flask, office: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = app.test_client()
    asked = answering(monkeypatch, lambda url: stranger.get(url.removeprefix(ADDRESS)).data)
    saved = post(office, "/setup/address", address="convoca.example.org")
    assert (saved.status_code, saved.location) == (303, "/setup/mail")
    assert known_address(app) == (ADDRESS, True)
    assert "Falta una cosa, para quien administra el servidor" in office.get(saved.location).text
    assert len(asked) == 1
    assert asked[0].startswith(f"{ADDRESS}/setup/address/proof/")


def test_https_address_of_the_screen_says_what_only_a_new_start_changes(
    app: Flask, office: FlaskClient
) -> None:
    """The cookie is not Secure although the address is; the page says so, and what is to be done."""
    assert "TRUSTED_PROXIES" not in office.get("/setup/address").text
    enter(app, public_address="http://oficina.example.org")
    assert "TRUSTED_PROXIES" not in office.get("/setup/address").text
    enter(app, public_address=ADDRESS)
    page = office.get("/setup/address").text
    assert f"BASE_URL={ADDRESS}\nTRUSTED_PROXIES=1" in page
    assert "después, cada persona inicia sesión una vez más" in page
    assert "Secure" not in app.test_client().get("/sign-in").headers["Set-Cookie"]


def test_start_with_the_lines_of_the_page_ties_cookie_and_connection_to_https(
    database_url: str, tmp_path: Path
) -> None:
    app = apps.made(
        settings_for(database_url, tmp_path / "var", base_url=ADDRESS, trusted_proxies=1)
    )
    through_proxy = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    answer = app.test_client().get(
        "/sign-in", base_url="http://convoca.example.org", headers=through_proxy
    )
    assert answer.headers["Set-Cookie"].startswith("__Host-session=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in answer.headers
    close_app(app)


def test_address_where_something_else_answers_is_not_kept(
    app: Flask, office: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, lambda _url: b"<h1>Bienvenidos</h1>")
    page = post(office, "/setup/address", address=ADDRESS)
    assert "no es este Convoca" in page.text
    assert f"Usar {ADDRESS} de todos modos" in page.text
    assert not known_address(app)[1]


def test_address_that_cannot_be_reached_says_why_and_can_be_used_anyway(
    app: Flask, office: FlaskClient
) -> None:
    page = post(office, "/setup/address", address="https://convoca.invalid")
    assert "Desde aquí no se llega a esa dirección" in page.text
    assert value_of(page.text, "address") == "https://convoca.invalid"
    saved = post(office, "/setup/address", address="https://convoca.invalid", act="anyway")
    assert saved.status_code == 303
    assert known_address(app)[0] == "https://convoca.invalid"


@pytest.mark.parametrize(
    "wrong",
    ["", "convoca oficina", "https://", "https://a b.org", "ftp://x.org", "https://u@x.org"],
)
def test_what_is_no_address_is_refused_at_the_field(
    app: Flask, office: FlaskClient, wrong: str
) -> None:
    page = post(office, "/setup/address", address=wrong, act="anyway")
    assert page.status_code == 422
    assert 'id="address-error"' in page.text
    assert not known_address(app)[1]


def test_proof_is_answered_to_numbers_of_its_length_only(client: FlaskClient) -> None:
    answer = client.get(f"/setup/address/proof/{'a' * 32}")
    assert (answer.status_code, len(answer.data)) == (200, 64)
    assert client.get("/setup/address/proof/x").status_code == 404


def test_r81_mail_server_is_kept_once_it_took_the_test_letter(
    app: Flask, office: FlaskClient, sink: MailSink
) -> None:
    page = post(office, "/setup/mail/test", **typed(sink, sender_name="Convoca · Niñez"))
    assert "El servidor aceptó la carta" in page.text
    assert [str(mail["To"]) for mail in sink.taken] == ["organizer@example.org"]
    assert str(sink.taken[0]["From"]) == "Convoca · Niñez <oficina@example.org>"
    with app.app_context(), reading() as db:
        assert installation(db).mail is not None


def test_mail_server_that_does_not_answer_is_not_kept_and_costs_no_typing(
    app: Flask, office: FlaskClient, sink: MailSink
) -> None:
    page = post(office, "/setup/mail/test", **typed(sink, port=1, user="ana", password=PASSWORD))
    assert "Nadie atiende ahí" in page.text
    assert value_of(page.text, "host") == "127.0.0.1"
    assert value_of(page.text, "sender") == "oficina@example.org"
    assert PASSWORD not in page.text
    assert value_of(page.text, "kept")
    with app.app_context(), reading() as db:
        assert installation(db).mail is None


def test_password_typed_before_is_used_at_the_next_try(
    app: Flask, office: FlaskClient, sink: MailSink
) -> None:
    first = post(office, "/setup/mail/test", **typed(sink, port=1, password=PASSWORD))
    kept = value_of(first.text, "kept")
    post(office, "/setup/mail/test", **typed(sink, kept=kept))
    with app.app_context(), reading() as db:
        row, server = installation_row(db), installation(db).mail
    assert server is not None
    assert server.password == PASSWORD
    assert row is not None
    assert PASSWORD not in row.smtp_password


def test_stored_password_is_not_handed_to_another_server(
    app: Flask, office: FlaskClient, sink: MailSink
) -> None:
    post(office, "/setup/mail/test", **typed(sink, password=PASSWORD))
    post(office, "/setup/mail/test", **typed(sink, host="localhost"))
    with app.app_context(), reading() as db:
        server = installation(db).mail
    assert server is not None
    assert (server.host, server.password) == ("localhost", "")


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("host", ""), ("host", "mail example"), ("port", "0"), ("port", "x"), ("sender", "nadie")],
)
def test_what_is_no_mail_server_is_refused_at_the_field(
    office: FlaskClient, sink: MailSink, field: str, wrong: str
) -> None:
    page = post(office, "/setup/mail/test", **typed(sink, **{field: wrong}))
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert sink.taken == []


def test_environment_wins_over_the_screen_and_the_page_says_so(
    database_url: str, tmp_path: Path, sink: MailSink
) -> None:
    from tests.support.databases import settings_for
    from tests.support.lifetime import close_app

    fixed = settings_for(
        database_url, tmp_path / "var", smtp_host="127.0.0.1", smtp_port=sink.port, base_url=ADDRESS
    )
    app = apps.made(fixed)
    client = app.test_client()
    sign_in(client, "organizer")
    enter(app, public_address="https://other.example.org", smtp_host="other.example.org")
    page = client.get("/setup/address").text
    assert "La fija el servidor (BASE_URL)" in page
    assert ADDRESS in page
    mail = client.get("/setup/mail").text
    assert "Lo fija el servidor (SMTP_HOST" in mail
    with app.app_context(), reading() as db:
        assert installation(db).address == ADDRESS
    close_app(app)


def test_office_says_where_people_write_to_the_secretariat(
    app: Flask, office: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting is where it begins; what the office enters holds from then on."""
    with app.app_context(), reading() as db:
        first = platform(app).settings.model_copy(update={"contact": "first@example.org"})
        monkeypatch.setitem(db.info, SETTINGS, first)
        assert office_contact(db) == "first@example.org"
    wrong = post(office, "/setup/contact", contact="secretaría")
    assert wrong.status_code == 422
    assert value_of(wrong.text, "contact") == "secretaría"
    post(office, "/setup/contact", contact="secretaria@example.org")
    page = office.get("/setup/address").text
    assert "lleva ahora a secretaria@example.org" in page
    assert value_of(page, "contact") == "secretaria@example.org"
    assert 'href="mailto:secretaria@example.org"' in office.get("/how-to").text


def waiting(app: Flask, count: int) -> None:
    with app.app_context(), transaction() as db:
        for number in range(count):
            queue_message(
                db,
                dedupe=f"0.{number}",
                address="official@example.org",
                language="es",
                letter=Letter("Aviso", "Texto.\n"),
                now=clock.now(),
            )
    drain(app)


def drain(app: Flask) -> None:
    with app.app_context():
        platform(app).jobs.drain()


def test_r81_after_the_test_one_question_sends_what_waited_once(
    app: Flask, office: FlaskClient, sink: MailSink
) -> None:
    enter(app, public_address=ADDRESS)
    waiting(app, 3)
    page = post(office, "/setup/mail/test", **typed(sink)).text
    assert "3 cartas están en espera" in page
    assert page.count("Enviar las 3 cartas") == 1
    sink.taken.clear()
    sent = post(office, "/setup/mail/waiting", act="send")
    assert sent.status_code == 303
    assert "3 cartas van en camino" in office.get("/messages").text
    for act in ("send", "drop"):  # a second press, and a colleague's who saw the same question
        post(office, "/setup/mail/waiting", act=act)
        assert "alguien lo decidió antes" in office.get("/messages").text
    drain(app)
    assert len(sink.taken) == 3
    assert "en espera" not in office.get("/setup/mail").text
    assert all(one.sent_at is not None for one in messages(app))


def test_waiting_letters_can_be_dropped_instead(
    app: Flask, office: FlaskClient, sink: MailSink
) -> None:
    waiting(app, 1)
    enter(app, public_address=ADDRESS)
    connect(app, sink)
    assert "No enviarla" in office.get("/setup/mail").text
    post(office, "/setup/mail/waiting", act="drop")
    drain(app)
    assert sink.taken == []
    assert messages(app)[0].given_up_at is not None


def test_nothing_is_offered_to_leave_before_there_is_an_address(
    app: Flask, office: FlaskClient, sink: MailSink
) -> None:
    waiting(app, 2)
    connect(app, sink)
    page = office.get("/setup/mail").text
    assert "Falta la dirección pública" in page
    assert "Enviar las 2 cartas" not in page
    assert post(office, "/setup/mail/waiting", act="send").status_code == 409


def test_nobody_is_told_of_a_link_by_letter_where_none_can_leave(
    app: Flask, client: FlaskClient, sink: MailSink
) -> None:
    asked = post(client, "/sign-in/link", link_email="official-hn@example.org")
    page = client.get(asked.location or "").text
    assert "ningún enlace puede llegarle" in page
    assert "va en camino" not in page
    enter(app, public_address=ADDRESS)
    connect(app, sink)
    assert "ningún enlace puede llegarle" not in client.get("/sign-in/link-sent").text


def test_colleague_who_is_invited_is_not_said_to_get_a_letter_that_cannot_leave(
    office: FlaskClient,
) -> None:
    page = office.get("/people-and-access/invite").text
    typed = {
        "full_name": "Beto Paz",
        "email": "beto@example.org",
        "country_code": "",
        "role": "author:",
        "valid_from": f"{clock.today():%Y-%m-%d}",
        **tokens_of(page),
    }
    answer = office.post("/people-and-access/invite", data=typed, follow_redirects=True)
    assert "La invitación está escrita. Todavía no sale ningún correo" in answer.text
