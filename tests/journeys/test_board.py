"""The board in a real browser: by mouse, by keyboard and without scripts an event goes where it is
asked to, or stays where it is and says why.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.planning.events.models import Event
from tests.journeys import steps, world
from tests.journeys.steps import PLAIN_PHONE_EN, WIDE_ES
from tests.support.browser import HEIGHTS, OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer

RULE = {
    "es": "dos grupos de trabajo no se reúnen a la vez",
    "en": "two working groups do not meet at once",
}
QUARTER_PX, SLACK_PX = 10, 14


def the_board(open_page: OpenPage, held: world.Held, **way: Any) -> Page:
    return steps.enter(open_page, "organizer", f"/programme/board?month={held.starts:%Y-%m}", **way)


def card(page: Page, held: world.Held) -> Locator:
    return page.locator(f"[id='e-{held.id}']")


def handle(page: Page, held: world.Held) -> Locator:
    return card(page, held).locator(".move")


def answer(page: Page) -> Locator:
    return page.locator("#board-answer")


def starts_now(server: LiveServer, held: world.Held) -> datetime:
    """Wall time of the event's zone, as the database has it."""

    def query(db: Any) -> datetime:
        event = db.get_one(Event, held.id)
        return datetime.fromisoformat(event.wall_starts)

    return world.look(server, query)


def a_free_day(server: LiveServer, held: world.Held) -> timedelta:
    """The days to the nearest weekday of the same month and week on which nothing else is
    planned.
    """

    def query(db: Any) -> set[Any]:
        dated = (event for event in db.scalars(select(Event)) if event.starts_at)
        return {event.starts_at.astimezone(ZoneInfo(event.timezone)).date() for event in dated}

    taken = world.look(server, query)
    for days in (1, 2, -1, -2, 3, -3):
        to = held.starts + timedelta(days=days)
        same_week = (
            to.isocalendar()[:2] == held.starts.isocalendar()[:2] and to.month == held.starts.month
        )
        if same_week and to.weekday() < 5 and to.date() not in taken:
            return timedelta(days=days)
    raise AssertionError("the demonstration's week is full")


def drag(page: Page, source: Locator, on: datetime, *, aside: int = 0) -> None:
    """With the mouse, to the row of that day, and so many pixels to the side."""
    source.evaluate(
        "card => { card.scrollIntoView({block: 'start'}); scrollBy(0, -300); }"
    )  # far from the edges
    row = page.locator(f"tr[data-on='{on:%Y-%m-%d}']")
    box, goal = source.bounding_box(), row.bounding_box()
    assert box
    assert goal
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + 6)
    page.mouse.down()
    page.mouse.move(x + 3, box["y"] + 20, steps=3)
    page.mouse.move(x + aside, goal["y"] + goal["height"] - 4, steps=6)


def drag_onto(page: Page, source: Locator, other: world.Held) -> None:
    drag(page, source, other.starts)
    onto = card(page, other).bounding_box()
    assert onto
    page.mouse.move(onto["x"] + 12, onto["y"] + 8, steps=4)


