"""A special guest on a telephone, without JavaScript: invited, registered by link, sees that event,
gives it back.
"""

from urllib.parse import urlsplit
from uuid import UUID

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.participation.registrations.models import Guest, Registration
from app.participation.registrations.models import Invitation as Row
from tests.journeys import steps, world
from tests.journeys.steps import PLAIN_PHONE_EN, WIDE_ES
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer

NAME, ADDRESS = "Amparo Ñústez de la O", "amparo.nustez@example.org"


def invite(page: Page, event_id: UUID) -> str:
    """What an organizer does; returns the link of the letter."""
    page.goto(f"/events/{event_id}/invitations/new?way=guest")
    page.locator("[name=name]").fill(NAME)
    page.locator("[name=email]").fill(ADDRESS)
    page.locator("[name=language]").select_option("en")
    page.locator("[name=class][value=special-guest]").check()
    click(page.locator("form[action$='/invitations/new'] button[type=submit]:not([name])"))
    return page.locator("#link").input_value()


def statuses(server: LiveServer) -> list[str]:
    mine = select(Registration.status).join(Guest, Guest.person_id == Registration.person_id)
    return world.look(server, lambda db: list(db.scalars(mine.where(Guest.email == ADDRESS))))


def test_r23_a_special_guest_registers_by_link_and_sees_that_event_only(
    open_page: OpenPage, live_server: LiveServer
) -> None:
    held = world.coming(live_server, "protection", number=2)
    organizer = steps.enter(open_page, "organizer", **WIDE_ES)
    link = urlsplit(invite(organizer, held.id)).path
    live_server.drain()
    her = open_page(link, **PLAIN_PHONE_EN)
    expect(steps.heading(her)).to_contain_text(held.title["en"])
    expect(her.locator("[name=name]")).to_have_value(NAME)
    click(her.locator("main form button[type=submit]"))
    assert "consent" in her.get_by_role("alert").locator("a").last.get_attribute("href")  # type: ignore[operator]  # a link has one
    her.locator("[name=consent][value=attendance-list]").check()
    click(her.locator("main form button[type=submit]"))
    expect(her.locator("main")).to_contain_text("Has a place")
    assert her.url.startswith(f"{live_server.url}/guest/")
    assert_no_sideways_scroll(her)
    assert statuses(live_server) == ["registered"]
    mine, ask = her.url, her.context.request
    assert ask.get(link).url == mine, "the same link leads to her own page"
    for closed in ("/my-webinars", "/account", f"/events/{held.id}/attendance"):
        assert "/sign-in" in ask.get(closed).url, "no account"
    click(her.locator("form[action$='/cancellation'] button"))
    expect(her.locator("form[action$='/registration']")).to_be_visible()
    assert statuses(live_server) == ["cancelled"]
    click(organizer.locator("main summary", has_text="Retirar la invitación"))
    click(organizer.locator("form[action$='/withdrawal'] button"))
    assert ask.get(mine).status == 410
    assert world.look(
        live_server, lambda db: db.scalar(select(Row.revoked_at).where(Row.email == ADDRESS))
    )
