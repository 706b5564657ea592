"""The dark scheme: every text is read on its ground, on pages of each kind.

The sheet of components is looked at in dark by test_styleguide, the pairs of tokens by
tests/web/test_static. Of axe's rules only those that look at colours answer otherwise in the dark;
test_every_page asks the rest.
"""

from tests.journeys import steps
from tests.journeys.steps import WIDE_ES
from tests.support.browser import OpenPage, violations

PAGES = {
    "organizer": ("/", "/events/plan", "/programme/lanes", "/region", "/letters"),
    "official-hn": ("/programme", "/courses/guidelines", "/certificates"),
    "focal-point-hn": ("/countries/HN",),
}
COLOURS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}


def test_r60_dark_pages_have_no_barrier(open_page: OpenPage) -> None:
    page = open_page("about:blank", **WIDE_ES)
    page.emulate_media(color_scheme="dark")
    faults = []
    for who, paths in PAGES.items():
        steps.become(open_page, page, who, "es")
        for path in paths:
            page.goto(path)
            faults += [f"{path}: {fault}" for fault in violations(page, COLOURS)]
    assert not faults, "\n".join(faults)
