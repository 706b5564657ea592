"""A congress agrees, its follow-up webinar reviews, and closes when everything has a status: by an
organizer, alone.
"""

import re
from uuid import UUID

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.infra import clock
from app.planning.events.models import Edition, Event, EventLink
from tests.journeys import steps, world
from tests.journeys.steps import PLAIN_PHONE_EN, WIDE_ES
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer


def coming_follow_up(server: LiveServer) -> UUID:
    asked = (
        select(Event.id)
        .join(EventLink, EventLink.event_id == Event.id)
        .where(
            EventLink.role == "follow-up",
            Event.starts_at > clock.now(),
            Event.status == "published",
        )
    )
    return world.look(
        server, lambda db: db.scalars(asked.order_by(Event.starts_at)).first()
    ) or UUID(int=0)


def last_congress(server: LiveServer) -> UUID:
    asked = (
        select(EventLink.event_id)
        .join(Edition, Edition.id == EventLink.edition_id)
        .where(EventLink.role == "congress", Edition.slug == "congress-6")
    )
    return world.look(server, lambda db: db.scalars(asked).one())


def write_down(page: Page, event_id: UUID, text: str) -> str:
    """Records an agreement for which Honduras answers; returns its paragraph."""
    page.goto(f"/events/{event_id}/agreements/new")
    paragraph = page.locator("[name=paragraph]").input_value()
    page.locator("[name=text_es]").fill(text)
    page.locator("[name=verb][value=commit]").check()
    click(page.locator(f"form[action$='/events/{event_id}/agreements'] button").first)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("[name=text_es]")).to_have_value(text)
    page.locator("[name=countries][value=HN]").check()
    click(page.locator(f"form[action$='/events/{event_id}/agreements'] button").first)
    expect(page.locator("#agreed")).to_contain_text(text)
    return paragraph


def close(page: Page, event_id: UUID) -> None:
    """From the event's page, or from any other by the address."""
    link = page.locator(f"main a[href$='/events/{event_id}/close']")
    if link.count():
        click(link.first)
    else:
        page.goto(f"/events/{event_id}/close")
    button, reason = (
        page.locator(f"form[action$='/events/{event_id}/close'] button"),
        page.locator("[name=reason]"),
    )
    expect(button).to_be_visible()
    page.wait_for_load_state("load")
    if reason.count():  # whoever registered was not counted
        reason.fill("La plataforma no guardó el reporte de participantes.")
    click(button)


def test_r25_an_organizer_reviews_what_is_open_and_closes(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """The organizer on a telephone without scripts, the focal point at a desk."""
    follow_up, text = (
        coming_follow_up(live_server),
        "Compartir el directorio de refugios con los consulados.",
    )
    page = steps.enter(open_page, "organizer", **PLAIN_PHONE_EN)
    paragraph = write_down(page, last_congress(live_server), text)
    world.let_pass(live_server, follow_up)

    page.goto(f"/events/{follow_up}")
    expect(page.locator(f"main a[href$='/events/{follow_up}/close']").first).to_be_visible()
    close(page, follow_up)
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text(re.compile(rf"\b{re.escape(paragraph)}\b"))
    missing = page.locator("[aria-labelledby=missing-reviews] li a")
    expect(missing.nth(3)).to_be_visible()
    page.wait_for_load_state("load")
    count = missing.count()
    assert_no_sideways_scroll(page)
    click(missing.first)
    fields = page.locator("select[name^='status-']")
    answered = pages = 0
    while answered < count:  # ten agreements a page
        expect(fields).to_have_count(min(10, count - answered))
        on_page = fields.count()
        for number in range(on_page):
            fields.nth(number).select_option("in-progress")
        click(page.locator("form[action*='/agreements/reviews'] button"))
        expect(page.locator("#messages")).to_contain_text(str(on_page))
        answered, pages = answered + on_page, pages + 1
        if answered < count:
            page.goto(f"/events/{follow_up}/agreements?page={pages + 1}")
    assert_no_sideways_scroll(page)

    close(page, follow_up)
    expect(page).to_have_url(re.compile(rf"/events/{follow_up}$"))
    page.goto(f"/events/{follow_up}/agreements")
    expect(page.locator("select[name^='status-']")).to_have_count(0)
    expect(page.locator("#review")).to_contain_text(text)
    hers = steps.enter(open_page, "focal-point-hn", "/", **WIDE_ES)
    asked = hers.locator("main a[href$='/agreements?country=HN']").first.get_attribute("href")
    hers.goto(str(asked))
    expect(hers.locator("main")).to_contain_text(text)
