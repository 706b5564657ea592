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


LEAVES = """async () => {
  const held = await caches.open("convoca-lessons-one");
  await held.put("/courses/x", new Response("a lesson"));
  localStorage.setItem("convoca-unsent", "1");
  await new Promise((done) => {
    const asked = indexedDB.open("convoca-learner", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("presses", { keyPath: "number", autoIncrement: true });
    asked.onsuccess = () => { asked.result.close(); done(); };
  });
}"""
KEPT = """async () => [
  (await caches.keys()).length, localStorage.length, (await indexedDB.databases()).length,
]"""


def test_a_shared_computer_keeps_nothing_of_the_official_before(open_page: OpenPage) -> None:
    page = open_page("/sign-in?next=/account/security")
    click(page.get_by_role("button", name="Funcionaria, Honduras"))
    page.evaluate(LEAVES)
    assert page.evaluate(KEPT) == [1, 1, 1]
    click(page.locator("header details > summary"))
    click(page.get_by_role("button", name="Salir").first)
    assert "Usted cerró su sesión." in page.locator("#messages").inner_text()
    assert page.evaluate(KEPT) == [0, 0, 0]
    click(page.get_by_role("button", name="Funcionario, Guatemala"))
    assert page.evaluate(KEPT) == [0, 0, 0]
