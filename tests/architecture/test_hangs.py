"""A browser that hangs is killed, the test that waited fails, and the next one gets a fresh
browser.
"""

import pytest
from playwright.sync_api import Error, Page

from tests.support.browser import GONE, Chromium


@pytest.mark.linux("finds the browser that it kills in /proc")
def test_a_browser_that_hangs_is_killed_and_replaced(chromium: Chromium) -> None:
    page = chromium.browser().new_page()
    with chromium.watched(0.5), pytest.raises(Error) as gone:
        page.evaluate("new Promise(() => {})")
    assert any(words in str(gone.value) for words in GONE)
    again: Page = chromium.browser().new_page()
    assert again.evaluate("1 + 1") == 2
    again.close()


def test_a_watched_test_that_ends_in_time_keeps_its_browser(chromium: Chromium) -> None:
    before = chromium.browser()
    with chromium.watched(60):
        before.new_page().close()
    assert chromium.browser() is before
