"""The pages of identity in a real browser: by hand, by keyboard, on a phone, without JavaScript."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import OpenPage, assert_no_sideways_scroll

if TYPE_CHECKING:
    from playwright.sync_api import Page

Axe = Callable[["Page"], None]


@pytest.mark.parametrize("width", [1360, 390])
def test_pages_have_no_barrier_and_fit(open_page: OpenPage, axe: Axe, width: int) -> None:
    page = open_page("/sign-in?next=/account", width=width)
    for step in ("form", "errors", "account"):
        if step == "errors":
            page.get_by_role("button", name="Ingresar", exact=True).click()
        if step == "account":
            page.get_by_role("button", name="Punto focal, Guatemala").click()
            page.wait_for_url("**/account")
        axe(page)
        assert_no_sideways_scroll(page)


def test_a_spent_link_leads_to_a_new_one(open_page: OpenPage, axe: Axe) -> None:
    page = open_page("/sign-in/link/spent", width=390, lang="en")
    assert page.locator("h1").inner_text() == "This link no longer works"
    axe(page)
    page.get_by_role("link", name="Ask for a new link").click()
    assert page.url.endswith("/sign-in#with-link")


def test_everything_works_by_keyboard_and_without_javascript(open_page: OpenPage) -> None:
    page = open_page("/sign-in?next=/account", javascript=False)
    page.get_by_role("button", name="Organización, Secretaría Ejecutiva").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/account")
    page.get_by_role("radio", name="English").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Guardar preferencias").press("Enter")
    assert page.locator("h1").inner_text() == "My account"
    page.get_by_role("radio", name="Español").check()
    page.get_by_role("button", name="Save settings").press("Enter")
    page.locator("header details > summary").click()
    page.get_by_role("button", name="Salir").first.click()
    assert "Usted cerró su sesión." in page.locator("#messages").inner_text()
