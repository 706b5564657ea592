"""The sheet of components in a real browser: light and dark, both widths, nothing that axe minds."""

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.journeys.steps import WIDE_ES
from tests.support.browser import OpenPage, assert_no_sideways_scroll

FACE = """async () => { await document.fonts.ready; return [...document.fonts]
  .filter(one => one.status === 'loaded').map(one => `${one.family} ${one.weight}`).sort(); }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_components_are_accessible_at_both_widths(
    open_page: OpenPage, axe: Callable[[Page], None], scheme: Literal["light", "dark"]
) -> None:
    page = open_page("/styleguide", **WIDE_ES)
    page.emulate_media(color_scheme=scheme)
    for width in (1360, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert_no_sideways_scroll(page)
        axe(page)
    loaded = [face.replace('"', "") for face in page.evaluate(FACE)]
    assert loaded == ["Source Sans 3 400", "Source Sans 3 600"], "the extended files stay at home"
