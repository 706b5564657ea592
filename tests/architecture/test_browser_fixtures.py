"""A browser test is only worth what it notices: each of these plants what it must notice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support import databases, slow_line
from tests.support.browser import Pages, assert_accessible, assert_no_sideways_scroll, violations
from tests.support.server import LiveServer, serving

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


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize("width", [1360, 390])
def test_a_page_is_in_the_visitors_language_accessible_and_not_too_wide(pages: Pages, lang: str, width: int) -> None:
    page = pages.open(NOWHERE, width=width, lang=lang)  # type: ignore[arg-type]  # parametrized
    assert page.get_attribute("html", "lang") == lang
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    assert pages.problems == []


def test_axe_and_the_width_check_see_a_defect(pages: Pages) -> None:
    page = pages.open(NOWHERE, width=390)
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"/static/favicon.svg\" width=900>'")
    assert any("image-alt" in violation for violation in violations(page))
    with pytest.raises(AssertionError, match="px wide in a window"):
        assert_no_sideways_scroll(page)


def test_script_errors_and_strangers_fail_the_test(pages: Pages) -> None:
    page = pages.open(NOWHERE)
    page.evaluate("setTimeout(() => { throw new Error('planted') })")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img alt=\"\" src=\"http://stranger.example.org/x.png\">')"
    )
    page.wait_for_load_state("networkidle")
    assert any("planted" in problem for problem in pages.problems)
    assert any("stranger.example.org" in problem or "Content Security Policy" in problem for problem in pages.problems)
    with pytest.raises(AssertionError, match="planted"):
        Pages(pages.browser, pages.base_url, problems=pages.problems).close()


def test_without_javascript_the_page_is_there_too(pages: Pages) -> None:
    page = pages.open(NOWHERE, javascript=False)
    assert page.locator("h1").count() == 1


def test_what_does_not_wait_reads_a_whole_page_after_a_click(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(slow_line.VARIABLE, "1")
    url = databases.sqlite_copy(databases.migrated_sqlite(), tmp_path / "convoca.sqlite3")
    with serving(url, tmp_path) as server:
        pages = Pages(browser, server.url)
        page = pages.open(NOWHERE, javascript=False)
        page.locator("footer a[href='/about']").click()
        assert page.locator("footer a[href='/about']").count() == 1
        assert page.title().startswith("Qué es Convoca")
        pages.close()
