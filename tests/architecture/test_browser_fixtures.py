"""A browser test is only worth what it notices: each of these plants what it must notice."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.steps import assert_fits_desk_and_phone
from tests.support import databases, evidence, session, slow_line
from tests.support.browser import (
    Pages,
    assert_accessible,
    assert_no_sideways_scroll,
    click,
    violations,
)
from tests.support.server import LiveServer, serving

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "/no-such-page"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    url = databases.sqlite_copy(databases.migrated_sqlite(), tmp_path / "convoca.sqlite3")
    with serving(url, tmp_path) as live:
        yield live


@pytest.fixture
def pages(browser: Browser, server: LiveServer) -> Iterator[Pages]:
    opened = Pages(browser, server.url)
    yield opened
    opened.problems.clear()
    opened.close()


def test_a_page_is_in_the_visitors_language_accessible_and_not_too_wide(pages: Pages) -> None:
    """Spanish at a desk; English on a telephone, where the page is there without scripts too."""
    page = pages.open(NOWHERE)
    assert page.get_attribute("html", "lang") == "es"
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page = pages.open(NOWHERE, width=390, lang="en", javascript=False)
    assert page.get_attribute("html", "lang") == "en"
    assert page.locator("h1").count() == 1
    assert_no_sideways_scroll(page)
    assert pages.problems == []


def test_axe_and_the_width_check_see_a_defect(pages: Pages) -> None:
    page = pages.open(NOWHERE, width=390)
    page.evaluate(
        "const main = document.querySelector('main');"
        "main.innerHTML += '<img src=\"/static/favicon.svg\">';"
        "main.firstElementChild.style.width = '900px'"
    )
    assert any("image-alt" in violation for violation in violations(page))
    with pytest.raises(AssertionError, match="px wide in a window"):
        assert_no_sideways_scroll(page)
    page.set_viewport_size({"width": 1360, "height": 900})
    assert_no_sideways_scroll(page)
    with pytest.raises(AssertionError, match="px wide in a window of 390"):
        assert_fits_desk_and_phone(page)


def test_axe_on_a_page_without_scripts_fails_at_once(pages: Pages) -> None:
    page = pages.open(NOWHERE, javascript=False)
    with pytest.raises(AssertionError, match="axe needs scripts"):
        assert_accessible(page)


def test_script_errors_and_strangers_fail_the_test(pages: Pages) -> None:
    page = pages.open(NOWHERE)
    page.evaluate("setTimeout(() => { throw new Error('planted') })")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img alt=\"\" src=\"http://stranger.example.org/x.png\">')"
    )
    page.wait_for_load_state("networkidle")
    assert any("planted" in problem for problem in pages.problems)
    assert any(
        "stranger.example.org" in problem or "Content Security Policy" in problem
        for problem in pages.problems
    )
    with pytest.raises(AssertionError, match="planted"):
        Pages(pages.browser, pages.base_url, problems=pages.problems).close()


def test_what_does_not_wait_reads_a_whole_page_after_a_click(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(slow_line.VARIABLE, "1")
    url = databases.sqlite_copy(databases.migrated_sqlite(), tmp_path / "convoca.sqlite3")
    with serving(url, tmp_path) as server:
        pages = Pages(browser, server.url)
        page = pages.open(NOWHERE, javascript=False)
        click(page.locator("footer a[href='/about']"))
        assert page.locator("footer a[href='/about']").count() == 1
        assert page.title().startswith("Qué es Convoca")
        pages.close()


PLANT = """const main = document.querySelector('main'), text = document.createElement('p');
  text.textContent = 'Planted words'; main.append(text);"""
PALE = "text.style.color = '#ddd'"
ON_DARK = "main.style.background = '#222'"
OVERLAID = """const box = document.createElement('div'); main.insertBefore(box, text);
  text.style.position = 'relative';
  box.style.cssText = 'position: absolute; height: 60px; width: 900px; background: #333'"""

BESIDE_ONE_THAT_IS_NOT_JUDGED = """const off = document.createElement('button'); off.disabled = true;
  off.textContent = 'Planted words'; main.append(off);
  for (const one of [off, text]) one.style.cssText = 'all: unset; color: #ddd'"""


def test_contrast_is_asked_again_when_what_a_text_stands_on_differs(
    pages: Pages,
) -> None:
    page = pages.open(NOWHERE)
    page.evaluate(PLANT)
    assert_accessible(page)
    assert violations(page) == []
    for defect in (PALE, ON_DARK, OVERLAID, BESIDE_ONE_THAT_IS_NOT_JUDGED):
        page.reload()
        page.evaluate(PLANT + defect)
        with pytest.raises(AssertionError, match="color-contrast"):
            assert_accessible(page)
        assert any("color-contrast" in violation for violation in violations(page))


CROWD = """() => { const main = document.querySelector('main');
  for (let number = 0; number < 9; number++) { const button = document.createElement('button');
    button.textContent = 'x'; button.style.cssText = 'all: unset; width: 9px; height: 9px; font-size: 6px';
    main.append(button); } }"""


def test_document_seen_at_one_width_is_still_asked_about_the_layout_at_another(
    pages: Pages,
) -> None:
    wide = pages.open(NOWHERE, width=1360)
    assert_accessible(wide)
    narrow = pages.open(NOWHERE, width=390)
    assert_accessible(narrow)
    narrow.evaluate(CROWD)
    with pytest.raises(AssertionError, match="target-size"):
        assert_accessible(narrow)
    with pytest.raises(
        AssertionError, match="target-size"
    ):  # seen by now: only the layout is asked about
        assert_accessible(narrow)


FAILING = """
def test_page(browser, tmp_path):
    from tests.support.browser import Pages
    pages = Pages(browser, "data:text/html,")
    page = pages._new_context(390, "es", True, "UTC").new_page()
    page.set_content("<h1>planted</h1>")
    with page.expect_console_message():
        page.evaluate("console.log('heard')")
    (tmp_path / "gunicorn.log").write_text("what the server said")
    print("what the test said")
    assert False
"""


def test_failing_browser_test_leaves_pictures_trace_and_log(tmp_path: Path) -> None:
    trial, kept = tmp_path / "test_trial.py", tmp_path / "kept"
    trial.write_text(FAILING)
    env = {name: value for name, value in os.environ.items() if name != session.VARIABLE}
    options = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "tests.conftest",
        "-c",
        str(ROOT / "pyproject.toml"),
    ]
    command = [sys.executable, "-m", "pytest", *options, str(trial)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**env, evidence.PLACE: str(kept)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    [folder] = kept.iterdir()
    assert f"Screenshots, traces and server logs: {folder}" in done.stdout
    names = {path.name for path in folder.iterdir()}
    assert names == {"0-0.png", "0-0.html", "trace.txt", "server-call.log", "gunicorn.log"}
    assert "console log: heard" in (folder / "trace.txt").read_text()
    assert "planted" in (folder / "0-0.html").read_text()
    assert "what the test said" in (folder / "server-call.log").read_text()
