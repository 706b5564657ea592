"""How many presses the tasks of every day take an organizer: clicks, ticks and keys that act;
typing is not counted. The figures are printed (`-s`).
"""

import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect
from sqlalchemy import delete, func, select

from app.infra import clock
from app.infra.database import transaction
from app.participation.admission.models import Invitation
from app.people.directory.models import Person
from app.planning.events.models import Attendance, Event, Registration
from tests.journeys import steps, world
from tests.support.browser import OpenPage
from tests.support.server import LiveServer

ZONE = ZoneInfo("America/Costa_Rica")
ZOOM = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest"
DOUBTFUL = 10


class Presses:
    """Counts while it presses."""

    def __init__(self) -> None:
        self.number = 0

    def click(self, locator: Locator) -> None:
        self.number += 1
        locator.click()

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
    fill_and_publish(page, presses, title, starts)


def fill_and_publish(page: Page, presses: Presses, title: str, starts: datetime) -> None:
    page.locator("[name=title_es]").fill(title)
    presses.click(page.locator("label:has([name=groups])").first)
    steps.fill_time(page, starts, starts + timedelta(hours=1))
    presses.click(steps.button(page, "publish"))


def free_hour(page: Page, taken: datetime) -> datetime:
    """One of those offered instead of a taken hour; nothing is saved."""
    page.goto("/events/plan")
    fill_and_publish(page, Presses(), "Se pregunta", taken)
    value = steps.slots(page).last.get_attribute("value") or ""
    return datetime.fromisoformat(value).astimezone(ZONE).replace(tzinfo=None)


def test_r63_planning_takes_few_presses(live_server: LiveServer, open_page: OpenPage) -> None:
    """Free, taken twice in a row, another like it, and all countries."""
    page = steps.enter(open_page, "organizer", "/events/plan", **steps.WIDE_ES)
    group = page.locator("[name=groups]").first.get_attribute("value") or ""
    taken = world.coming(live_server, group).starts
    free = free_hour(page, taken)
    page.goto("/home")
    with at_most(4, "Plan a webinar at a free hour") as presses:
        plan(page, presses, "Seminario libre", free)
        page.wait_for_url("**/events/*-*")
    event = page.url
    for number in range(2):
        began = time.monotonic()
        with at_most(5, f"Plan a webinar at a taken hour, {number + 1} in a row") as presses:
            plan(page, presses, f"Seminario {number + 1}", taken)
            presses.click(steps.slots(page).last)
            presses.click(steps.button(page, "publish"))
            page.wait_for_url("**/events/*-*")
        assert time.monotonic() - began <= 60
    another = free_hour(page, taken)
    page.goto(event)
    with at_most(3, "Duplicate") as presses:
        presses.click(page.locator("details.more-acts > summary"))
        presses.click(submit(page, "/duplicate"))
        page.wait_for_url("**/edit?*")
        steps.fill_time(page, another, another + timedelta(hours=1))
        presses.click(steps.button(page, "publish"))
        page.wait_for_url("**/events/*-*")
    page.goto(event)
    with at_most(4, "Invite eleven countries") as presses:
        presses.click(page.locator("a[href$='/invitations']").first)
        presses.click(page.locator("a[href$='/invitations/countries']"))
        presses.click(page.locator("main form[method=post] .actions button[type=submit]"))
        expect(page.locator("#messages .flash--success")).to_be_visible()
    asked = select(func.count()).where(Invitation.event_id == UUID(event.rsplit("/", 1)[-1]))
    assert world.look(live_server, lambda db: db.scalar(asked)) == len(live_server_countries(page))


def live_server_countries(page: Page) -> list[str]:
    """All that the form of a single invitation offers."""
    page.goto(page.url.split("?")[0] + "/new?way=country")
    found = page.locator("[name=country] option").evaluate_all("all => all.map(one => one.value)")
    page.go_back()
    return [code for code in found if code]


