"""The day after the term: whoever presided still reads what is open, is told until when, and
changes nothing.
"""

from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from app.infra import clock
from app.infra.database import transaction
from app.people.identity.models import Account, RoleGrant
from app.planning.events.models import Event
from tests.journeys import steps, world
from tests.journeys.steps import WIDE_ES
from tests.support.browser import OpenPage
from tests.support.server import LiveServer


def end_the_term(server: LiveServer) -> None:
    """The presidency's role ended the day before yesterday."""
    with server.app.app_context(), transaction() as db:
        mine = select(Account.id).where(Account.email == "presidency@example.org")
        ended = clock.today() - timedelta(days=2)
        db.execute(
            update(RoleGrant).where(RoleGrant.account_id.in_(mine)).values(valid_until=ended)
        )


def waiting(server: LiveServer) -> str:
    """An event that waits for the presidency's approval."""
    asked = select(Event.id).where(
        Event.asked_at.is_not(None), Event.approved_at.is_(None), Event.status == "draft"
    )
    return str(world.look(server, lambda db: db.scalars(asked).first()))


def press_authorize(page: Page, address: str, token: str) -> int:
    """What a form that was still open in another window gets."""
    answer = page.context.request.post(
        address, form={"csrf_token": token}, headers={"Referer": page.url}
    )
    return answer.status


def test_r2_r54_the_outgoing_reads_on_and_approves_nothing(
    live_server: LiveServer, open_page: OpenPage, axe: Any
) -> None:
    event = waiting(live_server)
    page = steps.enter(open_page, "presidency", f"/events/{event}/authorization", **WIDE_ES)
    form = page.locator("form[action$='/authorize']")
    expect(form).to_have_count(1)
    address = form.get_attribute("action") or ""
    token = form.locator("[name=csrf_token]").input_value()
    end_the_term(live_server)
    page.goto(f"/events/{event}/authorization")
    expect(page.locator("form[action$='/authorize']")).to_have_count(0)
    assert press_authorize(page, address, token) == 403
    page.goto("/handover/presidency")
    expect(steps.heading(page)).to_be_visible()
    expect(page.locator(f"a[href*='/events/{event}']").first).to_be_visible()
    steps.assert_fits_desk_and_phone(page)
    axe(page)
