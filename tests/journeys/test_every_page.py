"""Every page that each kind of visitor reaches by links: sound, light, accessible, and usable by
keyboard.
"""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import unescape
from itertools import takewhile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Page, Response, expect
from werkzeug.exceptions import HTTPException

from app.infra import clock
from app.web.locale import LANGUAGE_COOKIE
from tests.journeys import steps, world
from tests.journeys.steps import WIDE_EN, WIDE_ES, Wish
from tests.support import session
from tests.support.actors import session_cookie
from tests.support.browser import OpenPage, assert_no_sideways_scroll
from tests.support.server import LiveServer

ANONYMOUS = "anonymous"
EVERYBODY = {
    "home.home",
    "home.about",
    "home.accessibility",
    "home.guide",
    "home.guides",
    "programme.programme",
    "programme.programme_agenda",
    "programme.lanes",
    "events.event",
    "agenda.event_agenda",
    "cycles.edition",
    "cycles.editions",
    "guidelines.guidelines",
    "guidelines.section",
    "materials.library",
    "materials.materials",
    "practices.practices",
    "holidays.holidays",
    "programme.subscribe",
    "learning.course",
    "certificates.verify",
    "privacy.notice",
}
SIGNED_IN = {
    "identity.account",
    "programme.load",
    "registrations.my_webinars",
    "certificates.my_certificates",
    "notifications.wishes",
    "privacy.my_data",
    "privacy.close_account",
}
RULE_BOOK = {"scheduling.rule_book", "scheduling.rule"}
PLANNING = {
    "programme.board",
    "programme.move",
    "events.plan",
    "series.plan_a_series",
    "events.edit",
    "events.cancel",
    "events.brief",
    "agenda.session_new",
    "agenda.session_rows",
    "attendance.attendance",
    "registrations.registrations",
    "registrations.capacity",
    "invitations.invitations",
    "invitations.new_invitation",
}
LEADING = {
    *PLANNING,
    *RULE_BOOK,
    "cycles.annual_plans",
    "cycles.clone",
    "cycles.edit_edition",
    "cycles.edition_funding",
    "cycles.event_funding",
    "cycles.new_edition",
    "cycles.new_entry",
    "cycles.new_table",
    "cycles.plan_entry",
    "cycles.work_table",
    "events.translations",
    "cases.cases",
    "directory.delegations",
    "turnover.region",
    "turnover.country",
    "handover.presidency",
    "handover.term",
    "handover.handovers",
    "handover.of_presidency",
    "handover.audit",
    "handover.history",
}
ANSWERING = {
    "directory.roster",
    "directory.newcomer",
    "directory.newcomers",
    "directory.delegations",
    "directory.designation",
    "certificates.country_certificates",
    "turnover.country",
    "turnover.region",
    "attendance.attendance",
    "holidays.country_holidays",
    "holidays.holiday",
    "invitations.nominations",
}
AGREEING = {"agreements.agreements", "agreements.agreement", "agreements.event_agreements"}
LOOKING_BACK = {"bodies.bodies", "bodies.body", "congress.progress", "guidelines_review.current"}
CARRYING_OUT = {"general_plan.plan", "plans.table", "matrix.region"}
FULLEST = ("/guidelines/sections/III.1", "/library?section=III.1", "/editions/congress-6/progress")
"""Pages of which a visitor's walk meets others first, on which little or nothing stands."""
MUST_REACH = {
    "organizer": AGREEING
    | LEADING
    | CARRYING_OUT
    | LOOKING_BACK
    | SIGNED_IN
    | {
        "matrix.periods",
        "matrix.sheet",
        "plans.members",
        "plans.paste",
        "holidays.country_holidays",
        "holidays.holiday",
        "outbox.messages",
        "outbox.message",
        "privacy.people",
        "privacy.retention",
        "status.status",
        "status.version",
    },
    "presidency": CARRYING_OUT | LEADING | LOOKING_BACK | SIGNED_IN,
    "focal-point-hn": ANSWERING
    | CARRYING_OUT
    | LOOKING_BACK
    | SIGNED_IN
    | {"agreements.agreement", "agreements.agreements", "matrix.country"},
    "convenor-labour": {"programme.board", "events.plan", "events.translations"}
    | RULE_BOOK
    | SIGNED_IN,
    "official-hn": SIGNED_IN,
    ANONYMOUS: {"identity.sign_in"},
}
"""Whoever sees most comes first: what the others see is mostly part of it."""
PARTS = {"organizer": 6, "focal-point-hn": 2, "convenor-labour": 2}
"""In how many tests a visitor's pages are looked at, so that none takes long and workers share
them.
"""
HEAVIEST_PAGE, HEAVIEST_VIEW, MOST_REQUESTS = 40 * 1024, 80 * 1024, 15
WHOLE_MODULES = {"learning.pack", "learning.question_list"}
"""A module to print and a bank to read through, as long as what they hold."""
WIDTHS = (1360, 390)
TAB_STOPS = 40
MONTHS_AHEAD = 2
LINK = re.compile(r"<a\s[^>]*?href=\"([^\"]*)\"[^>]*>")
LANGUAGE = re.compile(r'<html[^>]*? lang="([^"]*)"')
TAG = re.compile(r"<([a-z][a-z0-9]*)([^<>]*)>")
KIND = re.compile(r'\b(?:class|type|role)="[^"]*"')
FIRST_SIGHT = """() => [performance.getEntriesByType('resource').map(entry => entry.name),
  document.activeElement.getAttribute('href')]"""
