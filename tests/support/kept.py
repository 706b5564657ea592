"""A form whose token had ended when it was sent: kept for its owner, and shown again."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from flask.testing import FlaskClient

from tests.support.forms import tokens_of


def shown_again(client: FlaskClient, page: str, action: str, typed: Mapping[str, object]) -> str:
    """Sends the form of a page with an old token; returns the page that shows it again."""
    tokens = tokens_of(client.get(page, follow_redirects=True).text)
    answer = client.post(action, data={**typed, **tokens, "csrf_token": "old"})
    assert answer.status_code == 303, answer.text[:500]
    assert urlsplit(answer.location).query.partition("kept=")[2]
    html = client.get(answer.location).text
    assert 'id="kept-form"' in html
    return html


def checked_in(html: str) -> list[str]:
    """The ids of the ticks and choices that are marked on the page."""
    return [
        found[1]
        for tag in re.findall(r"<input[^>]*\schecked[^>]*>", html)
        if (found := re.search(r'\sid="([^"]+)"', tag))
    ]
