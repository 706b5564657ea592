"""Counts in the page what a person presses, so that a count does not depend on what a test says that
it did.

with at_most_pressed(page, 25, "Fill in the matrix"):
    page.keyboard.press("Space")
"""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Page

LISTEN = """() => {
  const says = (target, how) => window.convocaPressed(`${how} ${target.tagName} ${target.name || target.id || ''}`);
  const writes = target => target.matches('textarea, input:not([type=radio], [type=checkbox], [type=submit])');
  const acts = event => event.key === 'Enter' ? event.target.tagName !== 'TEXTAREA'
    : (event.key === ' ' || event.key.startsWith('Arrow')) && !writes(event.target);
  let typed = false;
  addEventListener('pointerdown', event => says(event.target, 'tap'), true);
  addEventListener('keydown', event => {
    typed = event.target.tagName === 'SELECT' && event.key.length === 1;
    if (event.isTrusted && acts(event) && !typed) says(event.target, event.key);
  }, true);
  addEventListener('change', event => {
    if (event.target.tagName !== 'SELECT' || typed) return;
    says(event.target, 'open'); says(event.target, 'choose');
  }, true);
}"""
"""Typing, and moving the focus by Tab, are no presses. Each tap is one, into a field to type in it
too. A choice from a list is two, because the browser's list is opened first; its own taps are not
seen by the page.
"""


class PressesSeen:
    """What was pressed on the pages of a browser profile, in order: "tap INPUT status"."""

    def __init__(self, context: BrowserContext) -> None:
        self.all: list[str] = []
        context.expose_binding("convocaPressed", lambda _source, said: self.all.append(said))
        context.add_init_script(f"({LISTEN})()")


@contextmanager
def at_most_pressed(page: Page, most: int, task: str) -> Iterator[PressesSeen]:
    """Fails where more was pressed. Counts from the next document that the page loads, once for each
    profile.
    """
    seen = PressesSeen(page.context)
    yield seen
    page.wait_for_load_state("load")
    print(f"{task}: {len(seen.all)} of {most} presses")
    assert seen.all, f"{task}: the page saw no press at all"
    assert len(seen.all) <= most, f"{task}: " + ", ".join(seen.all)
