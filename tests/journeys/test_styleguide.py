"""The sheet of components in a real browser: light and dark, both widths, nothing that axe minds."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.journeys.steps import WIDE_ES
from tests.journeys.test_dark import COLOURS
from tests.support.browser import OpenPage, assert_no_sideways_scroll, violations

FACE = """async () => { await document.fonts.ready; return [...document.fonts]
  .filter(one => one.status === 'loaded').map(one => `${one.family} ${one.weight}`).sort(); }"""


def test_components_are_accessible_at_both_widths_and_in_the_dark(
    open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    page = open_page("/styleguide", **WIDE_ES)
    for width in (1360, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert_no_sideways_scroll(page)
        axe(page)
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []
    loaded = [face.replace('"', "") for face in page.evaluate(FACE)]
    assert loaded == ["Source Sans 3 400", "Source Sans 3 600"], "the extended files stay at home"