def held(server: LiveServer) -> tuple[UUID, datetime, list[str]]:
    """A webinar that is over and not closed, without attendance, with many who registered."""
    with server.app.app_context(), transaction() as db:
        event = db.scalars(
            select(Event)
            .join(Registration, Registration.event_id == Event.id)
            .where(
                Event.kind == "webinar",
                Event.ends_at < clock.now(),
                Event.closed_at.is_(None),
                Registration.status == "registered",
            )
            .group_by(Event.id)
            .order_by(func.count(Registration.id).desc(), Event.id)
        ).first()
        assert event
        assert event.starts_at
        asked = (
            select(Registration)
            .where(Registration.event_id == event.id, Registration.status == "registered")
            .order_by(Registration.id)
        )
        there = {row.person_id for row in db.scalars(asked)}
        others = (
            select(Person)
            .where(Person.is_guest.is_(False), Person.email != "", Person.id.not_in(there))
            .order_by(Person.id)
        )
        for person in db.scalars(others.limit(max(0, DOUBTFUL + 3 - len(there)))):
            now = clock.now()
            db.add(
                Registration(
                    event_id=event.id,
                    person_id=person.id,
                    status="registered",
                    created_at=now,
                    changed_at=now,
                )
            )
            there.add(person.id)
        db.execute(delete(Attendance).where(Attendance.event_id == event.id))
        names = select(Person.full_name).where(Person.id.in_(there)).order_by(Person.id)
        return event.id, event.starts_at.astimezone(ZONE), list(db.scalars(names))


def doubtful_report(starts: datetime, names: list[str]) -> FilePayload:
    """First and last word of each name: like somebody's, and not surely theirs."""
    ends = starts + timedelta(minutes=40)
    times = f"{starts:%m/%d/%Y %I:%M:%S %p},{ends:%m/%d/%Y %I:%M:%S %p},40,Yes"
    rows = [f"{name.split()[0]} {name.split()[-1]},,{times}" for name in names]
    return {
        "name": "participants_123456789.csv",
        "mimeType": "text/csv",
        "buffer": "\r\n".join([ZOOM, *rows]).encode("utf-8-sig"),
    }


def test_attendance_letter_and_closing_take_few_presses(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """A report with ten doubtful names, a letter to the absent, and the end."""
    event_id, starts, names = held(live_server)
    distinct = [name for name in names if is_told_apart(name, names)]
    if len(distinct) < DOUBTFUL:
        pytest.fail(f"the demo has only {len(distinct)} names that can be told apart")
    file = doubtful_report(starts, distinct[:DOUBTFUL])
    page = steps.enter(open_page, "organizer", f"/events/{event_id}", **steps.WIDE_ES)
    with at_most(6, "Import and apply a report with 10 doubtful names") as presses:
        presses.click(page.locator("a[href$='/attendance']").first)
        presses.click(page.locator("a[href$='/attendance/import']").first)
        presses.file(page.locator("[name=report]"), file)
        presses.click(page.locator("form[enctype] button[type=submit]"))
        live_server.drain()
        page.reload()
        presses.click(steps.button(page, "suggested", "apply"))
        expect(page.locator("#messages .flash--success")).to_be_visible()
    counted: Any = select(func.count()).where(
        Attendance.event_id == event_id, Attendance.minutes > 0
    )
    assert world.look(live_server, lambda db: db.scalar(counted)) == DOUBTFUL
    page.goto(f"/events/{event_id}")
    with at_most(4, "Write to the absent") as presses:
        presses.click(page.locator("a[href$='/letters']").first)
        presses.click(page.locator("a[href*='to=absent']"))
        for code in ("es", "en"):
            page.locator(f"[name=subject_{code}]").fill("La echamos de menos")
            page.locator(f"[name=text_{code}]").fill("La grabación está en la página del evento.")
        presses.click(page.locator("main form[method=post] > button[type=submit]").last)
        presses.click(page.locator("main .actions form").first.locator("button[type=submit]"))
        expect(page.locator("#messages .flash--success")).to_be_visible()
    page.goto(f"/events/{event_id}")
    with at_most(3, "Close a webinar after attendance") as presses:
        presses.click(page.locator("main .page-actions a[href$='/close']"))
        presses.click(submit(page, "/close"))
        expect(page.locator("#messages .flash--success")).to_be_visible()


def is_told_apart(name: str, names: list[str]) -> bool:
    """Whether first and last word make another name than all of it, and are nobody else's."""
    words = folded(name).split()
    short = {words[0], words[-1]}
    return len(words) > 2 and sum(short <= set(folded(other).split()) for other in names) == 1


def folded(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
