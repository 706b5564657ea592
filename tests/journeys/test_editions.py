"""An organizer opens an edition's checklist, sees what is red, is refused, mends it, and publishes
the congress.
"""

import re
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import plan_event
from app.planning.events.models import Event
from app.planning.events.values import EditionLink, EventDraft, EventKind, LinkRole
from tests.journeys import steps
from tests.journeys.steps import PLAIN_PHONE_EN
from tests.support.actors import actor_of
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer

RED = re.compile(r"\bis-open\b")
LABEL = "XXI"


def held(page: Page) -> UUID:
    """The edition's draft congress, which came with the clone."""
    href = page.locator("main").get_by_role("link", name=re.compile(r"^Congress, edition"))
    address = href.first.get_attribute("href") or ""
    return UUID(address.rpartition("/")[2])


def day(weeks: int) -> datetime:
    """A Wednesday in a year for which nothing is planned in the demonstration."""
    first = clock.today().replace(month=3, day=1) + timedelta(days=365 * 3 + 7 * weeks)
    return datetime.combine(first + timedelta(days=(2 - first.weekday()) % 7), time(9))


def test_r22_r29_from_a_red_checklist_to_a_published_congress(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    page = steps.enter(open_page, "organizer", "/editions/congress-next/clone", **PLAIN_PHONE_EN)
    page.locator("[name=label]").fill(LABEL)
    click(page.locator("main form button[type=submit]"))
    expect(steps.heading(page)).to_contain_text(LABEL)
    edition = page.url
    slug = edition.rpartition("/")[2].partition("?")[0]
    congress = held(page)
    expect(page.locator("#check-preparatory")).to_have_class(RED)
    expect(page.locator("#check-guidelines-review")).to_have_class(RED)
    assert_no_sideways_scroll(page)

    # Its date, and publishing at once: refused, with everything that is missing and the way to the
    # checklist.
    start = day(20)
    page.goto(f"/events/{congress}/edit")
    steps.fill_time(page, start, start + timedelta(hours=8))
    steps.unfold(page)
    page.locator("[name=mode]").select_option("in-person")
    click(steps.button(page, "publish"))
    [said] = steps.refusals(page)
    assert LABEL in said
    assert "Guidelines review" in said
    assert steps.typed_time(page) == (start, start + timedelta(hours=8))
    click(steps.button(page, "save"))
    expect(steps.heading(page)).not_to_be_empty()

    prepare(live_server, slug, start - timedelta(days=21))
    add_review(page, congress, start)
    page.goto(edition)
    expect(page.locator("#check-preparatory")).not_to_have_class(RED)
    expect(page.locator("#check-guidelines-review")).not_to_have_class(RED)
    page.goto(f"/events/{congress}")
    click(page.locator(f"form[action$='/events/{congress}/publish'] button"))
    expect(page.get_by_role("status").first).not_to_be_empty()
    with live_server.app.app_context(), reading() as db:
        assert db.scalar(select(Event.status).where(Event.id == congress)) == "published"
    assert_no_sideways_scroll(page)


def prepare(server: LiveServer, slug: str, start: datetime) -> None:
    """A preparatory webinar, published. test_planning ticks the edition at the screen."""
    starts = start.replace(tzinfo=ZoneInfo("America/Costa_Rica"))
    draft = EventDraft(
        EventKind.WEBINAR,
        LocalizedText(es="Preparación"),
        Timespan(starts, starts + timedelta(hours=1)),
        groups=("protection",),
        links=(EditionLink(slug, LinkRole.PREPARATORY),),
    )
    actor = actor_of(server.app, "organizer")
    with server.app.app_context(), transaction() as db:
        plan_event(db, actor=actor, draft=draft, publish=True, now=clock.now())


def add_review(page: Page, congress: UUID, start: datetime) -> None:
    """The review of the Guidelines, in the agenda of the congress."""
    page.goto(f"/events/{congress}/agenda/new")
    page.locator("[name=kind]").select_option("guidelines-review")
    page.locator("[name=title_es]").fill("Revisión de los Lineamientos")
    steps.fill_time(page, start + timedelta(hours=1), start + timedelta(hours=2))
    click(steps.button(page, "save"))
    expect(page.locator("main")).to_contain_text("Revisión de los Lineamientos")
