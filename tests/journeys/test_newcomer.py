"""The first minute: somebody arrives, reads what this is, changes the language, and enters as each
persona.
"""

import re
from itertools import cycle
from typing import Any

import pytest
from playwright.sync_api import expect

from app.office.home.views.front import given_name
from tests.journeys import steps
from tests.journeys.steps import PHONE_ES, PLAIN_PHONE_EN, WIDE_EN, WIDE_ES, named
from tests.support.actors import PERSONAS
from tests.support.browser import OpenPage, assert_no_sideways_scroll


@pytest.mark.parametrize("way", [WIDE_ES, PLAIN_PHONE_EN], ids=named)
def test_the_front_page_says_what_this_is_and_what_comes_next(
    open_page: OpenPage, way: dict[str, Any]
) -> None:
    page = open_page("/", **way)
    said = steps.heading(page).inner_text()
    assert (
        said
        == {
            "es": "Webinarios sin choques, capacitación que permanece",
            "en": "Webinars without clashes, training that stays",
        }[way["lang"]]
    )
    expect(page.locator("main a[href*='/events/']").first).to_be_visible()
    page.locator("main form[action='/verify'] input[name=code]").fill("not a code")
    page.locator("main form[action='/verify'] button").click()
    expect(page).to_have_url(re.compile(r"/verify\?code=not\+a\+code$"))
    assert_no_sideways_scroll(page)


@pytest.mark.parametrize("way", [WIDE_ES, PLAIN_PHONE_EN], ids=named)
def test_the_language_switch_keeps_the_page_and_is_remembered(
    open_page: OpenPage, way: dict[str, Any]
) -> None:
    page = open_page("/programme?month=2027-01", **way)
    here, other = way["lang"], "en" if way["lang"] == "es" else "es"
    expect(page.locator("html")).to_have_attribute("lang", here)
    page.get_by_role("link", name="English" if other == "en" else "Español").click()
    expect(page.locator("html")).to_have_attribute("lang", other)
    assert "month=2027-01" in page.url
    expect(steps.heading(page)).to_have_text("Programme" if other == "en" else "Programa")
    page.goto("/verify")
    expect(page.locator("html")).to_have_attribute("lang", other)


def test_every_persona_enters_with_one_click_and_is_greeted(open_page: OpenPage) -> None:
    """Every other one on a telephone, and at a desk without scripts."""
    ways: list[dict[str, Any]] = [PHONE_ES, {**WIDE_EN, "javascript": False}]
    visitors = cycle(open_page("/sign-in", **way) for way in ways)
    for (who, persona), page in zip(PERSONAS.items(), visitors, strict=False):
        steps.sign_in(page, who)
        assert page.url.endswith("/"), f"{who} lands on {page.url}"
        expect(steps.heading(page)).to_contain_text(given_name(persona.name))
        page.context.clear_cookies()


@pytest.mark.parametrize(
    ("who", "action"),
    [
        ("organizer", "/events/plan"),
        ("convenor-labour", "/events/plan"),
        ("official-hn", "/courses/guidelines"),
        ("focal-point-hn", "/agreements?which=overdue&country=HN"),
    ],
)
def test_home_puts_the_first_thing_to_do_before_everything_else(
    open_page: OpenPage, who: str, action: str
) -> None:
    """The first link or button of the page's own content, in the order it is read."""
    page = steps.enter(open_page, who, "/", **WIDE_ES)
    first = page.locator("main :is(a, button)").first
    assert (first.get_attribute("href") or "").endswith(action), first.inner_text()
    expect(first).to_be_in_viewport()
