"""A focal point answers her country's matrix in ten minutes: by keyboard, and on a telephone without
scripts.
"""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.followup.matrix.models import MatrixRow
from tests.journeys import steps, world
from tests.journeys.steps import PLAIN_PHONE_EN, WIDE_ES
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer

PAGE = "/countries/HN/matrix"


def said(server: LiveServer, row_id: int) -> tuple[str, str]:
    """What is stored of a row: its status and its sentence."""
    row = world.look(server, lambda db: db.get_one(MatrixRow, row_id))
    return row.status, row.fact.in_("es")


def test_r14_r16_a_row_and_a_fact_save_themselves_by_keyboard(
    live_server: LiveServer, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    page = steps.enter(open_page, "focal-point-hn", PAGE, **WIDE_ES)
    axe(page)
    form = page.locator("form.matrix-form").first
    row_id = int((form.get_attribute("action") or "").rpartition("/")[2])
    form.locator("[name=status]").first.focus()
    page.keyboard.press("ArrowRight")
    form.locator("[name=fact]").fill("Ocotepeque abrió los domingos desde marzo.")
    expect(page.locator(f"#said-{row_id}")).to_contain_text("Guardado hoy")
    expect(page.locator(f"#said-{row_id}")).not_to_contain_text("Para enviarlo")
    assert said(live_server, row_id) == ("advanced", "Ocotepeque abrió los domingos desde marzo.")
    axe(page)

    fact = page.locator("form.matrix-fact")
    fact.locator("[name=fact]").fill("Danlí publicó su ruta. Llamar al 9988-7766.")
    expect(page.locator("#said-new")).to_contain_text("Retenido para revisión")
    fact.locator("[name=fact]").fill("Danlí publicó su ruta de referencia.")
    expect(page.locator("#said-new")).not_to_contain_text("Retenido")
    for put_in_place in ("#matrix-progress", "#confirm-rest"):
        expect(page.locator(put_in_place)).to_have_count(1)
    number = int(page.locator("#row").input_value())
    assert said(live_server, number)[1] == "Danlí publicó su ruta de referencia."
    written = select(MatrixRow.id).where(MatrixRow.id > number)
    assert world.look(live_server, lambda db: db.scalars(written).all()) == []


def test_r14_the_matrix_is_answered_and_sent_on_a_telephone_without_scripts(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    page = steps.enter(open_page, "focal-point-hn", PAGE, **PLAIN_PHONE_EN)
    assert_no_sideways_scroll(page)
    form = page.locator("form.matrix-form").first
    row_id = int((form.get_attribute("action") or "").rpartition("/")[2])
    form.locator("[name=status][value=done]").check()
    form.locator("[name=fact]").fill("The liaison was named in March.")
    click(form.locator("button"))
    expect(page.locator(f"#row-{row_id}")).to_contain_text("Carried out")
    assert said(live_server, row_id)[0] == "done"
    rest = page.locator("#confirm-rest button")
    if rest.count():
        click(rest)
    expect(page.locator("form.matrix-form")).to_have_count(0)
    assert_no_sideways_scroll(page)
