"""The dark scheme: axe finds nothing on a dozen pages, each of another kind."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys import steps
from tests.journeys.steps import WIDE_ES
from tests.support.browser import OpenPage
from tests.support.server import LiveServer

PAGES = {
    "organizer": (
        "/",
        "/desk",
        "/events/plan",
        "/programme/lanes",
        "/region",
        "/letters",
        "/styleguide",
    ),
    "official-hn": ("/", "/programme", "/courses/guidelines", "/certificates", "/account"),
    "focal-point-hn": ("/countries/HN", "/countries/HN/roster"),
}


@pytest.mark.parametrize("who", PAGES)
def test_r60_dark_pages_have_no_barrier(
    live_server: LiveServer, open_page: OpenPage, axe: Callable[[Page], None], who: str
) -> None:
    page = steps.enter(open_page, who, "/", **WIDE_ES)
    page.emulate_media(color_scheme="dark")
    faults = []
    for path in PAGES[who]:
        page.goto(f"{live_server.url}{path}")
        try:
            axe(page)
        except AssertionError as fault:
            faults.append(f"{path}: {fault}")
    assert not faults, "\n".join(faults)
