"""A good practice from the form to the public page, and newcomers from a pasted table to the
roster.
"""

from playwright.sync_api import expect
from sqlalchemy import select

from app.people.directory.models import Institution
from tests.journeys import steps, world
from tests.journeys.steps import PHONE_ES, PLAIN_PHONE_EN, WIDE_ES
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer

TITLE = "Una hoja para quien llega"


def test_r5_a_good_practice_is_read_by_all_once_the_secretariat_has_read_it(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """Written on a telephone without scripts, accepted at a desk."""
    page = steps.enter(open_page, "official-hn", "/good-practices/new", **PLAIN_PHONE_EN)
    send = page.locator("form[action$='/good-practices/new'] button")
    click(send)
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("[name=title_es]").fill(TITLE)
    page.locator("[name=summary_es]").fill("Cada relevo deja contactos y pendientes por escrito.")
    page.locator("[name=organisation]").fill("Red de Mujeres Ñandú")
    page.locator("[name=organisation_type]").select_option("womens-organisation")
    click(send)
    expect(page.locator("#messages")).not_to_be_empty()
    assert_no_sideways_scroll(page)
    everybody = live_server.app.test_client()
    assert TITLE not in everybody.get("/good-practices").text

    hers = steps.enter(open_page, "organizer", "/good-practices/review", **WIDE_ES)
    click(
        hers.locator("li.panel")
        .filter(has_text=TITLE)
        .locator("form[action$='/acceptance'] button")
    )
    visitor = open_page("/good-practices", **PHONE_ES)
    expect(visitor.locator("main")).to_contain_text(TITLE)
    assert_no_sideways_scroll(visitor)


def test_r21_a_focal_point_pastes_newcomers_and_mends_the_line_that_was_not_taken(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    office = world.look(
        live_server,
        lambda db: db.scalars(select(Institution).where(Institution.country_code == "HN")).first(),
    )
    assert office is not None
    lines = [
        f"Recién Llegada Número {n}\trecien{n}@example.org\t{office.name['es']}\tOficial"
        for n in range(3)
    ]
    page = steps.enter(
        open_page, "focal-point-hn", "/countries/HN/officials/paste", **PLAIN_PHONE_EN
    )
    field, look = page.locator("#people"), page.locator("main .actions button")
    field.fill("\n".join([*lines, f"Con Error\tsin arroba\t{office.name['es']}\tOficial"]))
    click(look)
    expect(page.locator("#ahead")).to_contain_text("Con Error")
    assert_no_sideways_scroll(page)
    click(page.locator("button[name=seen]"))
    expect(page.locator("#ahead")).to_be_visible()
    assert "Con Error" in field.input_value()
    assert "Recién" not in field.input_value()
    assert_no_sideways_scroll(page)
    field.fill(field.input_value().replace("sin arroba", "mendada@example.org"))
    click(look)
    click(page.locator("button[name=seen]"))
    page.goto("/countries/HN/roster?search=Reci%C3%A9n+Llegada")
    expect(page.locator("main .officials li")).to_have_count(3)
