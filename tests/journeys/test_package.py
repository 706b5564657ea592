"""Issue 12: an author imports a package; an official plays it on the other origin, closes the tab, and goes on."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Dialog, FrameLocator, Page, expect

from app.infra import clock
from app.infra.database import transaction
from tests.journeys.steps import PHONE_ES, WIDE_EN, WIDE_ES, enter
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer
from tests.training.packages.builders import imported, manifest_2004, package


def bring(page: Page, file: Path, title: str) -> str:
    """The address of the package that the author has imported."""
    page.goto("/packages/import")
    page.set_input_files("[name=package]", file)
    click(page.locator("form[action='/packages/import'] [type=submit]"))
    page.wait_for_url(re.compile(r"/packages/import/[0-9a-f-]{36}$"))
    page.fill("[name=title_es]", title)
    page.fill("[name=origin]", "Instituto de Prueba")
    click(page.locator("form[action^='/packages/import/'] [type=submit]").first)
    page.wait_for_url(re.compile(r"/packages/[a-z0-9-]+$"))
    return urlsplit(page.url).path


def given(server: LiveServer, archive: BytesIO) -> str:
    """The address of a package that stands in the catalogue already."""
    with server.app.app_context(), transaction() as db:
        return f"/packages/{imported(db, archive, now=clock.now())}"


def lesson(page: Page) -> FrameLocator:
    return page.frame_locator("#package").frame_locator("#content")


def saved(page: Page) -> None:
    """The server has it: the page says so once the answer is there."""
    expect(page.locator("#package-state")).to_have_text(re.compile(r"^(Guardado|Saved)\."))


def begin(open_page: OpenPage, address: str, **way: Any) -> Page:
    """An official begins the package and goes on to its second page, which the server has."""
    page = enter(open_page, "official-hn", address, **way)
    click(page.locator("form[action$='/enrolments'] button"))
    page.wait_for_url(re.compile(r"/packages/visits/"))
    assert_no_sideways_scroll(page)
    for number in (1, 2):
        click(lesson(page).locator("#next"))
        expect(lesson(page).locator("#said")).to_contain_text(f"page {number}")
    saved(page)
    return page


def close_and_go_on(open_page: OpenPage, page: Page, address: str) -> Page:
    """The tab is closed before the third page is sent by itself; opened again, it is there."""
    click(lesson(page).locator("#next"))
    context = page.context
    page.close()
    page = open_page(address, context=context)
    again = page.locator("form[action$='/visits'] button")
    expect(again).to_be_visible()
    click(again)
    page.wait_for_url(re.compile(r"/packages/visits/"))
    expect(lesson(page).locator("#said")).to_have_text(
        "page 3 notes [ááá|3] entry resume cookies []"
    )
    click(lesson(page).locator("#done"))
    expect(page.locator("#package-state")).to_contain_text("su resultado está guardado")
    return page


def test_official_closes_the_tab_and_finds_all_as_it_was(
    open_page: OpenPage, live_server: LiveServer, tmp_path: Path
) -> None:
    author = enter(open_page, "organizer", **WIDE_EN)
    file = tmp_path / "curso.zip"
    file.write_bytes(package().getvalue())
    address = bring(author, file, "Paquete 1.2")

    page = begin(open_page, address, **PHONE_ES)
    content = next(frame for frame in page.frames if frame.url.endswith("/index.html"))
    assert urlsplit(content.url).hostname != urlsplit(live_server.url).hostname
    assert content.evaluate("document.cookie") == ""
    assert (
        content.evaluate("(() => { try { return top.document.title } catch { return '' } })()")
        == ""
    )
    page = close_and_go_on(open_page, page, address)
    page.goto(address)
    expect(page.locator("main")).to_contain_text("según lo registró el propio paquete")
    assert {cookie["domain"] for cookie in page.context.cookies()} == {"127.0.0.1"}
    author.goto(f"{address}/learners")
    expect(author.locator("main table")).to_contain_text("María José Ñáñez Güell")


def test_package_of_2004_stands_as_it_was_after_the_tab_was_closed(
    open_page: OpenPage, live_server: LiveServer
) -> None:
    address = given(live_server, package(manifest_2004()))
    close_and_go_on(open_page, begin(open_page, address, **WIDE_ES), address)


FRAME = '<!doctype html><html><body><iframe src="{}" title="x" width="600" height="400"></iframe></body></html>'


def test_old_habits_of_packages_save_on_close_and_resume(
    open_page: OpenPage, live_server: LiveServer
) -> None:
    """Three frames deep, stored only while the page closes, and ended twice."""
    habits = Path(__file__).parents[1] / "training/packages/files/old_habits.html"
    pages = {
        "index.html": FRAME.format("outer/frame.html"),
        "outer/frame.html": FRAME.format("../sco/lesson.html"),
        "sco/lesson.html": habits.read_text(encoding="utf-8"),
    }
    address = given(live_server, package(**pages))
    page = enter(open_page, "official-hn", address, **WIDE_ES)
    click(page.locator("form[action$='/enrolments'] button"))

    def inner(shown: Page) -> FrameLocator:
        return lesson(shown).frame_locator("iframe").frame_locator("iframe")

    for number in (1, 2):
        click(inner(page).locator("#next"))
        expect(inner(page).locator("#said")).to_contain_text(f"page {number}")
    context = page.context
    page.goto(address)  # leaving the page is what stores it
    page.close()
    page = open_page(address, context=context)
    click(page.locator("form[action$='/visits'] button"))
    expect(inner(page).locator("#said")).to_have_text("page 2 notes [left at 2]")


ASKING = """<!doctype html><html lang="es"><title>Prueba</title><p id="said"></p><button id="next">Siguiente</button>
<script>
const api = window.parent.API;
api.LMSInitialize("");
let page = Number(api.LMSGetValue("cmi.core.lesson_location") || 0);
if (page > 0 && !confirm("Would you like to resume from where you previously left off?")) page = 0;
const show = () => {
  document.getElementById("said").textContent = "page " + page;
  api.LMSSetValue("cmi.core.lesson_location", String(page));
  api.LMSCommit("");
};
show();
document.getElementById("next").onclick = () => { page += 1; show(); };
</script></html>"""


def test_package_that_asks_whether_to_resume_keeps_the_place(
    open_page: OpenPage, live_server: LiveServer
) -> None:
    """As the samples of Rustici do: the dialog opens, and who says yes stands where they were."""
    address = given(live_server, package(**{"index.html": ASKING}))
    page = begin(open_page, address, **PHONE_ES)
    context = page.context
    page.close()
    page = open_page(address, context=context)
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", accept)
    click(page.locator("form[action$='/visits'] button"))
    expect(lesson(page).locator("#said")).to_have_text("page 2")
    assert asked == ["Would you like to resume from where you previously left off?"]
