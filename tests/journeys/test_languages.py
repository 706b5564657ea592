"""An event written in one language only is still readable in the other, and says so."""

from playwright.sync_api import expect

from tests.journeys import steps, world
from tests.journeys.steps import PLAIN_PHONE_EN, WIDE_ES
from tests.support.browser import OpenPage, click
from tests.support.server import LiveServer

MOST_PAGES = 30


def test_r42_an_event_in_spanish_only_is_shown_in_spanish_with_a_notice_to_readers_of_english(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    event_id, title = world.only_in_spanish(live_server)
    page = open_page(f"/events/{event_id}", **PLAIN_PHONE_EN)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(steps.heading(page)).to_have_text(title)
    expect(steps.heading(page).locator("[lang=es]")).to_have_text(title)
    expect(page.get_by_text("This event is available only in Spanish.")).to_be_visible()
    steps.assert_fits_desk_and_phone(page)
    click(page.get_by_role("link", name="Español"))
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(steps.heading(page)).to_have_text(title)
    expect(page.locator("#missing-translation")).to_have_count(0)


def test_r42_the_organizer_sees_it_among_translations_missing(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    _event_id, title = world.only_in_spanish(live_server)
    page = steps.enter(open_page, "organizer", "/", **WIDE_ES)
    click(page.locator("main a[href$='/events/translations']").first)
    wanted, onwards = page.get_by_role("link", name=title), page.locator("main a[rel=next]")
    for _page in range(MOST_PAGES):
        expect(wanted.or_(onwards).first).to_be_visible()
        page.wait_for_load_state("load")
        if wanted.count():
            break
        here = page.url
        click(onwards)
        expect(page).not_to_have_url(here)
    row = page.locator("section.beside").filter(has_text=title).first
    expect(row.get_by_label("Título en inglés")).to_have_value("")
