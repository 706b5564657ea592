"""Countries stand in the order of their names in the reader's language, wherever they are listed."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.body import current_body
from app.kernel.text import name_key
from tests.planning.events.planning_builders import ORGANIZER, a_draft, act_as, furnished, plan

PAGES = (
    "/events/plan",
    "/delegations",
    "/presidency",
    "/setup/presidency",
    "/programme/load",
    "/editions/new",
    "/good-practices/new",
    "/holidays",
    "/institutions",
    "/who-is-who",
    "/events/{event_id}/places",
    "/events/{event_id}/invitations/countries",
)
LISTED = (
    r"<option[^>]*>(.*?)</option>",
    r"<label[^>]*>(.*?)</label>",
    r'<th scope="row"[^>]*>(.*?)</th>',
)


def countries_in(html: str, names: set[str]) -> Iterator[list[str]]:
    """The names of countries in each list, fieldset, choice and table of a page."""
    for part in re.findall(
        r"<(?:select|fieldset|tbody)\b.*?</(?:select|fieldset|tbody)>", html, re.DOTALL
    ):
        for pattern in LISTED:
            words = (re.sub(r"<[^>]*>", "", one) for one in re.findall(pattern, part, re.DOTALL))
            found = [name for one in words if (name := unescape(one).strip()) in names]
            if len(found) > 2:
                yield found


@pytest.mark.parametrize("language", ["es", "en"])
def test_countries_are_listed_by_name(app: Flask, client: FlaskClient, language: str) -> None:
    furnished(app)
    event_id = plan(app, a_draft())
    act_as(app, ORGANIZER)
    with app.app_context():
        names = {name.in_(language) for name in current_body().country_names.values()}
    lists = 0
    for path in PAGES:
        answer = client.get(path.format(event_id=event_id) + f"?lang={language}")
        assert answer.status_code == 200, path
        for found in countries_in(answer.text, names):
            lists += 1
            assert found == sorted(found, key=name_key), path
    assert lists >= 6