FOCUS = """() => { const at = document.activeElement, box = at.getBoundingClientRect(), look = getComputedStyle(at);
  return {tag: at.tagName, href: at.getAttribute('href'), name: at.outerHTML.slice(0, 120),
    seen: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth && box.width > 0,
    ring: (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== 'none'}; }"""


@dataclass
class Walk:
    """One visitor's way through the site by plain requests, with the cookies of their browser.
    `found`: each endpoint once, with the address met first. `kinds`: of what elements the page at
    that address consists.
    """

    cookies: list[tuple[str, str]]
    app: Flask
    base: str
    found: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, list[str]] = field(default_factory=dict)
    boards: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def go(self) -> None:
        self._client = self.app.test_client()
        for name, value in [*self.cookies, (LANGUAGE_COOKIE, "es")]:
            self._client.set_cookie(name, value, domain="127.0.0.1")
        waiting = [f"{self.base}/"]
        while waiting:
            address = waiting.pop(0).partition("#")[0]
            endpoint = self._endpoint(address)
            if endpoint is None or (
                endpoint in self.found and not self._turns_to_a_month(endpoint, address)
            ):
                continue
            self.found.setdefault(endpoint, address.removeprefix(self.base))
            waiting += self._links(endpoint, address)

    def _turns_to_a_month(self, endpoint: str, address: str) -> bool:
        """In the last days of a month its board has nothing left to move: whoever looks for that
        turns the leaf.
        """
        month = parse_qs(urlsplit(address).query).get("month", [""])[0]
        is_new = (
            endpoint == "programme.board"
            and month > f"{clock.today():%Y-%m}"
            and month not in self.boards
        )
        if not is_new or len(self.boards) == MONTHS_AHEAD:
            return False
        self.boards.add(month)
        return True

    def _links(self, endpoint: str, address: str) -> list[str]:
        answer = self._client.get(
            address.removeprefix(self.base),
            base_url=self.base,
            follow_redirects=True,
            headers={"Accept-Language": "es-CR"},
        )
        if answer.status_code >= 400:
            self.faults.append(f"{address}: a link that leads to {answer.status_code}")
            return []
        if answer.mimetype != "text/html":
            return []
        text = answer.text
        if endpoint not in self.kinds:
            self._read(endpoint, address, text)
        links = [found for found in LINK.finditer(text) if " download" not in found[0]]
        return [urljoin(answer.request.url, unescape(found[1])) for found in links]

    def _read(self, endpoint: str, address: str, text: str) -> None:
        """What the document alone tells, for each visitor: one heading, its language, its size."""
        headings, languages = text.count("<h1"), LANGUAGE.findall(text)
        size = len(text.encode())
        for is_wrong, words in (
            (headings != 1, f"{headings} h1"),
            (languages != ["es"], f"lang is {languages}"),
            (
                size > HEAVIEST_PAGE and endpoint not in WHOLE_MODULES,
                f"{size} bytes of HTML",
            ),
        ):
            if is_wrong:
                self.faults.append(f"{endpoint} {address}: {words}")
        self.kinds[endpoint] = sorted(kinds_of(text))

    def _endpoint(self, address: str) -> str | None:
        """Our own pages only; files (PDF, calendars) are tested where they are made."""
        parts = urlsplit(address)
        if not address.startswith(self.base) or re.search(r"\.(ics|pdf|csv|json|svg)$", parts.path):
            return None
        try:
            endpoint, _values = self.app.url_map.bind("").match(parts.path, "GET")
        except HTTPException as error:
            self.faults.append(f"{address}: a link that leads to {error}")
            return None
        return str(endpoint)


