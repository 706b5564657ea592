"""Short facts that docs/asvs.csv asks for and no other test says."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask, request, request_started
from flask.testing import FlaskClient

from app.infra import clock
from app.infra.openid import ALGORITHMS
from app.people.identity.rules import password_fault
from app.people.identity.services import accounts
from app.web.limits import SEARCH
from app.web.logs import KEY
from app.web.site import site
from tests.architecture.source import APP, ROOT
from tests.people.identity.visitor import EMAIL, PASSWORD, her_account, is_in, posting
from tests.support import apps
from tests.support.actors import actor_of, sign_in
from tests.support.databases import settings_for
from tests.support.lifetime import close_app
from tests.support.limits import limit_as_in_production, use_up

ADDRESS = "https://convoca.example.org"
FORBIDDEN = {
    "exec(words)": "S102",
    "eval(words)": "S307",
    "pickle.loads(words)": "S301",
    "yaml.load(words)": "S506",
    "subprocess.run(words, shell=True)": "S602",
    "os.system(words)": "S605",
    "db.execute(f'SELECT {words} FROM person')": "S608",
    "hashlib.md5(words)": "S324",
    "hashlib.sha1(words)": "S324",
    "random.choice(words)": "S311",
    "ElementTree.fromstring(words)": "S314",
    "ssl._create_unverified_context()": "S323",
    "Markup(words)": "S704",
}
EXEMPT = {"S101", "S105", "S506", "S606", "S608", "S701", "S704"}
"""Rules of which single lines of `app` are exempt, each with its reason."""


@pytest.fixture
def production(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = apps.made(
        settings_for(
            database_url,
            tmp_path / "var",
            environment="production",
            base_url=ADDRESS,
            trusted_proxies=1,
        )
    )
    yield app
    close_app(app)


@pytest.fixture(scope="module")
def told() -> str:
    """What the static checks of `./run test` say of lines that must not be written in `app`."""
    head = "import hashlib, os, pickle, random, ssl, subprocess, yaml\n"
    head += "from xml.etree import ElementTree\nfrom markupsafe import Markup\n"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--no-cache",
            "--output-format",
            "concise",
            "--stdin-filename",
            "app/infra/trial.py",
            "-",
        ],
        input=head + "\n".join(FORBIDDEN) + "\n",
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize("line", FORBIDDEN)
def test_static_checks_refuse_what_runs_words_or_is_weak(told: str, line: str) -> None:
    number = 4 + list(FORBIDDEN).index(line)
    assert re.search(rf"^app/infra/trial\.py:{number}:\d+: {FORBIDDEN[line]} ", told, re.MULTILINE)


def test_exempt_lines_are_of_known_rules() -> None:
    exempt = {
        rule
        for path in APP.rglob("*.py")
        for line in re.findall(r"# noqa: (.+)", path.read_text("utf-8"))
        for rule in re.findall(r"\bS\d{3}\b", line)
    }
    assert exempt == EXEMPT


def test_parameters_of_both_sources_are_read_in_four_places_only() -> None:
    """Elsewhere a name in the address never stands for a field of the form, nor the other way."""
    readers = {
        path.relative_to(APP).as_posix()
        for path in APP.rglob("*.py")
        if "request.values" in path.read_text("utf-8")
    }
    assert readers <= {
        "training/certificates/views/register.py",
        "office/yearly/views.py",
        "participation/invitations/views/nominations.py",
        "people/access/views/people.py",
    }


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_every_library_is_pinned_with_its_hashes(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    blocks = re.findall(r"^(?![ #])(\S.*(?:\n[ ].*)*)", text, re.MULTILINE)
    assert len(blocks) > 30
    for block in blocks:
        assert re.match(r"[\w.\[\]-]+==\S+", block), block.splitlines()[0]
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_tokens_of_the_provider_are_signed_with_its_private_key() -> None:
    """Neither by nobody (`none`) nor by a secret that both know (`HS…`)."""
    assert ALGORITHMS
    assert all(re.fullmatch(r"(RS|PS|ES)(256|384|512)", name) for name in ALGORITHMS)


def test_messages_of_other_windows_are_read_from_one_origin_only() -> None:
    listening = [
        path
        for path in (APP / "web" / "static").glob("*.js")
        if re.search(r"(?<![.\w])(?:window\.)?addEventListener\(.message", path.read_text("utf-8"))
    ]
    assert [path.name for path in listening] == ["package-player.js"]
    handler = listening[0].read_text("utf-8").partition('addEventListener("message"')[2]
    first = handler.splitlines()[1]
    assert "event.origin !== " in first
    assert "event.source !== frame.contentWindow" in first
    assert first.endswith("return;")


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.env",
        "/var/convoca.sqlite3",
        "/requirements.lock",
        "/static/",
        "/static/vendor/",
        "/console",
        "/graphql",
        "/run",
        "/app/factory.py",
    ],
)
def test_nothing_of_the_machine_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_image_has_neither_history_nor_tests() -> None:
    left_out = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert {".git", "tests", "var", "deploy/convoca.env"} <= set(left_out)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/api/v1/me", "/static/app.css", "/healthz"])
def test_trace_is_refused(client: FlaskClient, path: str) -> None:
    assert client.open(path, method="TRACE").status_code == 405


@pytest.mark.parametrize(
    "path", ["/sign-in", "/nowhere", "/static/app.css", "/static/copy.js", "/calendar/public.ics"]
)
def test_text_says_its_encoding(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        assert re.fullmatch(r"text/[a-z]+; charset=utf-8", answer.headers["Content-Type"])


def test_production_has_no_debugger(production: Flask) -> None:
    assert (production.debug, production.testing, production.config["DEMO"]) == (False,) * 3


def test_every_cookie_is_tied_to_the_host_and_hidden_from_scripts(production: Flask) -> None:
    client = production.test_client()
    answer = client.get("/sign-in?lang=en&zone=America/Toronto", base_url=ADDRESS)
    cookies = answer.headers.getlist("Set-Cookie")
    assert {one.partition("=")[0] for one in cookies} == {
        "__Host-session",
        "__Host-language",
        "__Host-timezone",
    }
    for cookie in cookies:
        for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
            assert part in cookie
        assert "Domain" not in cookie
    assert '<html lang="en">' in client.get("/sign-in", base_url=ADDRESS).text


def test_last_address_that_the_proxy_wrote_counts_and_none_without_a_proxy(
    client: FlaskClient, production: Flask
) -> None:
    forged = {"X-Forwarded-For": "203.0.113.66, 192.0.2.7", "X-Forwarded-Proto": "https"}
    seen: list[tuple[str | None, bool]] = []

    def note(_sender: object, **_more: object) -> None:
        seen.append((request.remote_addr, request.is_secure))

    with request_started.connected_to(note):
        client.get("/sign-in", headers=forged)
        production.test_client().get(
            "/sign-in", base_url="http://convoca.example.org", headers=forged
        )
    assert seen == [("127.0.0.1", False), ("192.0.2.7", True)]


def test_line_of_the_log_has_its_instant_in_utc_and_cannot_be_forged(
    production: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    production.test_client().get("/sign-in%0a%7B%22event%22:%22forged%22%7D", base_url=ADDRESS)
    [line] = [line for line in capsys.readouterr().err.splitlines() if '"request"' in line]
    assert re.search(r'"timestamp": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z"', line)
    assert "forged" not in line
    for member in ("method", "status", "account", "request_id", "level"):
        assert f'"{member}": ' in line


def test_attempts_to_get_round_a_rule_stand_in_the_log_with_person_route_and_rule(
    production: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    actor = actor_of(production, "official-hn")
    site(production).load_actor = lambda: actor
    limit_as_in_production(production)
    use_up(production, SEARCH, account_id=actor.account_id)
    client = production.test_client()
    elsewhere = {"Origin": "https://evil.example"}
    client.post("/account/preferences", base_url=ADDRESS, data={"csrf_token": "topsecret"})
    client.post("/account/preferences", base_url=ADDRESS, headers=elsewhere)
    client.get("/search?q=topsecret", base_url=ADDRESS)
    client.get("/audit", base_url=ADDRESS)
    client.get("/calendar/topsecret/me.ics", base_url=ADDRESS)
    client.get("/sign-in", base_url="https://evil.example")
    told = capsys.readouterr().err
    assert "topsecret" not in told
    lines = [json.loads(line) for line in told.splitlines()]
    assert [(one["route"], one["refused"]) for one in lines] == [
        ("/account/preferences", "form-token"),
        ("/account/preferences", "foreign-origin"),
        ("/search", "searched-too-often"),
        ("/audit", "not-allowed"),
        ("/calendar/<token>/me.ics", "not-found"),
        ("none", "foreign-host"),
    ]
    assert {one["account"] for one in lines[:5]} == {actor.account_id}


def test_every_link_whose_key_is_forged_is_told_in_the_log(
    production: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    client, untold = production.test_client(), set()
    for rule in production.url_map.iter_rules():
        if not any(map(KEY.search, rule.arguments)):
            continue
        path = re.sub(r"<int:\w+>", "1", re.sub(r"<uuid:\w+>", str(UUID(int=1)), rule.rule))
        path = re.sub(r"<[^>]+>", "forged", path)
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        status = client.open(path, method=method, base_url=ADDRESS).status_code
        [line] = [json.loads(one) for one in capsys.readouterr().err.splitlines()]
        if not line.get("refused"):
            untold.add((rule.endpoint, status))
    assert untold == set()


def test_passwords_are_masked_and_left_to_programs_that_keep_them(client: FlaskClient) -> None:
    pages = [client.get("/sign-in").text]
    her_account(client.application)
    sign_in(client, EMAIL)
    pages.append(client.get("/account/security").text)
    fields = [
        field
        for page in pages
        for field in re.findall(r"<input[^>]*>", page)
        if re.search(r'name="\w*password"', field)
    ]
    assert len(fields) == 3
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field)
    for path in (APP / "web" / "static").glob("*.js"):
        assert not re.search(r"addEventListener\(.paste|onpaste", path.read_text("utf-8")), path


def test_password_of_64_characters_may_be_chosen_and_is_compared_whole() -> None:
    password = "siete lápices amarillos bailan despacio sobre la mesa del jardín"
    assert len(password) == 64
    assert password_fault(password) is None
    stored = accounts.hash_password(password)
    assert accounts.is_password(password, stored)
    for other in (password[:-1], password.upper(), f"{password} ", password.swapcase()):
        assert not accounts.is_password(other, stored)


def test_password_holds_until_its_owner_changes_it(client: FlaskClient) -> None:
    her_account(client.application)
    with time_machine.travel(clock.now() + timedelta(days=1_100)):
        answer = posting(client)("/sign-in", email=EMAIL, password=PASSWORD)
        assert (answer.status_code, answer.location, is_in(client)) == (302, "/", True)


@pytest.mark.parametrize("path", ["/", "/account", "/programme", "/courses", "/nowhere"])
def test_every_page_of_somebody_signed_in_leads_out(client: FlaskClient, path: str) -> None:
    sign_in(client, "official-hn")
    assert 'action="/sign-out"' in client.get(path).text


@pytest.mark.parametrize(
    "path",
    [
        "/account/security/app",
        "/account/security/app/removal",
        "/account/security/passkeys/new",
        "/account/security/codes",
    ],
)
def test_factors_change_only_after_confirming(
    client: FlaskClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, "organizer")
    later = clock.now() + timedelta(minutes=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert (posting(client)(path).location or "").startswith("/account/confirm")
