"""The first minute: somebody arrives, reads what this is, changes the language, and enters as each
persona.
"""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from app.office.home.views.home import given_name
from tests.journeys import steps
from tests.journeys.steps import PHONE_ES, PLAIN_PHONE_EN, WIDE_EN, WIDE_ES, named
from tests.support.actors import PERSONAS
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click

SAID = {
    "es": "Webinarios sin choques, capacitación que permanece",
    "en": "Webinars without clashes, training that stays",
}
SWITCH, PROGRAMME = {"es": "English", "en": "Español"}, {"es": "Programa", "en": "Programme"}


@pytest.mark.parametrize("way", [WIDE_ES, PLAIN_PHONE_EN], ids=named)
def test_the_front_page_says_what_this_is_and_the_language_switch_keeps_the_page(
    open_page: OpenPage, way: dict[str, Any]
) -> None:
    page = open_page("/", **way)
    here, other = way["lang"], "en" if way["lang"] == "es" else "es"
    assert steps.heading(page).inner_text() == SAID[here]
    expect(page.locator("main a[href*='/events/']").first).to_be_visible()
    page.locator("main form[action='/verify'] input[name=code]").fill("not a code")
    click(page.locator("main form[action='/verify'] button"))
    expect(page).to_have_url(re.compile(r"/verify\?code=not\+a\+code$"))
    assert_no_sideways_scroll(page)
    expect(page.locator("html")).to_have_attribute("lang", here)
    click(page.get_by_role("link", name=SWITCH[here]))
    expect(page.locator("html")).to_have_attribute("lang", other)
    assert "/verify?code=not+a+code" in page.url
    page.goto("/programme")
    expect(steps.heading(page)).to_have_text(PROGRAMME[other])


def test_every_persona_enters_with_one_click_and_is_greeted(open_page: OpenPage) -> None:
    """One on a telephone and one at a desk without scripts; the others send the same form."""
    ways = {"organizer": PHONE_ES, "official-hn": {**WIDE_EN, "javascript": False}}
    for who, way in ways.items():
        page = open_page("/sign-in", **way)
        steps.sign_in(page, who)
        assert page.url.endswith("/"), f"{who} lands on {page.url}"
        expect(steps.heading(page)).to_contain_text(given_name(PERSONAS[who].name))
    ask = page.context.request
    for who in PERSONAS.keys() - ways.keys():
        page.context.clear_cookies()
        [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', ask.get("/sign-in").text())
        answer = ask.post(
            f"/sign-in/demo/{who}", form={"csrf_token": token}, headers={"Referer": page.url}
        )
        assert answer.url == page.url, f"{who} lands on {answer.url}"
        [said] = re.findall(r"<h1.*?</h1>", answer.text(), re.DOTALL)
        assert given_name(PERSONAS[who].name) in said


def test_home_puts_the_first_thing_to_do_before_everything_else(open_page: OpenPage) -> None:
    """The first link or button of the page's own content, in the order it is read."""
    page = open_page("about:blank", **WIDE_ES)
    for who, action in (
        ("organizer", "/events/plan"),
        ("convenor-labour", "/events/plan"),
        ("official-hn", "/courses/guidelines"),
        ("focal-point-hn", "/countries/HN/roster?to_confirm=1"),
    ):
        steps.become(open_page, page, who, "es")
        page.goto("/")
        first = page.locator("main :is(a, button)").first
        assert (first.get_attribute("href") or "").endswith(action), (who, first.inner_text())
        expect(first).to_be_in_viewport()
