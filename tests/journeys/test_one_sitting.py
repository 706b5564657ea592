"""In one sitting, by what the pages show: plan, publish, see who registers, import who came, write to
the absent, close, report. The presses that the tasks of every day take are counted, see test_clicks.
"""

import unicodedata
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy import insert, select

from app.infra import clock
from app.infra.database import transaction
from app.participation.registrations.models import Registration
from app.people.directory.models import Person
from app.planning.events.models import Attendance, Event
from tests.journeys import steps, world
from tests.journeys.steps import PLAIN_PHONE_EN, WIDE_ES
from tests.journeys.test_clicks import Presses, at_most, plan, submit
from tests.support.actors import PERSONAS
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer

TITLE = "Primera atención sin demora"
HER = PERSONAS["official-hn"].name
ZONE = ZoneInfo("America/Costa_Rica")
ZOOM = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest"
TEAMS = "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole"
DOUBTFUL, ABSENT = 10, 3


def tab(page: Page, label: str) -> None:
    click(
        page.get_by_role("navigation", name="Páginas de este evento").get_by_role(
            "link", name=label, exact=True
        )
    )


def registers(open_page: OpenPage, address: str) -> Page:
    page = steps.enter(open_page, "official-hn", address, **WIDE_ES)
    panel = page.locator("#register")
    panel.locator("[type=checkbox]").first.check()
    click(panel.locator("button"))
    expect(page.locator("form[action$='/registrations/cancellation']")).to_be_visible()
    return page


def others_register(server: LiveServer, event_id: UUID) -> list[tuple[int, str]]:
    """People with names of three words or more, whose first and last word are nobody else's among
    them.
    """
    with server.app.app_context(), transaction() as db:
        people = db.execute(
            select(Person.id, Person.full_name)
            .where(
                Person.is_guest.is_(False),
                Person.email != "",
                Person.full_name.like("% % %"),
                Person.full_name != HER,
            )
            .order_by(Person.id)
            .limit(3 * (DOUBTFUL + ABSENT))
        ).all()
        names = [HER, *(person.full_name for person in people)]
        chosen = [one for one in people if is_told_apart(one.full_name, names)]
        chosen = chosen[: DOUBTFUL + ABSENT]
        assert len(chosen) == DOUBTFUL + ABSENT, "the demo has too few names of this kind"
        now = clock.now()
        common = {"event_id": event_id, "status": "registered", "created_at": now}
        rows = [{**common, "person_id": one.id, "changed_at": now} for one in chosen]
        db.execute(insert(Registration), rows)
        return [(one.id, one.full_name) for one in chosen]


def is_told_apart(name: str, names: list[str]) -> bool:
    """Whether first and last word make another name than all of it, and are nobody else's."""
    words = folded(name).split()
    short = {words[0], words[-1]}
    return len(words) > 2 and sum(short <= set(folded(other).split()) for other in names) == 1


