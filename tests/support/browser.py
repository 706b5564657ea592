"""Chromium through Playwright, and what every page keeps: no error, no stranger, no sideways
scrolling, no barrier.
"""

import hashlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Locator,
    Page,
    Playwright,
    Request,
    expect,
)

from tests.support import evidence, patience, session
from tooling.machine import chromium

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    # Else the first page of a profile leaves its process for another one.
    "--renderer-process-limit=1",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    # A page lives for a second here: optimized code costs more to make than it saves.
    "--js-flags=--no-opt --no-maglev",
]
HEIGHTS = {1360: 900, 390: 844}
AXE_OPTIONS: dict[str, Any] = {
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}},
    "preload": {"assets": ["media"]},
}
"""No rule of these reads style sheets, which axe would otherwise load and read again on each page."""
LAYOUT_RULES = ["target-size", "scrollable-region-focusable"]
"""The rules of axe whose verdict depends on the width of the window when the document is the
same.
"""
LAYOUT_OPTIONS: dict[str, Any] = {
    **AXE_OPTIONS,
    "runOnly": {"type": "rule", "values": LAYOUT_RULES},
}
SKELETON = r"""() => {
  const passing = /^(id|for|href|src|value|action|content|nonce|datetime|title|data-.*|hx-.*)$/;
  const attribute = one => passing.test(one.name) ? one.name : `${one.name}=${one.value.replace(/[0-9]+/g, '0')}`;
  const element = at => [at.tagName, !at.childElementCount && at.textContent.trim() ? '.' : '',
    ...Array.from(at.attributes, attribute)].join(' ');
  return Array.from(document.querySelectorAll('*'), element).join(' ');
}"""
"""A document without its words, numbers and addresses."""
RUN_AXE = "async options => (await axe.run(options)).violations"
RUN_AXE_ON_NEW = r"""async ([options, seen]) => {
  const rules = {...options.rules, 'color-contrast': {enabled: false}};
  const {violations} = await axe.run({...options, rules});
  const grounds = new Map([[null, '']]);
  const ground = at => {
    if (!grounds.has(at)) {
      const {backgroundColor, backgroundImage, opacity, filter, mixBlendMode} = getComputedStyle(at);
      const paint = [backgroundColor, backgroundImage, opacity, filter, mixBlendMode].join();
      const below = ground(at.parentElement);
      grounds.set(at, paint === 'rgba(0, 0, 0, 0),none,1,none,normal' ? below : `${below}|${paint}`);
    }
    return grounds.get(at);
  };
  const moved = [];
  for (const at of document.body.querySelectorAll('*')) {
    const {position, transform, translate, margin} = getComputedStyle(at);
    if (/absolute|fixed|sticky/.test(position) || transform !== 'none' || translate !== 'none' || margin.includes('-'))
      moved.push([at, at.getBoundingClientRect()]);
  }
  const lies_alone = (at, box) => moved.every(([other, its]) => !other.contains(at)
    && (its.right <= box.left || its.left >= box.right || its.bottom <= box.top || its.top >= box.bottom));
  const looks = new Map(), passed = new Set(seen), asked = new Set();
  for (const at of document.body.querySelectorAll('*')) {
    const has_words = Array.from(at.childNodes).some(one => one.nodeType === 3 && one.data.trim());
    if (!has_words && !at.matches('input, select, textarea, button') || !at.checkVisibility()) continue;
    const {color, fontSize, fontWeight, textShadow, webkitTextStroke} = getComputedStyle(at);
    const look = [color, fontSize, fontWeight, textShadow, webkitTextStroke, ground(at)].join();
    looks.set(at, lies_alone(at, at.getBoundingClientRect()) ? look : '');
  }
  const left = () => [...looks].filter(([at, look]) => !passed.has(look) && !asked.has(at));
  const ask = async texts => {
    if (!texts.length) return;
    texts.forEach(at => asked.add(at));
    const answer = await axe.run({include: texts}, {...options, rules: {}, elementRef: true,
      resultTypes: ['violations', 'passes'], runOnly: {type: 'rule', values: ['color-contrast']}});
    for (const {nodes} of answer.passes) for (const {element} of nodes) passed.add(looks.get(element));
    for (const {nodes} of answer.violations) for (const node of nodes) delete node.element;
    violations.push(...answer.violations);
    passed.delete('');
  };
  await ask([...new Map(left().map(([at, look]) => [look || at, at])).values()]);
  await ask(left().map(([at]) => at));  // of the others axe said nothing, as of a control that is disabled
  passed.delete(undefined);
  return [violations, [...passed]];
}"""
"""As `RUN_AXE`, which spends two thirds of its time on the contrast of each text: of texts with the
same colours, size and weight on the same grounds, one is asked about, and none when axe has passed
one before. A text that lies in, on or under something moved out of the flow is always asked about.
"""
NO_SCRIPTS = "matchMedia('(scripting: none)').matches"
LOOPBACK = ("127.0.0.1", "localhost")
NETWORKED = ("http", "https", "ws", "wss")
# Logged by htmx when a reader goes on before its answer came; a failure would also log
# htmx:sendError or responseError.
ABANDONED = ("htmx:sendAbort", "htmx:afterRequest")


