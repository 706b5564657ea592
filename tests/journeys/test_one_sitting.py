"""In one sitting, by what the pages show: plan, publish, see who registers, import who came, close,
report.
"""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import FilePayload, Page, expect

from app.planning.events.models import Event
from tests.journeys import steps, world
from tests.journeys.steps import WIDE_ES, Wish, named
from tests.journeys.test_attendance_import import report
from tests.support.actors import PERSONAS
from tests.support.browser import OpenPage, assert_no_sideways_scroll
from tests.support.server import LiveServer

TITLE = "Primera atención sin demora"
HER = PERSONAS["official-hn"].name


def tab(page: Page, label: str) -> None:
    page.get_by_role("navigation", name="Páginas de este evento").get_by_role(
        "link", name=label, exact=True
    ).click()


def planned(page: Page, starts: datetime) -> str:
    """From the button on the home page to a published event; returns its address."""
    page.goto("/")
    page.get_by_role("link", name="Planificar un webinario").first.click()
    steps.fill_plan(page, Wish(TITLE, starts, starts + timedelta(minutes=60)))
    steps.button(page, "publish").click()
    expect(page.locator(".status").first).to_contain_text("Publicado")
    return page.url


def registers(open_page: OpenPage, address: str, way: dict[str, Any]) -> Page:
    page = steps.enter(open_page, "official-hn", address, **way)
    panel = page.locator("#register")
    panel.locator("[type=checkbox]").first.check()
    panel.locator("button").click()
    expect(page.locator("form[action$='/registrations/cancellation']")).to_be_visible()
    return page


@pytest.mark.parametrize("way", [WIDE_ES], ids=named)
def test_an_organizer_takes_a_webinar_from_the_wish_to_the_report(
    live_server: LiveServer, open_page: OpenPage, axe: Any, way: dict[str, Any]
) -> None:
    day = world.coming(live_server, "labour-migration", number=1).starts.date()
    page = steps.enter(open_page, "organizer", **way)
    address = planned(page, datetime.combine(day, time(17)))
    hers = registers(open_page, address, way)
    page.goto(address)
    tab(page, "Inscripciones")
    expect(page.locator("main")).to_contain_text(HER)

    event_id = UUID(address.rpartition("/")[2].partition("?")[0])
    world.let_pass(live_server, event_id)
    starts = world.look(live_server, lambda db: db.get_one(Event, event_id).starts_at)
    page.goto(address)
    tab(page, "Asistencia")
    page.locator("main").get_by_role("link", name="Importar un informe").click()
    content = report(
        (starts or datetime.now(ZoneInfo("UTC"))).astimezone(ZoneInfo("America/Costa_Rica")), [HER]
    )
    file: FilePayload = {"name": "reporte.csv", "mimeType": "text/csv", "buffer": content}
    page.locator("[name=report]").set_input_files(file)
    page.locator("form[enctype] button").click()
    live_server.drain()
    page.reload()
    steps.button(page, "yes", "apply").click()
    expect(page.locator("main")).to_contain_text(HER)

    hers.goto(address)
    hers.locator("main").get_by_role("link", name="Encuesta", exact=True).click()
    hers.locator("[name=useful][value='5']").check()
    hers.locator("main form[method=post] button").click()
    expect(hers.locator("#messages")).to_contain_text("Gracias")

    page.goto(address)
    page.locator("main a[href$='/close']").first.click()
    page.locator("form[action$='/close'] button").click()
    expect(page.locator("main")).to_contain_text("Cerrado")
    live_server.drain()
    tab(page, "Informe")
    expect(page.locator("main")).to_contain_text("El PDF se guardó al cerrar")
    expect(page.locator("main")).not_to_contain_text(HER)
    axe(page)
    assert_no_sideways_scroll(page)
    pdf = page.context.request.get(
        page.get_by_role("link", name="PDF para compartir").get_attribute("href") or ""
    )
    assert pdf.body().startswith(b"%PDF-")
