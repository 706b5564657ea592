"""The pages of identity in a real browser: by hand, by keyboard, on a phone, without JavaScript."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.journeys.steps import assert_fits_desk_and_phone
from tests.support.browser import OpenPage, click, press

if TYPE_CHECKING:
    from playwright.sync_api import Page

Axe = Callable[["Page"], None]


def test_a_refused_sign_in_has_no_barrier_fits_and_leads_on(open_page: OpenPage, axe: Axe) -> None:
    """Links lead to the form and to the account: they are looked at with every page."""
    page = open_page("/sign-in?next=/account", width=390)
    click(page.get_by_role("button", name="Ingresar", exact=True))
    axe(page)
    assert_fits_desk_and_phone(page)
    click(page.get_by_role("button", name="Punto focal, Guatemala"))
    page.wait_for_url("**/account")


def test_a_spent_link_leads_to_a_new_one(open_page: OpenPage, axe: Axe) -> None:
    page = open_page("/sign-in/link/spent", width=390, lang="en")
    assert page.locator("h1").inner_text() == "This link no longer works"
    axe(page)
    click(page.get_by_role("link", name="Ask for a new link"))
    assert page.url.endswith("/sign-in#with-link")


def test_everything_works_by_keyboard_and_without_javascript(open_page: OpenPage) -> None:
    page = open_page("/sign-in?next=/account", javascript=False)
    page.get_by_role("button", name="Organización, Secretaría Ejecutiva").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/account")
    page.get_by_role("radio", name="English").focus()
    page.keyboard.press("Space")
    press(page.get_by_role("button", name="Guardar preferencias"), "Enter")
    assert page.locator("h1").inner_text() == "My account"
    page.get_by_role("radio", name="Español").check()
    press(page.get_by_role("button", name="Save settings"), "Enter")
    click(page.locator("header details > summary"))
    click(page.get_by_role("button", name="Salir").first)
    assert "Usted cerró su sesión." in page.locator("#messages").inner_text()
