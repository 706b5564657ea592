"""The programme on other sites: only what is public, readable by any origin and by nobody else's
means.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.assets import STATIC
from tests.planning.events.rows import NOW, STARTS, an_event, counted_statements
from tests.support.actors import sign_in

pytestmark = pytest.mark.at(NOW)
FEED = "/programme/public/events.json"
SCRIPT = "/programme/public/convoca-programme.js"
ANY = "Access-Control-Allow-Origin"
EVIL = "<img src=x onerror=alert(1)>"


def titles(client: FlaskClient, query: str = "") -> list[str]:
    return [one["title"] for one in client.get(FEED + query).get_json()["events"]]


@pytest.mark.both_databases
def test_r75_the_feed_holds_what_is_public_and_to_come_and_nothing_else(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app, title="pública", groups=["protection"], place="San José")
    an_event(app, title="borrador", status="draft", published_at=None)
    an_event(app, title="confidencial", is_confidential=True)
    an_event(app, title="cancelada", status="cancelled", cancelled_at=NOW)
    an_event(app, title="pasada", starts_at=STARTS - timedelta(days=60))
    sign_in(client, "organizer")
    body = client.get(FEED).get_json()
    assert [one["title"] for one in body["events"]] == ["pública"]
    assert (body["total"], body["next"], body["language"]) == (1, None, "es")
    (event,) = body["events"]
    assert event["url"] == f"http://localhost/events/{event_id}?lang=es"
    assert (event["day"], event["when"]) == ("jueves 10 dic 2026", "09:00–10:30 Costa Rica, UTC−6")
    assert event["starts_at"] == "2026-12-10T09:00:00-06:00"
    assert event["groups"] == [{"code": "PR", "name": "Protección"}]
    assert "join" not in str(body), "no link to a room"
    english = client.get(f"{FEED}?lang=en").get_json()
    assert english["events"][0]["title"] == "pública (en)"
    assert english["words"]["whole"] == "See the whole programme"


def test_the_feed_goes_in_bounded_pages_of_the_groups_asked_for(
    app: Flask, client: FlaskClient
) -> None:
    for number in range(3):
        an_event(app, title=f"n-{number}", groups=["protection"], starts_at=STARTS)
    an_event(app, title="otra", groups=["labour-migration"])
    first = client.get(f"{FEED}?groups=protection&limit=2").get_json()
    assert (len(first["events"]), first["total"]) == (2, 3)
    rest = client.get(first["next"].removeprefix("http://localhost")).get_json()
    assert (len(rest["events"]), rest["next"]) == (1, None)
    assert titles(client, "?groups=labour-migration") == ["otra"]
    for wrong in ("limit=0", "limit=51", "limit=x", "page=0", "page=999999999", "limit=²"):
        answer = client.get(f"{FEED}?{wrong}")
        assert (answer.status_code, answer.headers[ANY]) == (422, "*")
    assert client.get(f"{FEED}?groups=no-such").status_code == 404
    with counted_statements(app) as statements:
        client.get(FEED)
    assert len([one for one in statements if "FROM account" not in one]) == 2


def test_other_origins_may_read_the_feed_and_the_component_alone(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app)
    for path in (FEED, SCRIPT):
        answer = client.get(path, headers={"Origin": "https://ministerio.example.org"})
        assert answer.headers[ANY] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert "no-store" not in answer.headers["Cache-Control"], "the same for everybody"
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data, again.headers[ANY]) == (304, b"", "*")
    for path in ("/programme", "/programme/embed", "/calendar/public.ics", "/api/v1/events"):
        assert ANY not in client.get(path).headers, path


def test_the_component_is_small_and_sets_text_only(app: Flask) -> None:
    script = (STATIC / "convoca-programme.js").read_text("utf-8")
    assert len(script.encode()) <= 5_000
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script)


def test_the_page_gives_lines_for_the_groups_chosen(app: Flask, client: FlaskClient) -> None:
    an_event(app)
    page = client.get("/programme/embed?group=protection&limit=3&language=en").text
    lines = page[page.index("&lt;script") : page.index("</textarea>")]
    assert f'src="http://localhost{SCRIPT}"' in lines.replace("&#34;", '"')
    assert 'lang="en" groups="protection" limit="3"' in lines.replace("&#34;", '"')
    assert '/programme/embed?group=protection"' in client.get("/calendar?group=protection").text


def test_r75_the_component_shows_hostile_titles_as_text_and_keeps_its_link_without_an_answer(
    open_page: Callable[..., Any], axe: Callable[..., None]
) -> None:
    page = open_page("/programme/embed", width=390)
    page.locator("convoca-programme li a").first.wait_for()
    axe(page)
    event: dict[str, Any] = {"title": EVIL, "title_language": "es", "url": "javascript:alert(1)"}
    event |= {"day": EVIL, "when": EVIL, "starts_at": "2026-12-10", "place": EVIL, "groups": []}
    feed: dict[str, Any] = {"programme": "P", "language": "es", "url": "https://example.org/"}
    feed["events"] = [event]
    feed["words"] = {"whole": "entero y verdadero", "none": "nada"}
    page.route("**/events.json*", lambda route: route.fulfill(json=feed))
    element = page.locator("convoca-programme")
    element.evaluate("it => it.setAttribute('limit', '4')")
    page.get_by_text("entero y verdadero").wait_for()
    assert element.evaluate("it => it.shadowRoot.querySelectorAll('img, script').length") == 0
    assert element.evaluate("it => it.shadowRoot.querySelectorAll('li a').length") == 0
    assert EVIL in element.evaluate("it => it.shadowRoot.querySelector('.title').textContent")
    page.route("**/events.json*", lambda route: route.abort())
    element.evaluate("it => it.setAttribute('limit', '5')")
    element.locator("> a").wait_for()
    assert element.evaluate("it => it.shadowRoot.querySelector('slot') !== null")
