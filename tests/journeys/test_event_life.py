"""From a draft to an agenda: an organizer asks, the presidency approves, the organizer publishes and
writes, and a moderator who would sit twice is refused in one sentence. All of it on a telephone
without scripts.
"""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from app.infra import clock
from app.infra.database import transaction
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.agenda.services import add_session
from app.planning.arranging.services.planning import plan_event
from app.planning.events.values import (
    EventDraft,
    EventKind,
    PersonRole,
    SessionDraft,
    SessionKind,
    SessionPart,
)
from tests.journeys import steps, world
from tests.journeys.steps import PHONE_ES
from tests.support.actors import actor_of
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer

TITLE = "Mesas de preparación del congreso"
PLAIN = {**PHONE_ES, "javascript": False}
HOUR = timedelta(hours=1)


def a_draft(server: LiveServer, starts: datetime) -> UUID:
    """Of three hours, for Protection."""
    draft = EventDraft(
        EventKind.WEBINAR,
        LocalizedText(es=TITLE),
        Timespan(starts, starts + 3 * HOUR),
        groups=("protection",),
    )
    actor = actor_of(server.app, "organizer")
    with server.app.app_context(), transaction() as db:
        return plan_event(db, actor=actor, draft=draft, publish=False, now=clock.now())


def a_first_session(server: LiveServer, event_id: UUID, starts: datetime, person_id: int) -> None:
    """Of an hour, moderated by that person."""
    draft = SessionDraft(
        SessionKind.PANEL,
        LocalizedText(es="Mesa de protección"),
        Timespan(starts, starts + HOUR),
        people=(SessionPart(person_id, PersonRole.MODERATOR),),
    )
    actor = actor_of(server.app, "organizer")
    with server.app.app_context(), transaction() as db:
        add_session(db, actor=actor, event_id=event_id, draft=draft, now=clock.now())


def test_r2_r4_r40_a_webinar_is_asked_for_approved_published_and_given_an_agenda(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    held = world.coming(live_server, "labour-migration", number=1)
    starts = datetime.combine(held.starts.date(), time(17))
    aware = starts.replace(tzinfo=ZoneInfo("America/Costa_Rica"))
    event_id = a_draft(live_server, aware)
    page = steps.enter(open_page, "organizer", f"/events/{event_id}", **PLAIN)
    expect(page.locator("main")).to_contain_text("Borrador")
    click(page.locator("form[action$='/ask-approval'] button"))
    expect(page.locator("main")).to_contain_text("En espera de la presidencia")
    expect(page.locator("form[action$='/publish']")).to_have_count(0)

    presidency = steps.enter(open_page, "presidency", "/", **PLAIN)
    click(presidency.get_by_role("link", name=TITLE).first)
    click(presidency.locator("form[action$='/authorize'] button"))
    expect(presidency.locator("main")).to_contain_text("Autorizada")

    page.goto("/")
    click(page.get_by_role("link", name=TITLE).first)
    click(page.locator("form[action$='/publish'] button"))
    expect(page.locator(".status").first).to_contain_text("Publicado")

    a_first_session(live_server, event_id, aware, world.person_id(live_server, held.people[0]))
    click(page.get_by_text("Las otras etapas"))
    click(page.get_by_role("link", name="Agenda", exact=True))
    expect(page.locator("main")).to_contain_text("17:00–18:00")
    click(page.locator("a[href$='/agenda/rows']"))
    click(page.locator("a[href$='/agenda/new']"))
    page.locator("[name=title_es]").fill("Mesa laboral")
    steps.fill_time(page, starts + HOUR / 2, starts + HOUR * 3 / 2)
    steps.name_person(page, held.people[0])
    click(steps.button(page, "save"))
    [sentence] = steps.refusals(page)
    for part in (held.people[0], "Mesa de protección", "17:00", "18:00", "Costa Rica, UTC−6"):
        assert part in sentence
    assert sentence.count(".") == 1
    expect(page.locator("[name=title_es]")).to_have_value("Mesa laboral")
    steps.fill_time(page, starts + HOUR, starts + 2 * HOUR)
    click(steps.button(page, "save"))
    expect(page.locator("main")).to_contain_text("18:00–19:00")
    expect(page.locator("main li.agenda-item")).to_have_count(2)
    assert_no_sideways_scroll(page)
