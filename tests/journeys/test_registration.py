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
from tests.journeys.steps import PLAIN_PHONE_EN, WIDE_ES
from tests.support.actors import PERSONAS
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer

HER = PERSONAS["official-hn"].name
ZONE = ZoneInfo("America/Costa_Rica")


def register(page: Page, event_id: UUID) -> None:
    page.goto(f"/events/{event_id}")
    page.locator(f"form[action$='/events/{event_id}/registrations'] [type=checkbox]").first.check()
    click(page.locator(f"form[action$='/events/{event_id}/registrations'] button"))
    expect(page.locator("form[action$='/registrations/cancellation']")).to_be_visible()


def own_feed(page: Page) -> str:
    """The secret address, as the page shows it once."""
    page.goto("/calendar")
    click(page.locator("form[action$='/calendar/addresses'] button"))
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
    click(steps.button(page, "save"))
    expect(page.locator("main")).to_contain_text(f"{starts:%H:%M}–{ends:%H:%M}")


def letters_of_the_move(
    live_server: LiveServer, event_id: UUID, seen: int, starts: datetime
) -> None:
    """One to whoever is registered or has a part, and to nobody else."""
    live_server.drain()
    letters = world.messages_after(live_server, seen)
    registered, named = (
        world.registered(live_server, event_id),
        world.with_a_part(live_server, event_id),
    )
    assert len(registered) > 1
    expected = {*registered, *named}
    assert sorted(letter.person_id or 0 for letter in letters) == sorted(expected)
    assert all(letter.is_sent for letter in letters)
    hers = next(
        letter for letter in letters if letter.person_id == world.person_id(live_server, HER)
    )
    assert f"{starts:%H:%M}" in hers.body
    assert "UTC−6" in hers.body
    assert f"/events/{event_id}" in hers.body


def writes_down_who_came(page: Page, event_id: UUID, person_id: int) -> None:
    page.goto(f"/events/{event_id}/attendance")
    minutes = page.locator(f"[name='minutes-{person_id}']")
    minutes.fill("ninety")
    click(page.get_by_role("button", name="Guardar la asistencia"))
    expect(page.get_by_role("alert")).to_contain_text(HER)
    minutes.fill("47")
    click(page.get_by_role("button", name="Guardar la asistencia"))
    expect(minutes).to_have_value("47")


def test_r46_r57_she_registers_follows_a_move_is_written_to_once_and_sees_that_she_was_there(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """She on a telephone without scripts, the organizer at a desk. Her feed keeps the UID."""
    event = world.coming(live_server, "protection")
    hers = steps.enter(open_page, "official-hn", **PLAIN_PHONE_EN)
    register(hers, event.id)
    file = hers.locator(f"a.btn[href*='/events/{event.id}.ics']")
    expect(file).to_be_visible()
    click(hers.locator(".calendar-add summary"))
    expect(hers.locator(".calendar-add a[href^='webcal://']")).to_be_visible()
    expect(hers.locator("main")).to_contain_text("Costa Rica, UTC−6")
    assert hers.context.request.get(file.get_attribute("href") or "").ok
    assert_no_sideways_scroll(hers)
    address = own_feed(hers)
    [before] = entries(hers, address)
    # Between aware values equality compares the instants, whatever zone the feed writes.
    assert before.start == event.starts.replace(tzinfo=ZONE)
    assert before.end == event.ends.replace(tzinfo=ZONE)

    live_server.drain()
    seen, later = world.last_message(live_server), timedelta(minutes=90)
    organizer = steps.enter(open_page, "organizer", **WIDE_ES)
    move(organizer, event.id, event.starts + later, event.ends + later)
    [after] = entries(hers, address)
    assert after["UID"] == before["UID"]
    assert after.sequence == before.sequence + 1
    assert after.start - before.start == later
    assert after.end - after.start == before.end - before.start
    letters_of_the_move(live_server, event.id, seen, event.starts + later)

    world.let_pass(live_server, event.id)
    writes_down_who_came(organizer, event.id, world.person_id(live_server, HER))
    hers.goto("/my-webinars")
    entry = hers.locator("li").filter(has=hers.get_by_role("link", name=event.title["en"]))
    expect(entry).to_contain_text("47")