def test_a_card_is_moved_by_mouse_by_keyboard_and_by_a_finger(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """Dragged to another day and hour, brought back by keys, and on a telephone "Move" leads to the
    plain form.
    """
    held = world.coming(live_server, "protection", number=1)
    days = a_free_day(live_server, held)
    page = the_board(open_page, held, **WIDE_ES)
    wish = held.starts + days + timedelta(minutes=30)
    drag(page, card(page, held), wish, aside=SLACK_PX + 2 * QUARTER_PX + 4)
    expect(page.locator(".board-ghost")).to_contain_text(f"{wish:%H:%M}")
    expect(page.locator("tr.target")).to_have_attribute("data-on", f"{wish:%Y-%m-%d}")
    page.mouse.up()
    expect(answer(page)).to_contain_text("se movió")
    expect(answer(page)).to_contain_text(f"{wish:%H:%M}–")
    expect(page.locator(f"tr[data-on='{wish:%Y-%m-%d}'] [id='e-{held.id}']")).to_contain_text(
        f"{wish:%H:%M}"
    )
    expect(page.locator(".board-ghost")).to_have_count(0)
    assert "/programme/board" in page.url, "letting go of a card opens nothing"
    assert starts_now(live_server, held) == wish

    back = wish - days + timedelta(minutes=15)
    handle(page, held).focus()
    page.keyboard.press("Space")
    expect(handle(page, held)).to_have_attribute("aria-pressed", "true")
    expect(answer(page)).to_contain_text("en la mano")
    choose_by_keys(page, -days.days)
    expect(answer(page)).to_contain_text(f"{back.day} de ")
    expect(answer(page)).to_contain_text(f"{back:%H:%M}")
    page.keyboard.press("Escape")
    expect(answer(page)).to_contain_text("queda donde estaba")
    expect(page.locator("tr.target")).to_have_count(0)
    page.keyboard.press("Enter")
    choose_by_keys(page, -days.days)
    page.keyboard.press("Enter")
    expect(answer(page)).to_contain_text("se movió")
    expect(handle(page, held)).to_be_focused()
    assert starts_now(live_server, held) == back
    assert answer(page).get_attribute("aria-live") == "polite"

    page.set_viewport_size({"width": 390, "height": HEIGHTS[390]})
    assert_no_sideways_scroll(page)
    click(handle(page, held))
    expect(steps.heading(page)).to_contain_text(held.title["es"])
    assert_no_sideways_scroll(page)


def choose_by_keys(page: Page, days: int) -> None:
    """So many days on, or back, and a quarter of an hour later."""
    for _day in range(abs(days)):
        page.keyboard.press("ArrowDown" if days > 0 else "ArrowUp")
    page.keyboard.press("ArrowRight")


def test_dropped_onto_another_it_stays_says_why_and_offers_to_swap_and_free_times(
    live_server: LiveServer, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    first, second = two_of_a_month(live_server)
    page = the_board(open_page, first, **WIDE_ES)
    drag_onto(page, card(page, first), second)
    expect(page.locator(".board-ghost")).to_contain_text(f"{second.starts:%H:%M}")
    page.mouse.up()
    expect(answer(page)).to_contain_text(RULE["es"])
    expect(answer(page)).to_contain_text(second.title["es"])
    expect(answer(page).locator("[name=slot]")).to_have_count(3)
    expect(answer(page)).to_be_focused()
    expect(
        page.locator(f"tr[data-on='{first.starts:%Y-%m-%d}'] [id='e-{first.id}']")
    ).to_be_visible()
    assert starts_now(live_server, first) == first.starts, "it went back"
    axe(page)
    click(answer(page).get_by_role("button", name="Intercambiar los dos"))
    expect(answer(page)).to_contain_text("Los dos cambiaron de lugar")
    assert starts_now(live_server, first) == second.starts
    assert starts_now(live_server, second) == first.starts

    drag_onto(page, card(page, second), replace(first, starts=second.starts))
    page.mouse.up()
    slot = answer(page).locator("[name=slot]").first
    to = datetime.fromisoformat(slot.get_attribute("value") or "")
    click(slot)
    expect(answer(page)).to_contain_text("se movió")
    assert starts_now(live_server, second) == to.replace(tzinfo=None)


def test_without_a_drag_the_plain_form_does_all_of_it(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    first, second = two_of_a_month(live_server)
    page = the_board(open_page, first, **PLAIN_PHONE_EN)
    assert_no_sideways_scroll(page)
    click(handle(page, first))
    expect(steps.heading(page)).to_contain_text(first.title["en"])
    page.locator("[name=on]").fill(f"{second.starts:%Y-%m-%d}")
    page.locator("[name=start]").fill(f"{second.starts:%H:%M}")
    click(page.locator("form:has([name=on]) button[type=submit]"))
    expect(page.get_by_role("alert")).to_contain_text(RULE["en"])
    expect(page.locator("[name=slot]")).to_have_count(3)
    assert_no_sideways_scroll(page)
    click(page.locator("form:has(input[name=other]) button[type=submit]"))
    expect(page.get_by_role("status").first).not_to_be_empty()
    assert starts_now(live_server, first) == second.starts
    assert starts_now(live_server, second) == first.starts


def two_of_a_month(server: LiveServer) -> tuple[world.Held, world.Held]:
    """Coming events of two working groups that are as long as each other's place, in one month."""
    groups = ("protection", "labour-migration", "border-management", "irregular-mass-migration")
    coming = [world.coming(server, group, number=number) for group in groups for number in (0, 1)]
    for first in coming:
        for second in coming:
            same_month = (first.starts.year, first.starts.month) == (
                second.starts.year,
                second.starts.month,
            )
            if same_month and first.starts.isocalendar()[:2] < second.starts.isocalendar()[:2]:
                return first, second
    raise AssertionError("the demonstration has no two events in one month")
