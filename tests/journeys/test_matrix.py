"""A focal point answers their country's matrix: what they type without a pause or a line is kept, and
on a telephone without scripts. By keyboard and on a telephone with them,
test_congress_to_congress does it and counts the presses.
"""

import time

from playwright.sync_api import Browser, Locator, Page, expect

from app.followup.matrix.models import MatrixRow
from tests.journeys import steps, world
from tests.journeys.steps import PLAIN_PHONE_EN, WIDE_ES
from tests.support import patience
from tests.support.browser import OpenPage, Pages, assert_no_sideways_scroll, click
from tests.support.server import LiveServer

PAGE = "/countries/HN/matrix"
SENTENCE = "Ocotepeque abrió los domingos desde marzo y atendió a ciento cuarenta mujeres."
BETWEEN_KEYS_MS = 90


def said(server: LiveServer, row_id: int) -> tuple[str, str]:
    """What is stored of a row: its status and its sentence."""
    row = world.look(server, lambda db: db.get_one(MatrixRow, row_id))
    return row.status, row.fact.in_("es")


def moved_on(page: Page) -> tuple[Locator, int]:
    """Says of the first row that it moved on. Returns its form and its number."""
    form = page.locator("form.matrix-form").first
    form.locator("[name=status]").first.focus()
    page.keyboard.press("ArrowRight")
    return form, int((form.get_attribute("action") or "").rpartition("/")[2])


def test_r14_of_who_types_without_a_pause_at_most_two_seconds_are_unsaved(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """Given a sentence that is typed without a pause, when the machine goes down in the middle of
    it, then what was typed two seconds before is stored.
    """
    page = steps.enter(open_page, "focal-point-hn", PAGE, **WIDE_ES)
    form, row_id = moved_on(page)
    form.locator("[name=fact]").fill("")
    most = patience.scaled(2)
    typed_at = [time.monotonic()]
    typed = ""
    while typed_at[-1] - typed_at[0] < most + 2:
        typed += SENTENCE[len(typed) % len(SENTENCE)]
        page.keyboard.type(typed[-1], delay=0)
        typed_at.append(time.monotonic())
        page.wait_for_timeout(BETWEEN_KEYS_MS)
    ended = time.monotonic()
    stored = said(live_server, row_id)[1]
    for put_in_place in ("#matrix-progress", "#confirm-rest"):
        expect(page.locator(put_in_place)).to_have_count(1)
    assert typed.startswith(stored)
    assert len(stored) >= sum(at <= ended - most for at in typed_at[1:]) > 0


def test_r14_what_does_not_reach_the_server_is_said_and_sent_again(
    browser: Browser, live_server: LiveServer
) -> None:
    pages = Pages(browser, live_server.url)
    page = steps.enter(pages.open, "focal-point-hn", PAGE, **WIDE_ES)
    form, row_id = moved_on(page)
    page.route(f"**/matrix/rows/{row_id}", lambda route: route.abort())
    form.locator("[name=fact]").fill("Trojes abrió una ventanilla en mayo.")
    expect(page.locator(f"#said-{row_id}")).to_contain_text("Todavía sin guardar")
    page.unroute(f"**/matrix/rows/{row_id}")
    expect(page.locator(f"#said-{row_id}")).to_contain_text("Guardado hoy", timeout=10_000)
    assert said(live_server, row_id)[1] == "Trojes abrió una ventanilla en mayo."
    assert all("htmx:sendError" in problem for problem in pages.problems), "what it was told to"
    pages.problems.clear()
    pages.close()


def test_r14_a_press_at_once_sends_what_was_just_typed(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """Given words typed a moment ago in a row that saves itself, when any button of the page is
    pressed, then these words are stored first; where they cannot be, the button does nothing.
    """
    page = steps.enter(open_page, "focal-point-hn", PAGE, **WIDE_ES)
    form, row_id = moved_on(page)
    expect(page.locator(f"#said-{row_id}")).to_contain_text("Guardado hoy")
    form.locator("[name=fact]").fill(SENTENCE)
    click(page.locator("#confirm-rest button"))
    expect(page.locator("form.matrix-form")).to_have_count(0)
    assert said(live_server, row_id) == ("advanced", SENTENCE)

    click(page.locator(f"#row-{row_id} .matrix-change"))
    form = page.locator("form.matrix-form")
    form.locator("[name=evidence_url]").fill("nowhere at all")
    click(page.locator(".matrix-send button"))
    expect(page.locator(f"#said-{row_id} .field-error")).to_be_visible()
    form.locator("[name=evidence_url]").fill("https://example.org/aviso")
    form.locator("[name=fact]").fill("Trojes abrió una ventanilla en mayo.")
    click(page.locator(".matrix-send button"))
    expect(page.locator(".matrix-send")).to_contain_text("está enviada")
    assert said(live_server, row_id) == ("advanced", "Trojes abrió una ventanilla en mayo.")


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
