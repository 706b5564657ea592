"""The public pages in a real browser: no barrier, no sideways scrolling, no need of JavaScript."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from app.infra.database import transaction
from app.training.certificates.rules import grouped
from app.web.site import site
from tests.support.browser import Pages, assert_no_sideways_scroll
from tests.support.server import serving
from tests.training.certificates.builders import finished


def test_verifying_works_for_everybody_on_paper_phone_and_desk(
    database_url: str, tmp_path: Path, browser: Browser, axe: Callable[[Page], None]
) -> None:
    with serving(database_url, tmp_path / "var") as server:
        with server.app.app_context(), transaction() as db:
            code = finished(db).certificate(db)
        pages = Pages(browser, server.url)
        page = pages.open("/verify?code=ABCD", width=390)
        axe(page)
        assert_no_sideways_scroll(page)
        for path in (f"/verify/{code}", "/verify/0000000000000000"):
            page.goto(path)
            axe(page)
            assert_no_sideways_scroll(page)
        # WCAG 1.4.10: 320 px, which is also a desk screen at 400 %; the code is in the heading.
        page.set_viewport_size({"width": 320, "height": 844})
        assert_no_sideways_scroll(page)
        page = pages.open("/verify", javascript=False, lang="en")
        page.keyboard.press("Tab")
        page.get_by_label("Code or link of the certificate").fill(grouped(code).lower())
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=2).first).to_have_text("Valid")
        expect(page.get_by_text("María José Ñáñez Güell de la O")).to_be_visible()
        pages.close()


def test_demo_warning_and_code_are_whole_on_phone_and_desk(
    database_url: str, tmp_path: Path, browser: Browser, axe: Callable[[Page], None]
) -> None:
    """On the public page the warning is seen at both widths; of my certificates no code is cut."""
    with serving(database_url, tmp_path / "var") as server:
        with server.app.app_context(), transaction() as db:
            somebody = finished(db)
            code = somebody.certificate(db, is_demo=True)
        pages = Pages(browser, server.url)
        for width in (390, 1360):
            page = pages.open(f"/verify/{code}", width=width, lang="en")
            expect(page.get_by_text("nothing is certified")).to_be_visible()
            axe(page)
        site(server.app).load_actor = somebody.actor
        page = pages.open("/certificates", width=320)
        shown = page.locator(".code-whole")
        expect(shown).to_have_text(grouped(code))
        box = shown.bounding_box()
        assert box is not None
        assert shown.evaluate("e => e.scrollWidth <= e.clientWidth")
        assert box["x"] + box["width"] <= 320
        axe(page)
        assert_no_sideways_scroll(page)
        pages.close()
