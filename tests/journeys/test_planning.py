"""An organizer puts a webinar into a crowded calendar: refused with reasons, offered three hours,
published.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps, world
from tests.journeys.steps import PHONE_ES, PLAIN_PHONE_EN, WIDE_ES, Wish, named
from tests.support.browser import OpenPage, assert_no_sideways_scroll
from tests.support.server import LiveServer

TITLE = "Preparación del congreso: voces de las consulares"
PLACE_IN_CYCLE = "[name=prepares][value='congress-next']"
RULE = {
    "es": "dos grupos de trabajo no se reúnen a la vez",
    "en": "two working groups do not meet at once",
}
SHARED = {"es": "comparten a", "en": "both need"}


def clashing(held: world.Held) -> Wish:
    """A webinar of Protection in the middle of one of Labour Migration, with the same moderator."""
    start = held.starts + timedelta(minutes=15)
    return Wish(TITLE, start, start + timedelta(minutes=30), ("protection",), held.people[0])


def the_form(open_page: OpenPage, wish: Wish, **way: Any) -> Page:
    page = steps.enter(open_page, "organizer", "/events/plan", **way)
    steps.fill_plan(page, wish)
    steps.unfold(page)
    page.locator(PLACE_IN_CYCLE).check()
    return page


@pytest.mark.parametrize("way", [WIDE_ES, PLAIN_PHONE_EN], ids=named)
def test_r39_a_taken_hour_is_refused_with_why_and_one_of_three_free_hours_is_published(
    live_server: LiveServer, open_page: OpenPage, way: dict[str, Any]
) -> None:
    """One sentence has the rule, the other event, its hours with their zone and who is shared; what
    was typed is kept.
    """
    held = world.coming(live_server, "labour-migration", number=1)
    wish = clashing(held)
    page = the_form(open_page, wish, **way)
    steps.button(page, "publish").click()
    [sentence] = [said for said in steps.refusals(page) if RULE[way["lang"]] in said]
    for part in (
        held.title.in_(way["lang"]),
        f"{held.starts:%H:%M}",
        f"{held.ends:%H:%M}",
        "Costa Rica, UTC−6",
        SHARED[way["lang"]],
        held.people[0],
    ):
        assert part in sentence
    assert sentence.count(".") == 1
    assert sentence.endswith(".")
    assert page.title().startswith("Error:")
    expect(page.locator("[name=title_es]")).to_have_value(TITLE)
    assert steps.typed_time(page) == (wish.starts, wish.ends)
    expect(steps.slots(page)).to_have_count(3)
    assert_no_sideways_scroll(page)

    steps.slots(page).nth(1).click()
    steps.no_slots(page)
    starts, ends = steps.typed_time(page)
    assert starts != wish.starts
    assert ends - starts == wish.ends - wish.starts
    steps.button(page, "publish").click()
    expect(steps.heading(page)).to_contain_text(TITLE)
    expect(page.get_by_role("status").first).not_to_be_empty()
    expect(page.locator("main")).to_contain_text(f"{starts:%H:%M}–{ends:%H:%M} Costa Rica, UTC−6")
    page.goto(f"/programme?month={starts:%Y-%m}")
    expect(page.get_by_role("link", name=TITLE)).to_be_visible()


def test_r39_back_to_back_passes_and_one_minute_of_overlap_does_not(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """Just before another event; just after it is the same question to the rule, see its own
    tests.
    """
    held = world.coming(live_server, "labour-migration", number=1)
    starts, minute = held.starts - timedelta(minutes=45), timedelta(minutes=1)
    page = steps.enter(
        open_page, "organizer", "/events/plan", width=1360, lang="en", javascript=False
    )
    steps.fill_plan(page, Wish(TITLE, starts + minute, held.starts + minute))
    steps.button(page, "publish").click()
    assert any(RULE["en"] in said for said in steps.refusals(page))
    steps.fill_time(page, starts, held.starts)
    steps.button(page, "publish").click()
    expect(steps.heading(page)).to_contain_text(TITLE)
    assert "/events/plan" not in page.url


def test_the_panel_answers_while_the_organizer_chooses(
    live_server: LiveServer, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    """With JavaScript nothing is sent by hand: the answer changes beside the fields, which keep
    their focus.
    """
    held = world.coming(live_server, "labour-migration", number=1)
    page = steps.enter(open_page, "organizer", "/events/plan", **PHONE_ES)
    panel = page.locator("#plan-panel")
    steps.fill_plan(page, Wish(TITLE, held.starts, held.ends))
    page.locator("[name=title_en]").focus()
    expect(panel).to_contain_text(held.title["es"])
    expect(panel).to_contain_text(RULE["es"])
    expect(steps.slots(page)).to_have_count(3)
    expect(panel.get_by_text("Honduras")).to_be_visible()
    expect(page.locator("[name=title_en]")).to_be_focused()
    axe(page)
    page.locator("[name=start]").fill(f"{held.ends:%H:%M}")
    page.locator("[name=end]").fill(f"{held.ends + timedelta(minutes=60):%H:%M}")
    page.locator("[name=title_en]").focus()
    expect(panel).not_to_contain_text(RULE["es"])
    steps.no_slots(page)
    assert page.url.endswith("/events/plan")
    steps.assert_fits_desk_and_phone(page)
