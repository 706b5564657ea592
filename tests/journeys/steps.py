"""What a visitor does, step by step. Forms are found by their address and their fields' names,
which are the same in both languages, with and without JavaScript, on a wide screen and on a phone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

from playwright.sync_api import Locator, Page, expect

from app.web.locale import LANGUAGE_COOKIE
from tests.journeys.world import Answer
from tests.support import server
from tests.support.actors import session_cookie
from tests.support.browser import HEIGHTS, assert_no_sideways_scroll, click

WIDE_ES: dict[str, Any] = {"width": 1360, "lang": "es"}
WIDE_EN: dict[str, Any] = {"width": 1360, "lang": "en"}
PHONE_ES: dict[str, Any] = {"width": 390, "lang": "es"}
PLAIN_PHONE_EN: dict[str, Any] = {"width": 390, "lang": "en", "javascript": False}


def named(way: dict[str, Any]) -> str:
    """For `ids=`: "390-en-plain"."""
    return f"{way['width']}-{way['lang']}" + ("" if way.get("javascript", True) else "-plain")


def enter(open_page: Any, who: str, path: str = "", **way: Any) -> Page:
    """A new visitor who has signed in as a persona of the demonstration and chosen the language of
    `way`; without a path on no page yet.

    Gets the session's cookie without the pages of signing in, which journeys of newcomers and of
    visitors who change look at.
    """
    page: Page = open_page("about:blank", **way)
    become(open_page, page, who, way.get("lang", "es"))
    if path:
        page.goto(path)
    return page


def become(open_page: Any, page: Page, who: str, lang: str) -> None:
    """The visitor of the page is another persona from the next page on."""
    url = open_page.__self__.base_url
    name, value = session_cookie(server.running[url], who)
    page.context.add_cookies(
        [
            {"name": name, "value": value, "url": url},
            {"name": LANGUAGE_COOKIE, "value": lang, "url": url},
        ]
    )


def sign_in(page: Page, who: str) -> None:
    if "/sign-in" not in page.url:
        page.goto("/sign-in")
    click(page.locator(f"form[action$='/sign-in/demo/{who}'] button"))
    expect(page.locator("form[action$='/sign-out']").first).to_be_attached()


def sign_out(page: Page) -> None:
    open_menu(page)
    click(page.locator("header form[action$='/sign-out'] button:visible"))
    expect(page.locator("form[action$='/sign-out']")).to_have_count(0)
    page.wait_for_load_state("load")


def open_menu(page: Page) -> None:
    """The account stands behind the initials; on a phone the main entries are there too."""
    if page.locator("header details[open]").count() == 0:
        click(page.locator("header details > summary"))


GO_ON = re.compile(r'<form method="post" action="([^"]+)" class="go-on".*?</form>', re.DOTALL)
HIDDEN = re.compile(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"')


def read_on(page: Page, *, until: str | None = None) -> None:
    """Continues from the screen shown, over HTTP as a browser without scripts does, and shows the
    first page that has `until` in its source: without it, what comes after the module's screens.
    """
    ask, here = page.context.request, page.url
    html = ask.get(here).text()
    while (until is None or until not in html) and (form := GO_ON.search(html)):
        typed: dict[str, str | float | bool] = {
            name: unescape(value) for name, value in HIDDEN.findall(form[0])
        }
        answer = ask.post(unescape(form[1]), form=typed, headers={"Referer": here})
        here, html = answer.url, answer.text()
    page.goto(here)


def assert_fits_desk_and_phone(page: Page) -> None:
    """The same page in both widths, without loading it again; ends in the width it had."""
    size = page.viewport_size
    assert size
    for width in {*HEIGHTS} - {size["width"]}:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        assert_no_sideways_scroll(page)
    page.set_viewport_size(size)
    assert_no_sideways_scroll(page)


def walk_to(page: Page, target: Locator, *, stops: int = 60) -> None:
    """Presses Tab until the focus is there, as far as a page has stops."""
    for _stop in range(stops):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by keyboard to {target}")


def heading(page: Page) -> Locator:
    found = page.get_by_role("heading", level=1)
    expect(found).to_have_count(1)
    return found


def button(page: Page, value: str, name: str = "action") -> Locator:
    return page.locator(f"button[name='{name}'][value='{value}']")


@dataclass(frozen=True)
class Wish:
    """What an organizer types: wall time of the event's zone."""

    title: str
    starts: datetime
    ends: datetime
    groups: tuple[str, ...] = ("protection",)
    person: str = ""


def unfold(page: Page) -> None:
    """Opens the folded parts of the planning form. The answer beside them may bring folds of its
    own meanwhile, so the first that is still closed is looked for anew.
    """
    closed = page.locator("form.plan details:not([open]) > summary")
    while closed.count():
        click(closed.first)


def fill_plan(page: Page, wish: Wish) -> None:
    unfold(page)
    page.locator("[name=title_es]").fill(wish.title)
    fill_time(page, wish.starts, wish.ends)
    for group in wish.groups:
        page.locator(f"[name=groups][value='{group}']").check()
    if wish.person:
        name_person(page, wish.person)


def fill_time(page: Page, starts: datetime, ends: datetime) -> None:
    page.locator("[name=on]").fill(f"{starts:%Y-%m-%d}")
    page.locator("[name=start]").fill(f"{starts:%H:%M}")
    page.locator("[name=end]").fill(f"{ends:%H:%M}")


def name_person(page: Page, name: str) -> None:
    """Searches the directory and ticks whoever bears that name."""
    page.locator("[name=people_words]").fill(name)
    click(button(page, "find"))
    page.get_by_role("checkbox", name=re.compile(re.escape(name))).check()


def refusals(page: Page) -> list[str]:
    """The sentences of the summary above a form that was refused."""
    page.wait_for_load_state("load")
    return page.get_by_role("alert").locator("li").all_inner_texts()


def slots(page: Page) -> Locator:
    return page.locator("button[name=slot]")


def no_slots(page: Page) -> None:
    """Waits for the answer that offers none. A page that has only begun to arrive has none
    either.
    """
    expect(slots(page)).to_have_count(0)
    page.wait_for_load_state("load")


def typed_time(page: Page) -> tuple[datetime, datetime]:
    on, start, end = (
        page.locator(f"[name={name}]").input_value() for name in ("on", "start", "end")
    )
    return datetime.fromisoformat(f"{on}T{start}"), datetime.fromisoformat(f"{on}T{end}")


def answer_quiz(page: Page, answers: Iterable[Answer]) -> None:
    """Answers the questions in their order and stops at the review, before handing in. Two orderings
    in a row have the same fields, so each waits for its own question.
    """
    for answer in answers:
        answer_and_go_on(page, answer)
    expect(page.locator("form[action$='/submission']")).to_be_visible()


def answer_and_go_on(page: Page, answer: Answer) -> None:
    answer_question(page, answer)
    asked = page.locator("h1").inner_text()
    click(button(page, "next", "step"))
    expect(page.locator("h1")).not_to_have_text(asked)


def answer_question(page: Page, answer: Answer) -> None:
    for option in answer.options:
        page.locator(f"[name=option][value='{option}']").check()
    for place, row in enumerate(answer.rows, start=1):
        page.locator(f"[name='place-{row}']").select_option(str(place))


def hand_in(page: Page) -> None:
    click(page.locator("form[action$='/submission'] button"))
    expect(page.locator("form[action$='/submission']")).to_have_count(0)
    page.wait_for_load_state("load")


def numbers(text: str) -> list[int]:
    return [int(found) for found in re.findall(r"\d+", text)]
