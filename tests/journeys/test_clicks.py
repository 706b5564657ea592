"""How many presses planning takes an organizer: clicks, ticks and keys that act; typing is not
counted. test_one_sitting counts what comes after it. The figures are printed (`-s`).
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from playwright.sync_api import FilePayload, Locator, Page, expect
from sqlalchemy import func, select

from app.infra import clock
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.participation.registrations.models import Invitation
from app.planning.arranging.queries.asking import free_slots
from app.planning.events.values import EventDraft, EventKind
from tests.journeys import steps, world
from tests.support.actors import actor_of
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer

ZONE = ZoneInfo("America/Costa_Rica")
RULE = "dos grupos de trabajo no se reúnen a la vez"


class Presses:
    """Counts while it presses."""

    def __init__(self) -> None:
        self.number = 0

    def click(self, locator: Locator) -> None:
        self.number += 1
        click(locator)

    def key(self, page: Page, key: str) -> None:
        self.number += 1
        page.keyboard.press(key)

    def file(self, locator: Locator, file: FilePayload) -> None:
        """Choosing a file is one press of its control."""
        self.number += 1
        locator.set_input_files(file)


@contextmanager
def at_most(most: int, task: str) -> Iterator[Presses]:
    presses, began = Presses(), time.monotonic()
    yield presses
    print(f"{task}: {presses.number} of {most}, {time.monotonic() - began:.1f} s")
    assert presses.number <= most, task


def submit(page: Page, ending: str) -> Locator:
    """The button of the form whose address ends so."""
    return page.locator(f"form[action$='{ending}'] button[type=submit]").first


def plan(page: Page, presses: Presses, title: str, starts: datetime) -> None:
    """From any page: `n`, title, one group, date and hours, publish."""
    presses.key(page, "n")
    page.wait_for_url("**/events/plan*")
    page.locator("[name=title_es]").fill(title)
    presses.click(page.locator("label:has([name=groups][value=protection])"))
    steps.fill_time(page, starts, starts + timedelta(hours=1))
    presses.click(steps.button(page, "publish"))


def free_hour(server: LiveServer, taken: datetime) -> datetime:
    """One of those that the form would offer instead of a taken hour."""
    starts = taken.replace(tzinfo=ZONE)
    draft = EventDraft(
        EventKind.WEBINAR,
        LocalizedText(es="Se pregunta"),
        Timespan(starts, starts + timedelta(hours=1)),
        groups=("protection",),
    )
    actor = actor_of(server.app, "organizer")
    slots = world.look(server, lambda db: free_slots(db, actor=actor, draft=draft, now=clock.now()))
    return slots[0].span.starts_at.astimezone(ZONE).replace(tzinfo=None)


def refused_with_why(page: Page, held: world.Held, title: str) -> None:
    """One sentence has the rule, the other event and its hours with their zone; what was typed is
    kept, and three free hours are offered.
    """
    [sentence] = [said for said in steps.refusals(page) if RULE in said]
    for part in (held.title["es"], f"{held.starts:%H:%M}", f"{held.ends:%H:%M}", "UTC−6"):
        assert part in sentence
    assert sentence.count(".") == 1
    assert sentence.endswith(".")
    assert page.title().startswith("Error:")
    expect(page.locator("[name=title_es]")).to_have_value(title)
    assert steps.typed_time(page)[0] == held.starts
    expect(steps.slots(page)).to_have_count(3)
    assert_no_sideways_scroll(page)


def test_r39_r63_planning_takes_few_presses(live_server: LiveServer, open_page: OpenPage) -> None:
    """A taken hour twice in a row, another like it, and all countries."""
    held = world.coming(live_server, "labour-migration", number=1)
    page = steps.enter(open_page, "organizer", "/home", **steps.WIDE_ES)
    for number in (1, 2):
        began, title = time.monotonic(), f"Seminario {number}"
        with at_most(5, f"Plan a webinar at a taken hour, {number} in a row") as presses:
            plan(page, presses, title, held.starts)
            refused_with_why(page, held, title)
            presses.click(steps.slots(page).last)
            steps.no_slots(page)
            starts, ends = steps.typed_time(page)
            assert starts != held.starts
            presses.click(steps.button(page, "publish"))
            page.wait_for_url("**/events/*-*")
        assert time.monotonic() - began <= 60
        expect(page.get_by_role("status").first).not_to_be_empty()
        expect(page.locator("main")).to_contain_text(
            f"{starts:%H:%M}–{ends:%H:%M} Costa Rica, UTC−6"
        )
    event, free = page.url, free_hour(live_server, held.starts)
    began = time.monotonic()
    with at_most(3, "Duplicate") as presses:
        presses.click(page.locator("details.more-acts > summary"))
        presses.click(submit(page, "/duplicate"))
        page.wait_for_url("**/edit?*")
        steps.fill_time(page, free, free + timedelta(hours=1))
        presses.click(steps.button(page, "publish"))
        page.wait_for_url("**/events/*-*")
    assert time.monotonic() - began <= 60
    page.goto(event)
    with at_most(4, "Invite eleven countries") as presses:
        presses.click(page.locator("a[href$='/invitations']").first)
        presses.click(page.locator("a[href$='/invitations/countries']"))
        presses.click(page.locator("main form[method=post] .actions button[type=submit]"))
        expect(page.locator("#messages .flash--success")).to_be_visible()
    asked = select(func.count()).where(Invitation.event_id == UUID(event.rsplit("/", 1)[-1]))
    invited = world.look(live_server, lambda db: db.scalar(asked))
    assert invited == len(countries_offered(page, event)) > 1


def countries_offered(page: Page, event: str) -> list[str]:
    """All that the form of a single invitation offers."""
    html = page.context.request.get(f"{event}/invitations/new?way=country").text()
    [select_country] = re.findall(r'<select[^>]*name="country".*?</select>', html, re.DOTALL)
    return re.findall(r'<option[^>]*value="(\w+)"', select_country)
