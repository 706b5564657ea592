"""What somebody with a paper in the hand types, and what the page answers."""

import pytest
from flask.testing import FlaskClient

from app.training.certificates.rules import code_from, grouped

pytestmark = pytest.mark.usefixtures("the_day")

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