def kinds_of(text: str) -> set[str]:
    """The elements of a page's main part, each with its classes, type and role, without numbers."""
    main = text.partition("<main")[2].partition("</main>")[0]
    return {
        re.sub("[0-9]+", "0", " ".join([tag, *KIND.findall(attributes)]))
        for tag, attributes in TAG.findall(main)
    }


def walked(who: str, server: LiveServer) -> Walk:
    """The visitor's way, gone once per run by whichever part comes first: all servers have the same
    data at first.
    """

    def go(target: Path) -> None:
        cookies = [] if who == ANONYMOUS else [session_cookie(server.app, who)]
        walk = Walk(cookies, server.app, server.url)
        walk.go()
        target.write_text(
            json.dumps({"found": walk.found, "kinds": walk.kinds, "faults": walk.faults})
        )

    return Walk(
        [], server.app, server.url, **json.loads(session.once(f"walk-{who}.json", go).read_text())
    )


@dataclass
class Look:
    """What is wrong with pages, looked at one by one in a real browser: their weight, whether the
    first Tab reaches the skip link, their width, what axe finds.
    """

    page: Page
    axe: Callable[[Page], None]
    faults: list[str] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.page.add_init_script(AXE_SCRIPT)  # sent to the browser once, not for each page

    def at(self, endpoint: str, address: str) -> None:
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        answer = self.page.goto(address)
        assert answer
        if answer.status < 400:
            self.page.keyboard.press("Tab")
            loaded, focus = self.page.evaluate(FIRST_SIGHT)
            self._weigh(endpoint, answer, loaded)
            if focus != "#main":
                self.faults.append(f"{endpoint}: the skip link is not first")
            self._look()

    def _weigh(self, endpoint: str, answer: Response, loaded: list[str]) -> None:
        assets = {url for url in loaded if "/static/" in url}
        weight = len(gzip.compress(answer.body())) + sum(self._asset(url) for url in assets)
        for is_wrong, words in (
            (weight > HEAVIEST_VIEW, f"{weight} bytes at first sight"),
            (1 + len(loaded) > MOST_REQUESTS, f"{1 + len(loaded)} requests"),
        ):
            if is_wrong:
                self.faults.append(f"{endpoint} {self.page.url}: {words}")

    def _asset(self, url: str) -> int:
        if url not in self.weights:
            self.weights[url] = len(gzip.compress(self.page.context.request.get(url).body()))
        return self.weights[url]

    def _look(self) -> None:
        """Nothing is too wide; axe finds nothing."""
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self._note(assert_no_sideways_scroll)
            self._note(self.axe)

    def _note(self, check: Callable[[Page], None]) -> None:
        try:
            check(self.page)
        except AssertionError as fault:
            self.faults.append(str(fault))


def to_look_at(walk: Walk, before: Sequence[Walk]) -> dict[str, str]:
    """The pages, address by endpoint, that nobody before has, or that have an element of a kind that
    nobody before has anywhere. Each visitor's own header and menus are looked at on the first page.
    """
    found = {endpoint for other in before for endpoint in other.found}
    kinds = {kind for other in before for page in other.kinds.values() for kind in page}
    return {
        endpoint: path
        for endpoint, path in walk.found.items()
        if endpoint == "home.home"
        or endpoint not in found
        or not kinds.issuperset(walk.kinds.get(endpoint, []))
    }


def test_a_page_is_looked_at_again_only_for_what_is_new_on_it() -> None:
    def walk(**pages: str) -> Walk:
        kinds = {
            f"x.{name}": sorted(kinds_of(f"<main>{text}</main>")) for name, text in pages.items()
        }
        return Walk([], Flask("nobody"), "", dict.fromkeys(kinds, "/"), kinds)

    before = [walk(list='<p class="a">1</p>'), walk(plan='<input type="text">', one="<p>2</p>")]
    assert not to_look_at(walk(list="<p>3</p>", plan='<p class="a">'), before)
    assert list(to_look_at(walk(list="<p>", plan='<input type="date">'), before)) == ["x.plan"]
    assert list(to_look_at(walk(account="<p>"), before)) == ["x.account"]


