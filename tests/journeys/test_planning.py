"""An organizer puts a webinar into a crowded calendar: refused with reasons, offered three hours,
published.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.journeys import steps, world
from tests.journeys.steps import PHONE_ES, PLAIN_PHONE_EN, Wish
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer

TITLE = "Preparación del congreso: voces de las consulares"
PLACE_IN_CYCLE = "[name=prepares][value='congress-next']"
RULE, RULE_EN = (
    "dos grupos de trabajo no se reúnen a la vez",
    "two working groups do not meet at once",
)
MINUTE = timedelta(minutes=1)


def test_r39_a_minute_of_overlap_is_refused_with_why_and_back_to_back_is_published(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """On a telephone without scripts. One sentence has the rule, the other event, its hours with
    their zone and who is shared; what was typed is kept, and three free hours are offered.

    Just before another event; just after it is the same question to the rule, see its own tests.
    test_clicks does it at a desk and takes the hour offered.
    """
    held = world.coming(live_server, "labour-migration", number=1)
    starts = held.starts - timedelta(minutes=45)
    free = Wish(TITLE, starts, held.starts, ("protection",), held.people[0])
    wish = replace(free, starts=starts + MINUTE, ends=held.starts + MINUTE)
    page = steps.enter(open_page, "organizer", "/events/plan", **PLAIN_PHONE_EN)
    steps.fill_plan(page, free)
    steps.unfold(page)
    page.locator(PLACE_IN_CYCLE).check()
    steps.fill_time(page, wish.starts, wish.ends)
    click(steps.button(page, "publish"))
    [sentence] = [said for said in steps.refusals(page) if RULE_EN in said]
    for part in (
        held.title["en"],
        f"{held.starts:%H:%M}",
        f"{held.ends:%H:%M}",
        "Costa Rica, UTC−6",
        "both need",
        held.people[0],
    ):
        assert part in sentence
    assert sentence.count(".") == 1
    assert sentence.endswith(".")
    assert page.title().startswith("Error:")
    expect(page.locator("[name=title_es]")).to_have_value(TITLE)
    assert steps.typed_time(page) == (wish.starts, wish.ends)
    expect(steps.slots(page)).to_have_count(3)
    expect(steps.button(page, "publish")).to_have_count(0)
    assert_no_sideways_scroll(page)

    click(steps.slots(page).nth(1))
    steps.no_slots(page)
    offered = steps.typed_time(page)
    assert offered[0] != wish.starts
    assert offered[1] - offered[0] == wish.ends - wish.starts
    steps.fill_time(page, starts, held.starts)
    click(steps.button(page, "publish"))
    expect(steps.heading(page)).to_contain_text(TITLE)
    expect(page.get_by_role("status").first).not_to_be_empty()
    hours = f"{starts:%H:%M}–{held.starts:%H:%M} Costa Rica, UTC−6"
    expect(page.locator("main")).to_contain_text(hours)
    page.goto(f"/programme?month={starts:%Y-%m}")
    expect(page.get_by_role("link", name=TITLE)).to_be_visible()


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
    expect(panel).to_contain_text(RULE)
    expect(steps.slots(page)).to_have_count(3)
    expect(panel.get_by_text("Honduras")).to_be_visible()
    expect(page.locator("[name=title_en]")).to_be_focused()
    axe(page)
    page.locator("[name=start]").fill(f"{held.ends:%H:%M}")
    page.locator("[name=end]").fill(f"{held.ends + timedelta(minutes=60):%H:%M}")
    page.locator("[name=title_en]").focus()
    expect(panel).not_to_contain_text(RULE)
    steps.no_slots(page)
    assert page.url.endswith("/events/plan")
    steps.assert_fits_desk_and_phone(page)
