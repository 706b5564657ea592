"""A delegate is replaced; the clash that arises waits for the secretariat and is accepted
with a reason.
"""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import Appointment, Person
from app.people.directory.services.designations import designate
from app.people.directory.values import Office
from app.planning.arranging.services.planning import plan_event
from app.planning.events.values import EventDraft, EventKind, Participant, PersonRole
from tests.journeys import steps
from tests.journeys.steps import PLAIN_PHONE_EN, WIDE_ES, assert_fits_desk_and_phone
from tests.support.actors import actor_of
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer

PROTECTION, SEAT = Office("HN", "protection"), "delegate:protection:HN"
REASON = "She follows the first half by telephone."
SOON = timedelta(days=200)


def two_events(server: LiveServer) -> tuple[int, str]:
    """The delegate of Honduras is needed in one, somebody else of Honduras in the other; returns
    the other's id and name.
    """
    today = clock.today()
    start = datetime.combine(today + SOON, time(15), UTC)
    with server.app.app_context(), transaction() as db:
        delegate, other = db.scalars(
            select(Person)
            .join(Appointment, Appointment.person_id == Person.id)
            .where(Person.country_code == "HN", Appointment.valid_until.is_(None))
            .order_by(Person.sort_key)
            .limit(2)
        ).all()
        designate(
            db,
            actor=SYSTEM,
            office=PROTECTION,
            person_id=delegate.id,
            valid_from=today,
            today=today,
            now=clock.now(),
            replacing=True,
        )
        seat = Participant(delegate.id, PersonRole.DELEGATE, SEAT)
        for title, groups, person, at in (
            ("Rutas seguras", ("protection",), seat, start),
            ("Charla sobre datos", (), Participant(other.id), start + timedelta(hours=1)),
        ):
            span = Timespan(at, at + timedelta(hours=2))
            draft = EventDraft(
                EventKind.WEBINAR,
                LocalizedText(es=title, en=f"{title} (EN)"),
                span,
                groups=groups,
                people=(person,),
            )
            plan_event(db, actor=SYSTEM, draft=draft, publish=True, now=clock.now())
        return other.id, other.full_name


def replace_delegate(server: LiveServer, person_id: int) -> None:
    """What `hand_over` does at the screen."""
    today = clock.today()
    with server.app.app_context(), transaction() as db:
        designate(
            db,
            actor=actor_of(server.app, "organizer"),
            office=PROTECTION,
            person_id=person_id,
            valid_from=today,
            today=today,
            now=clock.now(),
            replacing=True,
        )


def hand_over(page: Page, name: str) -> None:
    page.goto("/delegations")
    click(page.locator("a[href='/delegations/HN/protection']"))
    page.locator("[name=words]").first.fill(name)
    click(page.locator("form[role=search] button"))
    page.locator("fieldset#person").get_by_label(name).check()
    click(page.locator("section[aria-labelledby=successor] form[method=post] button[type=submit]"))
    expect(page.get_by_role("status").first).not_to_be_empty()


def test_a_new_delegate_a_case_and_its_end(
    live_server: LiveServer, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    person_id, name = two_events(live_server)
    live_server.drain()
    replace_delegate(live_server, person_id)
    live_server.drain()
    page = steps.enter(open_page, "organizer", "/", **WIDE_ES)
    click(page.locator("a[href='/cases']").first)
    expect(page.locator("main")).to_contain_text(name)
    for shown in ("/cases", "/cases/1/replace?words=mar", "/cases/1"):
        if not page.url.endswith(shown):
            page.goto(shown)
        assert_fits_desk_and_phone(page)
        axe(page)
    page.locator("[name=reason]").fill("because")
    click(page.locator("#accept button"))
    expect(page.locator("[name=reason]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=reason]")).to_have_value("because")
    page.locator("[name=reason]").fill(REASON)
    click(page.locator("#accept button"))
    page.goto("/cases/1")
    expect(page.locator("main")).to_contain_text(REASON)


def test_a_focal_point_changes_her_own_country_s_delegates_only(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    _person_id, name = two_events(live_server)
    with live_server.app.app_context(), reading() as db:
        others = db.scalars(select(Person.full_name).where(Person.country_code != "HN")).all()
    page = steps.enter(open_page, "focal-point-hn", **PLAIN_PHONE_EN)
    hand_over(page, name)
    expect(page.locator("main")).to_contain_text(name)
    page.wait_for_load_state("load")
    shown = page.locator("main").inner_text()
    assert not [other for other in others if other in shown]
    assert_no_sideways_scroll(page)
    assert page.request.get("/delegations/GT/protection").status == 404
