"""The review of the Guidelines by those who make it: it falls due, is opened, answered by countries
and the region, and closed into the next version, whose changed sections flag lessons.
"""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.steps import PLAIN_PHONE_EN, WIDE_ES, named
from tests.support.browser import (
    OpenPage,
    assert_accessible,
    assert_no_sideways_scroll,
    click,
)
from tests.support.server import LiveServer

UNTIL, NEXT = "2027-09-30", "2029-12-01"
REVIEW = re.compile(r"/guidelines/review/\d+$")


def look(page: Page, way: dict[str, Any]) -> None:
    """Axe runs as a script of the page, so it is asked where scripts run."""
    assert_no_sideways_scroll(page)
    if way.get("javascript", True):
        assert_accessible(page)


def propose(page: Page, review: str, way: dict[str, Any]) -> None:
    """Honduras would word III.1 otherwise."""
    page.goto(review)
    click(page.locator("main a[href$='/sections/III.1']"))
    look(page, way)
    page.locator("[name=choice][value=reword]").check()
    button = page.locator("form[action$='/sections/III.1'] button")
    click(button)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("[name=choice][value=reword]")).to_be_checked()
    page.locator("[name=words_es]").fill("Sin importar su acceso a internet.")
    page.locator("[name=words_en]").fill("Whatever her access to the internet.")
    click(button)
    expect(page.locator(".wording--proposed").first).to_contain_text("internet")


def answer(page: Page, review: str, but: int = 0) -> None:
    """The region answers all challenges, or leaves some out."""
    page.goto(review)
    for _challenge in range(page.locator(".challenge .mark-todo").count() - but):
        click(page.locator(".challenge:has(.mark-todo) a").first)
        page.locator("[name=words_es]").fill("No cambia nada.")
        page.locator("[name=words_en]").fill("Nothing changes.")
        click(page.locator("form[action*='/challenges/'] button"))
        expect(page).to_have_url(REVIEW)


@pytest.mark.parametrize("way", [WIDE_ES, PLAIN_PHONE_EN], ids=named)
def test_r31_r32_a_due_review_is_opened_answered_and_closed(
    live_server: LiveServer, open_page: OpenPage, way: dict[str, Any]
) -> None:
    page = steps.enter(open_page, "organizer", "/", **way)
    # R31: the dashboard shows the due review, and it can be opened.
    click(page.locator("main .task a[href*='/guidelines/review/']").first)
    look(page, way)
    page.locator("[name=answers_until]").fill(UNTIL)
    click(page.locator("form[action$='/opening'] button"))
    expect(page.locator(".challenge")).to_have_count(5)
    look(page, way)
    review = page.url

    theirs = steps.enter(open_page, "focal-point-hn", "/", **way)
    expect(theirs.locator("main a[href*='/challenges/']").first).to_be_attached()
    propose(theirs, review, way)

    # R32: it is not closed while one challenge has no answer, and a sentence names it.
    answer(page, review, but=1)
    missing = page.locator(".challenge:has(.mark-todo) a").inner_text()
    page.goto(f"{review}/closing")
    look(page, way)
    expect(page.locator("#state")).to_contain_text(missing)
    page.locator("[name=choice_0]").nth(1).check()
    page.locator("[name=label]").fill("2028")
    page.locator("[name=decision_ref]").fill("Decision 20")
    page.locator("[name=next_due_on]").fill(NEXT)
    close = page.locator("form[action$='/closing'] button")
    click(close)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("[name=label]")).to_have_value("2028")
    answer(page, review)
    page.goto(f"{review}/closing")
    page.locator("[name=choice_0]").nth(1).check()
    page.locator("[name=label]").fill("2028")
    page.locator("[name=decision_ref]").fill("Decision 20")
    page.locator("[name=next_due_on]").fill(NEXT)
    click(close)
    expect(page).to_have_url(REVIEW)
    expect(page.locator("main")).to_contain_text("III.1")
    page.goto("/guidelines/review")
    expect(page.locator("h1")).to_contain_text("2028")
    page.goto("/authoring")
    expect(page.locator("#flagged + p + ul")).to_contain_text("III.1")
    look(page, way)
