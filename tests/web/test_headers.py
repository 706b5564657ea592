"""Security headers on every answer, whatever it is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import apps
from tests.support.actors import sign_in
from tests.support.databases import settings_for
from tests.support.lifetime import close_app

ANSWERS = [
    "/sign-in",
    "/healthz",
    "/nowhere",
    "/account",
    "/api/v1/me",
    "/api/v1/openapi.json",
    "/static/app.css",
]


@pytest.fixture
def production(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = apps.made(
        settings_for(
            database_url,
            tmp_path / "var",
            environment="production",
            base_url="https://convoca.example.org",
        )
    )
    yield app
    close_app(app)


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert re.match(
        r"default-src 'none'; script-src 'self' 'nonce-[\w-]{24}'; style-src 'self';", policy
    )
    for directive in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert directive in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert re.fullmatch(r"[0-9a-f]{12}", headers["X-Request-Id"])


def test_the_nonce_is_new_each_time_and_the_one_in_the_page(client: FlaskClient) -> None:
    seen = set()
    for _ in range(3):
        answer = client.get("/sign-in")
        found = re.search(r"'nonce-([\w-]+)'", answer.headers["Content-Security-Policy"])
        assert found is not None
        seen.add(found[1])
        assert set(re.findall(r'nonce="([^"]+)"', answer.text)) <= {found[1]}
    assert len(seen) == 3


def test_pages_of_somebody_signed_in_are_not_kept(client: FlaskClient) -> None:
    assert "no-store" not in client.get("/nowhere").headers.get("Cache-Control", "")
    sign_in(client, "official-hn")
    for path in ("/account", "/nowhere"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert "Cookie" in headers["Vary"]


def test_the_session_cookie_is_for_this_site_and_no_script(client: FlaskClient) -> None:
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie


def test_in_production_cookie_and_connection_are_tied_to_the_host(production: Flask) -> None:
    answer = production.test_client().get("/sign-in", base_url="https://convoca.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


@pytest.mark.parametrize(
    "host", ["evil.example", "convoca.example.org.evil.example", "sub.convoca.example.org"]
)
def test_in_production_another_host_is_refused(production: Flask, host: str) -> None:
    answer = production.test_client().get("/sign-in", base_url=f"https://{host}")
    assert answer.status_code == 400
    assert host not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_probe_on_the_machine_itself_is_heard(production: Flask) -> None:
    assert (
        production.test_client().get("/healthz", base_url="http://127.0.0.1:8000").status_code
        == 200
    )


def test_log_lines_name_the_route_and_never_the_path(
    production: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    client = production.test_client()
    client.get("/sign-in/link/topsecrettoken?lang=en", base_url="https://convoca.example.org")
    client.get("/healthz", base_url="https://convoca.example.org")
    err = capsys.readouterr().err
    assert '"route": "/sign-in/link/<token>"' in err
    assert '"request_id"' in err
    for absent in ("topsecrettoken", "127.0.0.1", "/healthz"):
        assert absent not in err
