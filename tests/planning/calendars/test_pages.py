"""The pages of other calendars in a browser: accessible, and not wider than a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import (
    PLAIN_PHONE_EN,
    WIDE_EN,
    assert_fits_desk_and_phone,
    enter,
    named,
)
from tests.planning.calendars.test_reading import CORPUS
from tests.support.browser import click


@pytest.mark.parametrize("way", [WIDE_EN, {**PLAIN_PHONE_EN, "lang": "es"}], ids=named)
def test_a_file_is_added_and_its_problems_are_read(
    open_page: Any, axe: Callable[[Page], None], way: dict[str, Any]
) -> None:
    page = enter(open_page, "organizer", "/calendars/add", **way)
    click(page.locator("form[action='/calendars/add'] .actions button"))
    expect(page.locator(".error-summary")).to_be_visible()
    if way.get("javascript", True):
        axe(page)
    page.fill("#name_es", f"Proceso {named(way)}")
    page.set_input_files("#file", CORPUS / "broken_dates.ics")
    click(page.locator("form[action='/calendars/add'] .actions button"))
    added = page.locator("section", has_text=f"Proceso {named(way)}")
    expect(added).to_be_visible()
    click(added.locator("details summary").first)
    expect(added.get_by_text("Mes trece")).to_be_visible()
    assert_fits_desk_and_phone(page)
    if way.get("javascript", True):
        axe(page)
    click(added.locator("details summary").last)
    click(added.locator("form[action$='/remove'] button"))
    expect(page.locator("section", has_text=f"Proceso {named(way)}")).to_have_count(0)