HUNG_SECONDS = 150.0
PATIENCE_SECONDS = 20
"""How long a page may take to show what a test expects of it, on a machine that has other things to
do.
"""
# What Playwright says when the browser or its driver has gone: the machine's doing, not a page's.
GONE = ["has been closed", "Connection closed", "Target crashed", "Browser closed"]


def click(locator: Locator, **options: Any) -> None:
    """Clicks, and waits until the document that may follow is read to its end.

    Playwright's own click returns when the first bytes of the next page are in: `count()` and its
    like, which do not wait, would see a page without the form that is still to arrive.
    """
    locator.click(**options)
    locator.page.wait_for_load_state("domcontentloaded")


def press(locator: Locator, key: str) -> None:
    """Presses a key in a field; waits as `click` does."""
    locator.press(key)
    locator.page.wait_for_load_state("domcontentloaded")


def executable() -> str | None:
    return chromium()


class Chromium:
    """One browser for a whole run. Playwright waits for ever for some answers of a browser that
    hangs, so one that has kept a test waiting too long is killed: the test fails with a clear word,
    and the next one gets a fresh browser.
    """

    def __init__(self, playwright: Playwright, path: str) -> None:
        self._playwright, self._path = playwright, path
        self._switch = f"--convoca-tests={os.getpid()}"
        self._browser: Browser | None = None

    def browser(self) -> Browser:
        if self._browser is None or not self._browser.is_connected():
            self._browser = self._playwright.chromium.launch(
                executable_path=self._path, args=[*ARGUMENTS, self._switch]
            )
        return self._browser

    @contextmanager
    def watched(self, seconds: float | None = None) -> Iterator[None]:
        """Kills the browser when the block takes longer; without a limit, than a test may."""
        watchdog = threading.Timer(seconds or patience.scaled(HUNG_SECONDS), self.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            yield
        finally:
            watchdog.cancel()

    def kill(self) -> None:
        """The browser's own process; those it started end with it."""
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                if self._switch in words and not any(word.startswith("--type=") for word in words):
                    os.kill(int(process.name), signal.SIGKILL)

    def close(self) -> None:
        if self._browser is not None and self._browser.is_connected():
            with self.watched(20):
                self._browser.close()


@dataclass
class Pages:
    """Opens pages of one server and remembers what went wrong on them; `close()` reports it as a
    failure.
    """

    browser: Browser
    base_url: str
    contexts: list[BrowserContext] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        evidence.steps.clear()

    def open(
        self,
        path: str = "/",
        *,
        width: Literal[1360, 390] | int = 1360,
        lang: Literal["es", "en"] = "es",
        javascript: bool = True,
        timezone: str = "America/Costa_Rica",
        context: BrowserContext | None = None,
    ) -> Page:
        """A page at `path`, in a browser profile of its own, or in `context` (`page.context` keeps
        the sign-in).
        """
        if context is None:
            context = self._new_context(width, lang, javascript, timezone)
        page = context.new_page()
        page.goto(path)
        return page

    def _new_context(
        self, width: int, lang: str, javascript: bool, timezone: str
    ) -> BrowserContext:
        context = self.browser.new_context(
            base_url=self.base_url,
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            locale={"es": "es-CR", "en": "en-US"}[lang],
            timezone_id=timezone,
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        context.grant_permissions(
            ["clipboard-write"]
        )  # a browser with windows grants it to the page in front
        limit = patience.scaled(PATIENCE_SECONDS) * 1000
        context.set_default_timeout(limit)
        expect.set_options(timeout=limit)
        # Only listened to: a route would send each request through Playwright and switch the
        # browser's cache off. The browser finds no other machine, see ARGUMENTS.
        context.on("request", self._note_stranger)
        context.on("page", self._listen)
        if evidence.is_full():
            context.tracing.start(screenshots=True, snapshots=True)
        self.contexts.append(context)
        evidence.watched.append(context)
        return context

    def _note_stranger(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in NETWORKED and parts.hostname not in LOOPBACK:
            self.problems.append(f"a page asked another machine: {request.url}")

    def _listen(self, page: Page) -> None:
        """Scripts that fail, resources the content policy blocks, and answers that are our bug."""
        page.on("pageerror", self._script_failed)
        page.on("framenavigated", lambda frame: evidence.note(f"page {frame.url}"))
        page.on("console", lambda line: self._console(line.type, line.text))
        page.on("response", lambda answer: self._answer(answer.status, answer.url))

    def _script_failed(self, error: Error) -> None:
        evidence.note(f"script error: {error}")
        self.problems.append(f"script error: {error}")

    def _console(self, kind: str, text: str) -> None:
        evidence.note(f"console {kind}: {text}")
        # Chromium also logs each 4xx answer; those are the test's own business.
        if kind == "error" and not text.startswith(("Failed to load resource", *ABANDONED)):
            self.problems.append(f"console error: {text}")

    def _answer(self, status: int, url: str) -> None:
        evidence.note(f"{status} {url}")
        if status >= 500 and not url.endswith("/ready"):
            self.problems.append(f"{status} at {url}")

    def close(self) -> None:
        if self.problems:
            evidence.keep_pages(os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0])
        for context in self.contexts:
            evidence.watched.remove(context)
            context.close()
        assert not self.problems, "\n".join(self.problems)


OpenPage = Callable[..., Page]


def violations(
    page: Page, options: dict[str, Any] = AXE_OPTIONS, *, passed: set[str] | None = None
) -> list[str]:
    """Every axe violation on the page as one readable paragraph. `passed`: looks of texts whose
    contrast need not be asked about, to which those of this page are added; without it, that of
    every text is.

    Axe answers by a promise, which a page without scripts never keeps: the test would wait until
    its browser is killed, and a second time after that.
    """
    page.wait_for_load_state("load")
    assert not page.evaluate(NO_SCRIPTS), f"axe needs scripts, and {page.url} has none"
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    if passed is None:
        found = page.evaluate(RUN_AXE, options)
    else:
        found, looks = page.evaluate(RUN_AXE_ON_NEW, [options, list(passed)])
        passed.update(looks)
    lines = []
    for violation in found:
        places = "\n".join(
            f"    {node['target']}: {node['html'][:200]}" for node in violation["nodes"][:5]
        )
        lines.append(
            f"{violation['impact']} {violation['id']}: {violation['help']} ({len(violation['nodes'])})\n{places}"
        )
    return lines


_passed: set[str] = set()
"""How texts look whose contrast axe has passed in this process."""


def assert_accessible(page: Page) -> None:
    """Fails unless axe finds nothing. A document that this run has seen is only asked what depends
    on the width.
    """
    found = violations(page, passed=_passed) if _is_new(page) else violations(page, LAYOUT_OPTIONS)
    assert not found, f"axe on {page.url}:\n" + "\n".join(found)


def _is_new(page: Page) -> bool:
    """True when no worker of this run has had such a document looked at: the same elements in the
    same language.
    """
    page.wait_for_load_state("load")
    seen = session.folder() / "axed"
    seen.mkdir(exist_ok=True)
    try:
        (seen / hashlib.sha256(page.evaluate(SKELETON).encode()).hexdigest()).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def assert_no_sideways_scroll(page: Page) -> None:
    """Once the stylesheets are in: a click returns as soon as the new address is known."""
    page.wait_for_load_state("load")
    seen = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert seen[0] <= seen[1], f"{page.url} is {seen[0]} px wide in a window of {seen[1]} px"
