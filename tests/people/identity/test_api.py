"""Who may use the API: bearer tokens, and nothing else."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.actors import bearer, sign_in


def test_a_token_says_who_it_is(app: Flask, client: FlaskClient) -> None:
    body = client.get("/api/v1/me", headers=bearer(app, "focal-point-hn")).get_json()
    assert body.pop("account_id") > 0
    assert body == {
        "name": "Dunia Zúñiga Mejía",
        "language": "es",
        "timezone": "America/Tegucigalpa",
        "country": "HN",
        "roles": [{"role": "focal-point", "scope": "HN"}],
    }


def test_a_cookie_is_not_accepted(client: FlaskClient) -> None:
    sign_in(client, "organizer")
    assert client.get("/account").status_code == 200
    answer = client.get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "Set-Cookie" not in answer.headers


def test_a_token_does_not_open_pages(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/account", headers=bearer(app, "organizer"))
    assert answer.location == "/sign-in?next=/account"


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Basic b3JnOnB3",
        "Bearer \xff\xfe",
        "x",
        "Token a",
        "Bearer a b c",
    ],
)
def test_a_bad_token_is_refused_even_where_anyone_may_read(
    client: FlaskClient, header: str
) -> None:
    for path in ("/api/v1/me", "/api/v1/openapi.json"):
        answer = client.get(path, headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.get_json()["title"] == "bearer-not-valid"


def test_tokens_in_addresses_bodies_and_other_headers_are_ignored(
    app: Flask, client: FlaskClient
) -> None:
    token = bearer(app, "organizer")["Authorization"].removeprefix("Bearer ")
    assert client.get(f"/api/v1/me?auth_token={token}").status_code == 401
    assert client.get("/api/v1/me", headers={"Authentication-Token": token}).status_code == 401
    assert client.get("/api/v1/me", json={"auth_token": token}).status_code == 401
