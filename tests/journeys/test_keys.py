"""Keys in a real browser: "/" leads into the search, and hours typed as a range fill both boxes."""

from playwright.sync_api import expect

from tests.journeys import steps
from tests.support.browser import OpenPage, press


def test_slash_leads_into_the_search_and_a_range_fills_both_hours(open_page: OpenPage) -> None:
    page = steps.enter(open_page, "organizer", "/home", **steps.WIDE_ES)
    page.keyboard.press("/")
    page.keyboard.press("n")  # before the search is there: it does not plan
    page.wait_for_url("**/search#q")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("con")
    assert page.locator("#q").input_value() == "con"
    page.goto("/events/plan?on=2027-03-30&start=09:00&end=11:00")
    page.locator("#start").fill("15-16:30")
    press(page.locator("#start"), "Tab")
    expect(page.locator("#end")).to_have_value("16:30")
    expect(page.locator("#start")).to_have_value("15:00")
    expect(page.locator("#end")).to_be_focused()
