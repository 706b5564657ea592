"""How things are done: found by the words of people, told in the words of the buttons."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.office.home.guides import BY_PAGE, GUIDES, Guide
from tests.support.actors import sign_in
from tests.support.databases import ROOT

TEMPLATES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "templates").rglob("*.html"))
    if not path.name.startswith(("guide", "_guide"))
)


OF_THE_OFFICE = {"official-hn", "focal-point-hn"}
OF_A_COUNTRY = {"official-hn", "organizer"}
CLOSED_TO = {
    "revoke": OF_THE_OFFICE,
    "words-of-certificates": OF_THE_OFFICE,
    "plan-webinar": OF_THE_OFFICE,
    "move-event": OF_THE_OFFICE,
    "annual-plan": OF_THE_OFFICE,
    "renew-list": {"official-hn"},
    "confirm-list": OF_A_COUNTRY,
    "add-staff": OF_A_COUNTRY,
    "vacant-post": OF_A_COUNTRY,
    "train-staff": OF_A_COUNTRY,
}
"""Who does not do what a guide is about, of those whom the test asks."""


def test_pages_lead_to_the_guide_that_is_about_them_and_help_to_all(
    app: Flask, client: FlaskClient
) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints >= BY_PAGE.keys()
    assert client.get("/help").location == "/how-to"
    assert 'href="/how-to/verify"' in client.get("/verify").text
    assert 'href="/how-to"' in client.get("/about").text
    sign_in(client, "organizer")
    for lang, title in (("es", "Planificar un webinario"), ("en", "Plan a webinar")):
        foot = client.get(f"/events/plan?lang={lang}").text.partition("<footer")[2]
        assert 'href="/how-to/plan-webinar"' in foot
        assert title in foot


def test_every_button_that_a_guide_names_stands_on_a_page() -> None:
    named = {step.button for guide in GUIDES for step in guide.steps if step.button}
    assert len(named) > 8
    missing = [one for one in sorted(named) if f'_("{one}")' not in TEMPLATES]
    assert missing == []


def test_each_guide_has_at_most_five_steps_and_says_what_may_go_wrong() -> None:
    for guide in GUIDES:
        assert 2 <= len(guide.steps) <= 5, guide.slug
        assert guide.troubles, guide.slug
        for step in guide.steps:
            assert ("%(button)s" in step.say) == bool(step.button), step.say


@pytest.mark.parametrize("path", ["/how-to", "/search"])
@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("Zoom", "plan-webinar"),
        ("feriado", "holiday"),
        ("reprogramar", "move-event"),
        ("jubilación", "confirm-list"),
        ("vacancy", "vacant-post"),
        ("corregir nombre", "correct-name"),
        ("misspelt", "correct-name"),
        ("anular", "revoke"),
        ("Moodle", "training-elsewhere"),
        ("recertificar", "renew-list"),
        ("falso", "verify"),
        ("firmante", "words-of-certificates"),
        ("eliminar cuenta", "close-account"),
    ],
)
def test_r83_guide_is_found_by_what_people_call_its_task(
    client: FlaskClient, path: str, typed: str, slug: str
) -> None:
    sign_in(client, "organizer")
    page = client.get(path, query_string={"q": typed}).text
    assert f'href="/how-to/{slug}"' in page
    assert page.count('href="/how-to/') < len(GUIDES)


@pytest.mark.parametrize(("lang", "said"), [("es", "Ninguna tarea"), ("en", "No task is called")])
def test_a_word_that_means_no_task_says_so(client: FlaskClient, lang: str, said: str) -> None:
    page = client.get("/how-to", query_string={"q": "xyzzy", "lang": lang}).text
    assert said in page
    assert 'value="xyzzy"' in page


@pytest.mark.parametrize("guide", GUIDES, ids=lambda one: one.slug)
def test_guide_leads_whoever_may_do_it_to_the_place_itself(
    client: FlaskClient, guide: Guide
) -> None:
    page = client.get(f"/how-to/{guide.slug}", query_string={"lang": "en"}).text
    assert (">Do it now<" in page) == (guide.slug in {"verify", "holiday"}), "open to visitors"
    assert re.search(r'aria-current="page"[^>]*>[^<]+</a>', page)
    for who in ("organizer", "official-hn", "focal-point-hn"):
        sign_in(client, who)
        page = client.get(f"/how-to/{guide.slug}", query_string={"lang": "es"}).text
        link = re.search(r'<a class="btn btn-primary" href="([^"]+)">Hacerlo ahora</a>', page)
        if link is not None:
            answer = client.get(link[1], follow_redirects=True)
            assert answer.status_code == 200, (who, link[1])
        else:
            assert who in CLOSED_TO[guide.slug]
    assert client.get("/how-to/nothing").status_code == 404


def test_public_pages_say_where_to_write_only_where_the_office_said_it(
    client: FlaskClient,
) -> None:
    assert "mailto:" not in client.get("/how-to").text
