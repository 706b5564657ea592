"""From a wish to an agenda: an organizer plans and asks, the presidency approves, the organizer
publishes and writes, and a moderator who would sit twice is refused in one sentence.
"""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps, world
from tests.journeys.steps import PHONE_ES, Wish, named
from tests.support.browser import OpenPage, assert_no_sideways_scroll
from tests.support.server import LiveServer

TITLE = "Mesas de preparación del congreso"
WAYS: list[dict[str, Any]] = [{**PHONE_ES, "javascript": False}]


def write_session(page: Page, title: str, starts: datetime, minutes: int, moderator: str) -> None:
    page.locator("[name=title_es]").fill(title)
    steps.fill_time(page, starts, starts + timedelta(minutes=minutes))
    steps.name_person(page, moderator)
    steps.button(page, "save").click()


@pytest.mark.parametrize("way", WAYS, ids=named)
def test_r2_r4_r40_a_webinar_is_asked_for_approved_published_and_given_an_agenda(
    live_server: LiveServer, open_page: OpenPage, way: dict[str, Any]
) -> None:
    held = world.coming(live_server, "labour-migration", number=1)
    starts = datetime.combine(held.starts.date(), time(17))
    page = steps.enter(open_page, "organizer", "/events/plan", **way)
    steps.fill_plan(page, Wish(TITLE, starts, starts + timedelta(hours=3)))
    steps.button(page, "save").click()
    expect(page.locator("main")).to_contain_text("Borrador")
    page.locator("form[action$='/ask-approval'] button").click()
    expect(page.locator("main")).to_contain_text("Reservado")
    expect(page.locator("form[action$='/publish'], form[action$='/approve']")).to_have_count(0)

    presidency = steps.enter(open_page, "presidency", "/", **way)
    presidency.get_by_role("link", name=TITLE).first.click()
    presidency.locator("form[action$='/approve'] button").click()
    expect(presidency.locator("main")).to_contain_text("Aprobado")

    page.goto("/")
    page.get_by_role("link", name=TITLE).first.click()
    page.locator("form[action$='/publish'] button").click()
    expect(page.locator(".status").first).to_contain_text("Publicado")

    page.get_by_role("link", name="Agenda", exact=True).click()
    page.locator("a[href$='/agenda/new']").click()
    write_session(page, "Mesa de protección", starts, 60, held.people[0])
    expect(page.locator("main")).to_contain_text("17:00–18:00")
    page.locator("a[href$='/agenda/new']").click()
    write_session(page, "Mesa laboral", starts + timedelta(minutes=30), 60, held.people[0])
    [sentence] = steps.refusals(page)
    for part in (held.people[0], "Mesa de protección", "17:00", "18:00", "Costa Rica, UTC−6"):
        assert part in sentence
    assert sentence.count(".") == 1
    expect(page.locator("[name=title_es]")).to_have_value("Mesa laboral")
    steps.fill_time(page, starts + timedelta(minutes=60), starts + timedelta(minutes=120))
    steps.button(page, "save").click()
    expect(page.locator("main")).to_contain_text("18:00–19:00")
    expect(page.locator("main li.agenda-item")).to_have_count(2)
    assert_no_sideways_scroll(page)
