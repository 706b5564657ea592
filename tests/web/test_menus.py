"""The header has at most five entries for everybody; what else is theirs stands behind their
initials.
"""

import re

import pytest
from flask.testing import FlaskClient

from app.web.render import MOST_ENTRIES, initials
from tests.support.actors import sign_in


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ángel Rivas Umaña", "ÁR"),
        ("Joanna Bradley", "JB"),
        ("Carlos Eduardo Pineda Rivas", "CP"),
        ("Óscar Solórzano de la O", "ÓS"),
        ("María José Ñáñez Güell", "MÑ"),
        ("Secretaría", "SE"),
        ("ana núñez", "AN"),
        ("", ""),
    ],
)
def test_initials_are_of_the_first_name_and_the_first_family_name(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    "persona", ["organizer", "presidency", "convenor-labour", "focal-point-hn", "official-hn"]
)
def test_the_header_has_room_for_five_and_the_rest_is_behind_the_initials(
    client: FlaskClient, persona: str
) -> None:
    sign_in(client, persona)
    head = client.get("/?lang=en").text.split("<main")[0]
    bar = head.split('class="site-nav"')[1].split("</nav>")[0]
    entries = re.findall(r'href="([^"]+)"[^>]*>([^<]+)<', bar)
    assert 3 <= len(entries) <= MOST_ENTRIES
    assert [label for _url, label in entries][:2] == ["Home", "Programme"]
    panel = head.split('class="menu-panel"')[1]
    for word in ("My webinars", "My certificates", "My account", "Sign out"):
        assert word in panel
        assert word not in bar


def test_a_visitor_finds_the_door_without_a_menu(client: FlaskClient) -> None:
    head = client.get("/programme?lang=en").text.split("<main")[0]
    assert 'class="sign-in"' in head
    assert "initials" not in head
