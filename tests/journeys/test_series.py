"""An organizer plans periodic follow-up webinars as one act, over a change of New York's clocks:
nine stays nine.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.infra import clock
from app.infra.database import transaction
from app.infra.orm import text_in
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.events.models import Event
from app.planning.events.values import EventDraft, EventKind
from app.planning.series.rules import Frequency, Recurrence
from app.planning.series.services import plan_series
from tests.journeys import steps, world
from tests.journeys.steps import PLAIN_PHONE_EN, WIDE_ES, assert_fits_desk_and_phone
from tests.support.actors import actor_of
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer

TITLE = "Seguimiento de los acuerdos: una hora cada mes"
NEW_YORK = ZoneInfo("America/New_York")
NINE, TEN = time(9), time(10)
AGAIN = "Otra vez: seguimiento de los acuerdos"


def second_wednesdays() -> list[date]:
    """From February to May, beyond what the demonstration has planned. New York's clocks go forward
    in March.
    """
    year = clock.now().year + 2
    firsts = [date(year, month, 1) for month in (2, 3, 4, 5)]
    return [first + timedelta(days=(2 - first.weekday()) % 7 + 7) for first in firsts]


def fill(page: Page, title: str, first: date) -> None:
    page.locator("[name=title_es]").fill(title)
    steps.fill_time(page, datetime.combine(first, NINE), datetime.combine(first, TEN))
    page.locator("[name=timezone]").select_option("America/New_York")
    page.locator("[name=frequency]").select_option("monthly")
    page.locator("[name=nth]").select_option("2")
    page.locator("[name=count]").fill("4")
    page.locator("[name=groups][value=protection]").check()


def show_dates(page: Page, title: str, first: date) -> None:
    fill(page, title, first)
    click(steps.button(page, "check"))


def plan(server: LiveServer, title: str, first: date) -> None:
    """What `fill` asks for, by the service."""
    draft = EventDraft(
        EventKind.WEBINAR,
        LocalizedText(es=title),
        Timespan(datetime.combine(first, NINE, NEW_YORK), datetime.combine(first, TEN, NEW_YORK)),
        timezone="America/New_York",
        groups=("protection",),
    )
    with server.app.app_context(), transaction() as db:
        plan_series(
            db,
            actor=actor_of(server.app, "organizer"),
            draft=draft,
            recurrence=Recurrence(Frequency.MONTHLY, first.weekday(), nth=2, count=4),
            publish=True,
            now=clock.now(),
        )


def planned(server: LiveServer, title: str) -> list[Event]:
    asked = select(Event).where(text_in(Event.title, "es") == title).order_by(Event.starts_at)
    return world.look(server, lambda db: list(db.scalars(asked)))


def walls(server: LiveServer, title: str) -> list[datetime]:
    found = [event.starts_at for event in planned(server, title)]
    return [at.astimezone(NEW_YORK).replace(tzinfo=None) for at in found if at]


def test_a_series_over_a_change_of_the_clocks(
    live_server: LiveServer, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    dates = second_wednesdays()
    page = steps.enter(open_page, "organizer", "/events/plan", **WIDE_ES)
    click(page.locator("a[href$='/series/plan']"))
    show_dates(page, TITLE, dates[0])
    expect(page.locator("tbody tr")).to_have_count(4)
    assert_fits_desk_and_phone(page)
    axe(page)
    assert planned(live_server, TITLE) == []
    click(steps.button(page, "publish"))
    expect(page.get_by_role("status").first).not_to_be_empty()
    expect(page.locator("tbody tr")).to_have_count(4)
    hours = [datetime.combine(day, NINE, NEW_YORK).astimezone(UTC).hour for day in dates]
    assert set(hours) == {14, 13}
    for hour, offset in ((14, 5), (13, 4)):
        rows = page.locator("tbody tr").filter(has_text=f"09:00–10:00 Washington, UTC−{offset}")
        expect(rows).to_have_count(hours.count(hour))
    assert_fits_desk_and_phone(page)
    axe(page)
    assert walls(live_server, TITLE) == [datetime.combine(day, NINE) for day in dates]
    found = planned(live_server, TITLE)
    assert [event.starts_at.hour for event in found if event.starts_at] == hours

    move_the_rest_by_an_hour(page)
    assert [wall.hour for wall in walls(live_server, TITLE)] == [9, 9, 10, 10]
    page.goto(f"/events/{found[1].id}")
    expect(page.locator("#series")).to_contain_text("2")
    click(page.locator("#series a[rel=next]"))
    expect(page.locator("main")).to_contain_text("10:00–11:00 Washington, UTC−4")
    assert_fits_desk_and_phone(page)
    axe(page)


def move_the_rest_by_an_hour(page: Page) -> None:
    """From the third date on, an hour later."""
    click(page.locator("tbody tr").nth(2).get_by_role("link"))
    page.locator("[name=start]").fill("10:00")
    page.locator("[name=end]").fill("11:00")
    page.locator("[name=scope][value=following]").check()
    click(steps.button(page, "save"))
    expect(page.get_by_role("status").first).not_to_be_empty()


def test_what_does_not_fit_is_moved_or_skipped_and_what_is_typed_is_kept(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """On a telephone without scripts."""
    dates = second_wednesdays()
    plan(live_server, TITLE, dates[0])
    page = steps.enter(open_page, "organizer", "/series/plan", **PLAIN_PHONE_EN)
    show_dates(page, AGAIN, dates[0])
    click(steps.button(page, "publish"))
    expect(page.get_by_role("alert").locator("li")).to_have_count(5)
    assert_no_sideways_scroll(page)
    assert planned(live_server, AGAIN) == []
    click(steps.button(page, "form"))
    expect(page.locator("[name=title_es]")).to_have_value(AGAIN)
    expect(page.locator("[name=nth]")).to_have_value("2")
    click(steps.button(page, "check"))
    for position in (1, 2):
        click(page.locator(f"button[name=take][value^='{position}@']").first)
        expect(page.locator(f"button[name=undo][value='{position}']")).to_be_visible()
    for position in (3, 4):
        page.locator(f"[name=skip][value='{position}']").check()
    click(steps.button(page, "publish"))
    expect(page.get_by_role("status").first).not_to_be_empty()
    assert len(planned(live_server, AGAIN)) == 2
    assert not {*walls(live_server, AGAIN)} & {*walls(live_server, TITLE)}

    page.locator("select[name=scope]").select_option("all")
    click(page.locator("form[action$='/series/cancel'] button"))
    assert_no_sideways_scroll(page)
    page.locator("[name=reason]").fill("La sala se cierra por obras todo el semestre.")
    click(page.locator("form[method=post][action$='/series/cancel'] button"))
    expect(page.get_by_role("status").first).not_to_be_empty()
    assert {event.status for event in planned(live_server, AGAIN)} == {"cancelled"}
    assert {event.status for event in planned(live_server, TITLE)} == {"published"}