@pytest.mark.parametrize(
    ("who", "part"), [(who, part) for who in MUST_REACH for part in range(PARTS.get(who, 1))]
)
def test_r60_every_page_is_sound_light_and_accessible(
    live_server: LiveServer, open_page: OpenPage, axe: Callable[[Page], None], who: str, part: int
) -> None:
    page = (
        open_page("/", **WIDE_ES)
        if who == ANONYMOUS
        else steps.enter(open_page, who, "/", **WIDE_ES)
    )
    before = [walked(other, live_server) for other in takewhile(lambda one: one != who, MUST_REACH)]
    walk, look = walked(who, live_server), Look(page, axe)
    assert (EVERYBODY | MUST_REACH[who]) <= walk.found.keys(), (
        "what only an address typed by hand opens, nobody opens"
    )
    for endpoint, path in to_look_at(walk, before).items():
        if zlib.crc32(endpoint.encode()) % PARTS.get(who, 1) == part:
            look.at(endpoint, f"{live_server.url}{path}")
    assert not (walk.faults + look.faults), "\n".join(walk.faults + look.faults)


def test_r60_pages_of_follow_up_are_sound_where_most_stands_on_them(
    live_server: LiveServer, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    page = steps.enter(open_page, "organizer", "/library", **WIDE_ES)
    page.locator("main .cites summary").first.click()
    page.locator("main a[href*='#material-']:visible").first.click()
    page.get_by_role("link", name="Cambiar sus datos").first.click()
    expect(steps.heading(page)).to_contain_text("Datos de")
    look = Look(page, axe)
    for address in (page.url, *(f"{live_server.url}{path}" for path in FULLEST)):
        look.at(urlsplit(address).path, address)
    assert not look.faults, "\n".join(look.faults)


@pytest.mark.parametrize(
    ("who", "path"), [("organizer", "/events/plan"), ("focal-point-hn", "/countries/HN")]
)
def test_r60_the_focus_is_always_seen(open_page: OpenPage, who: str, path: str) -> None:
    page = steps.enter(open_page, who, path, **WIDE_ES)
    unseen = []
    for _stop in range(TAB_STOPS):
        page.keyboard.press("Tab")
        at: dict[str, Any] = page.evaluate(FOCUS)
        if at["tag"] != "BODY" and not (at["seen"] and at["ring"]):
            unseen.append(at["name"])
    assert not unseen, "\n".join(unseen)


def test_r60_a_webinar_is_planned_by_keyboard_alone(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    held = world.coming(live_server, "labour-migration", number=1)
    page = steps.enter(open_page, "organizer", "/events/plan", **WIDE_EN)
    wish = Wish("Planned without a mouse", held.starts, held.ends)
    tab_to(page, "title_en")
    page.keyboard.type(wish.title)
    tab_to(page, "groups", "protection")
    page.keyboard.press("Space")
    tab_to(page, "on")
    page.keyboard.type(f"{wish.starts:%m%d%Y}")
    tab_to(page, "start")
    page.keyboard.type(f"{wish.starts:%H:%M}")
    tab_to(page, "end")
    page.keyboard.type(f"{wish.ends:%H:%M}")
    expect(page.locator("[name=groups][value=protection]")).to_be_checked()
    assert steps.typed_time(page) == (wish.starts, wish.ends)
    tab_to(page, "action", "publish")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    tab_to(page, "slot")
    page.keyboard.press("Enter")
    steps.no_slots(page)
    tab_to(page, "action", "publish")
    page.keyboard.press("Enter")
    expect(steps.heading(page)).to_contain_text(wish.title)


def tab_to(page: Page, name: str, value: str | None = None) -> None:
    """Tab until a control has the focus. Fails when Tab never gets there."""
    for _press in range(150):
        page.keyboard.press("Tab")
        at = page.evaluate(
            "[document.activeElement?.name ?? '', document.activeElement?.value ?? '']"
        )
        if at[0] == name and value in (None, at[1]):
            return
    raise AssertionError(f"Tab does not reach {name} {value or ''}")
