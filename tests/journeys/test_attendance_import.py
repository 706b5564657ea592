"""An organizer sends the report of Teams, confirms a doubtful name, applies it; the same again
changes nothing.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy import func, select

from app.infra import clock
from app.infra.database import transaction
from app.people.directory.models import Person
from app.planning.events.models import Attendance, Event, Registration
from tests.journeys import steps, world
from tests.journeys.steps import PLAIN_PHONE_EN, WIDE_ES
from tests.support.browser import OpenPage, assert_no_sideways_scroll
from tests.support.server import LiveServer

ZONE = ZoneInfo("America/Costa_Rica")
HEADING = "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole"


def held(server: LiveServer) -> tuple[UUID, datetime, list[tuple[int, str]]]:
    """A webinar that is over, of which nothing is written down yet, and two who registered."""
    with server.app.app_context(), transaction() as db:
        event = db.scalars(
            select(Event)
            .join(Registration, Registration.event_id == Event.id)
            .where(
                Event.kind == "webinar",
                Event.ends_at < clock.now() - timedelta(days=20),
                Event.closed_at.is_(None),
            )
            .group_by(Event.id)
            .having(func.count(Registration.id) > 1)
            .order_by(Event.ends_at.desc())
        ).first()
        assert event
        assert event.starts_at
        people = db.execute(
            select(Person.id, Person.full_name)
            .join(Registration, Registration.person_id == Person.id)
            .where(Registration.event_id == event.id)
            .order_by(func.length(Person.full_name).desc())
            .limit(2)
        ).all()
        for row in db.scalars(select(Attendance).where(Attendance.event_id == event.id)):
            db.delete(row)
        return (
            event.id,
            event.starts_at.astimezone(ZONE),
            [(row.id, row.full_name) for row in people],
        )


def report(starts: datetime, names: list[str]) -> bytes:
    ends = starts + timedelta(minutes=30)
    times = f"{starts:%m/%d/%y, %I:%M:%S %p}\t{ends:%m/%d/%y, %I:%M:%S %p}\t30m\t\t\tAttendee"
    return "\r\n".join(
        ["1. Summary", "", "2. Participants", HEADING, *(f"{name}\t{times}" for name in names)]
    ).encode("utf-16")


def send(page: Page, event_id: UUID, content: bytes) -> None:
    page.goto(f"/events/{event_id}/attendance/import")
    file: FilePayload = {
        "name": "meetingAttendanceReport.csv",
        "mimeType": "text/csv",
        "buffer": content,
    }
    page.locator("[name=report]").set_input_files(file)
    page.locator("form[enctype] button").click()


def minutes(server: LiveServer, event_id: UUID) -> dict[int, int]:
    return world.look(
        server,
        lambda db: {
            row.person_id: row.minutes
            for row in db.scalars(select(Attendance).where(Attendance.event_id == event_id))
        },
    )


def test_an_organizer_imports_a_report_and_confirms_a_name(
    live_server: LiveServer, open_page: OpenPage, axe: Any
) -> None:
    """At a desk; and the same again on a telephone without scripts."""
    event_id, starts, ((sure, name), (doubted, other)) = held(live_server)
    words = other.split()
    content = report(starts, [name, f"{words[0]} {words[-1]}", "Fireflies Notetaker"])
    page = steps.enter(open_page, "organizer", **WIDE_ES)
    send(page, event_id, content)
    live_server.drain()
    page.reload()
    expect(page.locator("legend").first).to_have_text(f"{words[0]} {words[-1]}")
    steps.assert_fits_desk_and_phone(page)
    axe(page)
    page.locator(f"[value='person-{doubted}']").check()
    steps.button(page, "yes", "apply").click()
    expect(page).to_have_url(f"{live_server.url}/events/{event_id}/attendance")
    assert minutes(live_server, event_id) == {sure: 30, doubted: 30}
    page = steps.enter(open_page, "organizer", **PLAIN_PHONE_EN)
    send(page, event_id, content)
    expect(page.locator("#messages")).to_be_visible()
    assert_no_sideways_scroll(page)
    steps.button(page, "yes", "apply").click()
    assert minutes(live_server, event_id) == {sure: 30, doubted: 30}
