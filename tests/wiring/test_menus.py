"""The entry of the header that is marked on a page."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.wiring.menus import NAVIGATION, STANDS_UNDER
from tests.support.actors import sign_in

MARKED = re.compile(r'<a href="([^"]*)" aria-current="page">')


def test_every_page_stands_under_an_entry_of_the_menu(app: Flask) -> None:
    pages = {*app.view_functions, *app.blueprints}
    entries = {endpoint for _label, endpoint, _policy in NAVIGATION}
    assert set(STANDS_UNDER) <= pages
    assert set(STANDS_UNDER.values()) <= entries


@pytest.mark.parametrize(
    ("who", "page", "entry"),
    [
        ("organizer", "/desk", "/desk"),
        ("organizer", "/agreements", "/desk"),
        ("organizer", "/matrix", "/region"),
        ("organizer", "/matrix/periods", "/desk"),
        ("organizer", "/programme/lanes", "/programme"),
        ("focal-point-hn", "/countries/HN/matrix", "/my-country"),
        ("official-hn", "/agreements", None),
    ],
)
def test_the_entry_to_which_a_page_belongs_is_marked(
    client: FlaskClient, who: str, page: str, entry: str | None
) -> None:
    sign_in(client, who)
    html = client.get(page).text
    header = html[html.index("site-nav") : html.index("</nav>", html.index("site-nav"))]
    assert MARKED.findall(header) == ([entry] if entry else [])
