"""An official registers, has the webinar in her own calendar, hears of its move once, and sees that
she was there.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from playwright.sync_api import Page, expect

from tests.journeys import steps, world
from tests.journeys.steps import PHONE_ES, PLAIN_PHONE_EN, WIDE_EN, WIDE_ES
from tests.support.actors import PERSONAS
from tests.support.browser import OpenPage, assert_no_sideways_scroll
from tests.support.server import LiveServer

HER = PERSONAS["official-hn"].name
ZONE = ZoneInfo("America/Costa_Rica")


def register(page: Page, event_id: UUID) -> None:
    page.goto(f"/events/{event_id}")
    page.locator(f"form[action$='/events/{event_id}/registrations'] [type=checkbox]").first.check()
    page.locator(f"form[action$='/events/{event_id}/registrations'] button").click()
    expect(page.locator("form[action$='/registrations/cancellation']")).to_be_visible()


def own_feed(page: Page) -> str:
    """The secret address, as the page shows it once."""
    page.goto("/calendar")
    page.locator("form[action$='/calendar/addresses'] button").click()
    return page.locator("#address-mine").input_value()


def entries(page: Page, address: str) -> list[icalendar.Event]:
    """What a calendar program shows of the feed over the next two years."""
    answer = page.context.request.get(address)
    assert answer.ok
    assert answer.headers["content-type"].startswith("text/calendar")
    feed = icalendar.Calendar.from_ical(answer.body())
    now = datetime.now(UTC)
    return list(recurring_ical_events.of(feed).between(now, now + timedelta(days=730)))


def move(page: Page, event_id: UUID, starts: datetime, ends: datetime) -> None:
    page.goto(f"/events/{event_id}/edit")
    steps.fill_time(page, starts, ends)
    steps.button(page, "save").click()
    expect(page.locator("main")).to_contain_text(f"{starts:%H:%M}–{ends:%H:%M}")


def test_she_registers_and_is_offered_her_calendar(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    event = world.coming(live_server, "protection")
    page = steps.enter(open_page, "official-hn", **PLAIN_PHONE_EN)
    register(page, event.id)
    file = page.locator(f"a.btn[href*='/events/{event.id}.ics']")
    expect(file).to_be_visible()
    page.locator(".calendar-add summary").click()
    expect(page.locator(".calendar-add a[href^='webcal://']")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Costa Rica, UTC−6")
    assert page.context.request.get(file.get_attribute("href") or "").ok
    assert_no_sideways_scroll(page)
    page.goto("/my-webinars")
    expect(page.get_by_role("link", name=event.title["en"])).to_be_visible()


def test_r57_her_feed_follows_a_move_under_the_same_uid(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    event = world.coming(live_server, "protection")
    hers = steps.enter(open_page, "official-hn", **PHONE_ES)
    register(hers, event.id)
    address = own_feed(hers)
    [before] = entries(hers, address)
    # Between aware values equality compares the instants, whatever zone the feed writes.
    assert before.start == event.starts.replace(tzinfo=ZONE)
    assert before.end == event.ends.replace(tzinfo=ZONE)

    organizer = steps.enter(open_page, "organizer", **WIDE_EN)
    later = timedelta(minutes=90)
    move(organizer, event.id, event.starts + later, event.ends + later)
    [after] = entries(hers, address)
    assert after["UID"] == before["UID"]
    assert after.sequence == before.sequence + 1
    assert after.start - before.start == later
    assert after.end - after.start == before.end - before.start


def test_r46_a_move_writes_exactly_once_to_whoever_is_registered_or_has_a_part(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    event = world.coming(live_server, "protection")
    register(steps.enter(open_page, "official-hn", **WIDE_ES), event.id)
    live_server.drain()
    seen = world.last_message(live_server)
    organizer = steps.enter(open_page, "organizer", **WIDE_ES)
    move(organizer, event.id, event.starts + timedelta(hours=1), event.ends + timedelta(hours=1))
    live_server.drain()
    letters = world.messages_after(live_server, seen)
    registered, named = (
        world.registered(live_server, event.id),
        world.with_a_part(live_server, event.id),
    )
    assert len(registered) > 1
    expected = {*registered, *named}
    assert sorted(letter.person_id or 0 for letter in letters) == sorted(expected)
    assert all(letter.is_sent for letter in letters)
    hers = next(
        letter for letter in letters if letter.person_id == world.person_id(live_server, HER)
    )
    assert f"{event.starts + timedelta(hours=1):%H:%M}" in hers.body
    assert "UTC−6" in hers.body
    assert f"/events/{event.id}" in hers.body


def test_she_sees_that_she_was_there(live_server: LiveServer, open_page: OpenPage) -> None:
    event = world.coming(live_server, "protection")
    hers = steps.enter(open_page, "official-hn", **PHONE_ES)
    register(hers, event.id)
    world.let_pass(live_server, event.id)
    organizer = steps.enter(open_page, "organizer", f"/events/{event.id}", **WIDE_ES)
    organizer.locator(f"main a[href$='/events/{event.id}/attendance']").click()
    minutes = organizer.locator(f"[name='minutes-{world.person_id(live_server, HER)}']")
    minutes.fill("ninety")
    organizer.get_by_role("button", name="Guardar la asistencia").click()
    expect(organizer.get_by_role("alert")).to_contain_text(HER)
    minutes.fill("47")
    organizer.get_by_role("button", name="Guardar la asistencia").click()
    expect(minutes).to_have_value("47")
    hers.goto("/my-webinars")
    entry = hers.locator("li").filter(has=hers.get_by_role("link", name=event.title["es"]))
    expect(entry).to_contain_text("47")
