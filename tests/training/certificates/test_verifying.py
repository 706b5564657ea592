"""What somebody with a paper in the hand types, and what the page answers."""

import secrets

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.training.certificates import rules
from app.training.certificates.rules import code_from, grouped
from app.web.limits import VERIFY
from tests.planning.events.rows import every_statement
from tests.support.limits import limit_as_in_production, use_up
from tests.training.certificates.builders import an_organizer

pytestmark = pytest.mark.usefixtures("the_day")

NAME = "María José Ñáñez Güell de la O"
FITS = code_from(2**70 + 77)
MISTAKES = {
    "check": (
        f"{FITS[:-1]}{'0' if FITS[-1] != '0' else '1'}",
        ("Un signo no coincide.", "One character does not match."),
    ),
    "short": (grouped(FITS)[:14], ("Faltan 4 signos:", "4 characters are missing:")),
    "one short": (FITS[:15], ("Falta 1 signo:", "1 character is missing:")),
    "long": (f"{FITS}77", ("Sobran 2 signos:", "There are 2 characters too many:")),
    "symbol": (f"Ñ{FITS[1:]}", ("«Ñ» no está", "“Ñ” is in none")),
    "elsewhere": (
        f"https://convoca.example.org.evil.example/verify/{FITS}",
        ("sino a convoca.example.org.evil.example.", "but to convoca.example.org.evil.example."),
    ),
    "no code": ("https://localhost/help", ("Esto no es un código", "This is not a certificate")),
}


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("mistake", list(MISTAKES))
def test_each_mistake_has_its_sentence_and_keeps_what_was_typed(
    client: FlaskClient, mistake: str, language: str
) -> None:
    typed, sentences = MISTAKES[mistake]
    answer = client.get("/verify", query_string={"code": typed, "lang": language})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    said = sentences[0 if language == "es" else 1]
    assert page.count(said) == 2, "at the top and at the field"
    assert f'value="{typed}"' in page
    for other, (_typed, others) in MISTAKES.items():
        if other != mistake:
            assert not any(sentence in page for sentence in others)


def test_unknown_is_another_sentence_than_a_mistake(client: FlaskClient) -> None:
    answer = client.get(f"/verify/{FITS}?lang=en")
    assert answer.status_code == 404
    assert "No certificate with this code was ever issued." in answer.get_data(as_text=True)


@pytest.mark.parametrize("scheme", ["https://", "", "HTTP://"])
def test_pasted_link_of_ours_leads_to_its_code(client: FlaskClient, code: str, scheme: str) -> None:
    typed = f"{scheme}localhost/verify/{grouped(code)}"
    answer = client.get("/verify", query_string={"code": typed})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/verify/{code}")


def looked_up(client: FlaskClient, path: str, *, times: int, source: str) -> list[int]:
    return [
        client.get(path, environ_base={"REMOTE_ADDR": source}).status_code for _ in range(times)
    ]


def test_lookups_from_one_address_are_limited_and_spare_every_other(
    client: FlaskClient, code: str
) -> None:
    ministry, elsewhere = "198.51.100.7", "2001:db8:1:2::3"
    limit_as_in_production(client.application)
    use_up(client.application, VERIFY, source=ministry, but=10)
    answers = looked_up(client, f"/verify/{code}", times=30, source=ministry)
    assert answers == [200] * 10 + [429] * 20
    refused = client.get(f"/verify/{grouped(code)}?lang=es", environ_base={"REMOTE_ADDR": ministry})
    assert 2 <= int(refused.headers["Retry-After"]) <= 61
    assert refused.text.count("Pruebe de nuevo dentro de un minuto") == 2
    assert f'value="{grouped(code)}"' in refused.text
    assert NAME not in refused.text
    api = client.get(f"/api/v1/certificates/{code}", environ_base={"REMOTE_ADDR": ministry})
    assert (api.status_code, 2 <= int(api.headers["Retry-After"]) <= 61) == (429, True)
    assert client.get("/verify", environ_base={"REMOTE_ADDR": ministry}).status_code == 200
    assert looked_up(client, f"/verify/{code}", times=1, source=elsewhere) == [200]


def test_guessing_codes_is_hopeless(client: FlaskClient, code: str) -> None:
    """Guesses with a right check symbol find nothing and are held up; 2^75 codes leave 100,000
    issued ones out of reach.
    """
    limit_as_in_production(client.application)
    use_up(client.application, VERIFY, source="::", but=10)
    answers = {
        looked_up(client, f"/verify/{code_from(secrets.randbits(75))}", times=1, source="::1")[0]
        for _ in range(30)
    }
    assert answers == {404, 429}
    a_year = VERIFY.per_address * 60 * 24 * 365
    assert 2**rules.RANDOM_BITS / 100_000 / a_year > 10**9


def test_verifying_asks_the_database_once(app: Flask, client: FlaskClient, code: str) -> None:
    with app.app_context(), transaction() as db:
        an_organizer(db)  # until there is an account, each page asks whether there is one
    for path in (f"/verify/{code}", f"/api/v1/certificates/{code}"):
        client.get(path)
        with every_statement(app) as statements:
            client.get(path)
        assert len(statements) == 1
