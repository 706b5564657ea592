"""A focal point answers their country's matrix on a telephone without scripts. With them, by keyboard
and on a telephone, test_congress_to_congress does it and counts the presses.
"""

from playwright.sync_api import expect

from app.followup.matrix.models import MatrixRow
from tests.journeys import steps, world
from tests.journeys.steps import PLAIN_PHONE_EN
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer

PAGE = "/countries/HN/matrix"


def said(server: LiveServer, row_id: int) -> tuple[str, str]:
    """What is stored of a row: its status and its sentence."""
    row = world.look(server, lambda db: db.get_one(MatrixRow, row_id))
    return row.status, row.fact.in_("es")


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