def folded(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()


def doubtful(name: str) -> str:
    """First and last word: like somebody's, and not surely theirs."""
    return f"{name.split(maxsplit=1)[0]} {name.rsplit(maxsplit=1)[-1]}"


def zoom_report(starts: datetime, names: list[str]) -> FilePayload:
    ends = starts + timedelta(minutes=40)
    times = f"{starts:%m/%d/%Y %I:%M:%S %p},{ends:%m/%d/%Y %I:%M:%S %p},40,Yes"
    content = "\r\n".join([ZOOM, *(f"{name},,{times}" for name in names)]).encode("utf-8-sig")
    return {"name": "participants_123456789.csv", "mimeType": "text/csv", "buffer": content}


def teams_report(starts: datetime, names: list[str]) -> FilePayload:
    ends = starts + timedelta(minutes=30)
    times = f"{starts:%m/%d/%y, %I:%M:%S %p}\t{ends:%m/%d/%y, %I:%M:%S %p}\t30m\t\t\tAttendee"
    lines = ["1. Summary", "", "2. Participants", TEAMS, *(f"{name}\t{times}" for name in names)]
    content = "\r\n".join(lines).encode("utf-16")
    return {"name": "meetingAttendanceReport.csv", "mimeType": "text/csv", "buffer": content}


def minutes(server: LiveServer, event_id: UUID) -> dict[int, int]:
    asked = select(Attendance.person_id, Attendance.minutes).where(Attendance.event_id == event_id)
    return world.look(
        server, lambda db: {person: count for person, count in db.execute(asked) if count}
    )


def send(page: Page, event_id: UUID, report: FilePayload) -> None:
    page.goto(f"/events/{event_id}/attendance/import")
    page.locator("[name=report]").set_input_files(report)
    click(page.locator("form[enctype] button"))


def another_report_on_a_telephone(
    live_server: LiveServer,
    open_page: OpenPage,
    event_id: UUID,
    starts: datetime,
    somebody: tuple[int, str],
) -> None:
    """Of Teams, without scripts: a doubtful name is confirmed, and the same again changes nothing."""
    page = steps.enter(open_page, "organizer", **PLAIN_PHONE_EN)
    person_id, name = somebody
    report = teams_report(starts, [HER, doubtful(name), "Fireflies Notetaker"])
    before = minutes(live_server, event_id)
    send(page, event_id, report)
    live_server.drain()
    page.reload()
    expect(page.locator("legend").first).to_have_text(doubtful(name))
    assert_no_sideways_scroll(page)
    page.locator(f"[value='person-{person_id}']").check()
    click(steps.button(page, "yes", "apply"))
    expect(page).to_have_url(f"{live_server.url}/events/{event_id}/attendance")
    after = minutes(live_server, event_id)
    assert after == before | {world.person_id(live_server, HER): 30, person_id: 30}
    send(page, event_id, report)
    expect(page.locator("#messages")).to_be_visible()
    click(steps.button(page, "yes", "apply"))
    assert minutes(live_server, event_id) == after


def writes_to_the_absent(page: Page, presses: Presses) -> None:
    presses.click(page.locator("a[href$='/letters']").first)
    presses.click(page.locator("a[href*='to=absent']"))
    for code in ("es", "en"):
        page.locator(f"[name=subject_{code}]").fill("La echamos de menos")
        page.locator(f"[name=text_{code}]").fill("La grabación está en la página del evento.")
    presses.click(page.locator("main form[method=post] > button[type=submit]").last)
    presses.click(page.locator("main .actions form").first.locator("button[type=submit]"))
    expect(page.locator("#messages .flash--success")).to_be_visible()


def test_an_organizer_takes_a_webinar_from_the_wish_to_the_report_in_few_presses(
    live_server: LiveServer, open_page: OpenPage, axe: Any
) -> None:
    day = world.coming(live_server, "labour-migration", number=1).starts.date()
    page = steps.enter(open_page, "organizer", "/", **WIDE_ES)
    with at_most(4, "Plan a webinar at a free hour") as presses:
        plan(page, presses, TITLE, datetime.combine(day, time(17)))
        page.wait_for_url("**/events/*-*")
    expect(page.locator(".status").first).to_contain_text("Publicado")
    address = page.url.partition("?")[0]
    event_id = UUID(address.rpartition("/")[2])
    hers = registers(open_page, address)
    tab(page, "Inscripciones")
    expect(page.locator("main")).to_contain_text(HER)

    others = others_register(live_server, event_id)
    world.let_pass(live_server, event_id)
    at = world.look(live_server, lambda db: db.get_one(Event, event_id).starts_at)
    assert at
    # A report has whole seconds, and what lies before the beginning is not counted.
    starts = at.astimezone(ZONE).replace(microsecond=0) + timedelta(seconds=1)
    page.goto(address)
    names = [doubtful(name) for _id, name in others[:DOUBTFUL]]
    with at_most(6, "Import and apply a report with 10 doubtful names") as presses:
        presses.click(page.locator("a[href$='/attendance']").first)
        presses.click(page.locator("a[href$='/attendance/import']").first)
        presses.file(page.locator("[name=report]"), zoom_report(starts, names))
        presses.click(page.locator("form[enctype] button[type=submit]"))
        live_server.drain()
        # The page asks every second and reloads itself: another reload would collide with that one.
        expect(steps.button(page, "suggested", "apply")).to_be_visible()
        steps.assert_fits_desk_and_phone(page)
        axe(page)
        presses.click(steps.button(page, "suggested", "apply"))
        expect(page.locator("#messages .flash--success")).to_be_visible()
    assert minutes(live_server, event_id) == {person: 40 for person, _name in others[:DOUBTFUL]}
    another_report_on_a_telephone(live_server, open_page, event_id, starts, others[DOUBTFUL])

    hers.goto(address)
    click(hers.locator("main").get_by_role("link", name="Encuesta", exact=True))
    hers.locator("[name=useful][value='5']").check()
    click(hers.locator("main form[method=post] button"))
    expect(hers.locator("#messages")).to_contain_text("Gracias")

    page.goto(address)
    with at_most(4, "Write to the absent") as presses:
        writes_to_the_absent(page, presses)
    page.goto(address)
    with at_most(3, "Close a webinar after attendance") as presses:
        presses.click(page.locator("main .next-act a[href$='/close']"))
        presses.click(submit(page, "/close"))
        expect(page.locator("#messages .flash--success")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Cerrado")
    live_server.drain()
    tab(page, "Informe")
    expect(page.locator("main")).to_contain_text("El PDF se guardó al cerrar")
    expect(page.locator("main")).not_to_contain_text(HER)
    axe(page)
    assert_no_sideways_scroll(page)
    pdf = page.context.request.get(
        page.get_by_role("link", name="PDF para compartir").get_attribute("href") or ""
    )
    assert pdf.body().startswith(b"%PDF-")
