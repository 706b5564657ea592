"""R2 and R54: whoever has handed over reads on for sixty days, and every way of changing something
is closed.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import Delivery, JournalEntry
from app.infra.language import date_text
from app.infra.platform import platform
from app.kernel.actor import Role
from app.kernel.refusal import NotAllowed
from app.office.handover.tasks import tell_handovers
from app.office.outbox.models import Message
from app.people.access.models import AccessRequest
from app.people.identity.models import Account, RoleGrant
from app.planning.arranging.services.requests import approve_event, ask_approval
from app.planning.events.models import AuthorizationRequest, Event
from app.planning.events.policy import may_approve
from tests.planning.events.rows import add_event
from tests.security.matrix import TRUTH
from tests.security.world import Objects, address, built, copied, routes
from tests.support.actors import actor_of, sign_in

EXPORTS = {
    "events.attendance_workbook",
    "certificates.certificate_pdf",  # names of a country's people, to be taken along
    "certificates.certificate_picture",  # the same
}
FORMS = {
    "invitations.all_countries",
    "speakers.speakers",
    "institutions.institution",
    "offices.courses",
    "history.example",
    "history.guide",
    "history.imported",
    "history.imports",
    "merging.compare",
    "writing.country_letters",
    "notifications.successors_letter",
    "requests.webinars",
    "writing.event_letters",
    "writing.letter",
    "writing.new_country_letter",
    "writing.new_event_letter",
    "events.edit",
    "events.cancel",
    "programme.move",
    "series.cancel_a_series",
    "cases.replace",
    "scheduling.licence",
    "agreements.close_event",
    "agreements.reopen_event",
    "agreements.edit",
    "agreements.new",
    "certificates.ending_certificates",
    "certificates.event_certificates",
    "certificates.event_progress",
    "attendance.caller",
    "attendance.door",
    "attendance.history",
    "attendance.progress",
    "attendance.report",
    "attendance.upload",
    "events.brief",
    "cycles.clone",
    "cycles.edit_edition",
    "cycles.edition_funding",
    "cycles.event_funding",
    "cycles.new_edition",
    "cycles.new_entry",
    "cycles.new_table",
    "registrations.capacity",
    "cycles.plan_entry",
    "events.return_page",
    "series.series",
    "agenda.session_edit",
    "agenda.session_new",
    "agenda.session_rows",
    "cycles.work_table",
    "invitations.invitation",
    "invitations.invitations",
    "invitations.letter",
    "invitations.new_invitation",
    "national.line",
    "national.new_line",
    "national.notes",
    "guidelines.section_text",
    "guidelines_review.closing",
    "materials.description",
    "matrix.periods",
    "matrix.sheet",
    "plans.activity",
    "plans.members",
    "plans.new_activity",
    "plans.paste",
    "privacy.notice_of_country",
    "recognised.certificate",
    "recognised.completion_list",
}
"""Pages that are nothing but the way to a change; whoever cannot make it is told so at the door."""
LOOKS_AT_THE_FORM_FIRST = {"agreements.add_finding", "congress.note", "congress.take"}
"""422, or nothing done, for an empty form; with a full one its service asks who it is. A table's
rapporteur is named as a person, and stays so when an office is handed over.
"""


@pytest.fixture(scope="module")
def world() -> tuple[Path, Objects]:
    return built()


def end_roles(app: Flask, who: str, role: Role, days_ago: int) -> None:
    """As if the successor had taken over some days ago."""
    account = actor_of(app, who).account_id
    ended = clock.today() - timedelta(days=days_ago)
    with app.app_context(), transaction() as db:
        db.execute(
            update(RoleGrant)
            .where(RoleGrant.account_id == account, RoleGrant.role == role.value)
            .values(valid_from=date(2020, 1, 1), valid_until=ended)
        )


def date_back(app: Flask, days_ago: int) -> None:
    """As if the world's accounts and requests had been there already: of what comes after the term
    an outgoing focal point reads nothing (`test_outgoing_reads.py`).
    """
    then = clock.now() - timedelta(days=days_ago)
    with app.app_context(), transaction() as db:
        db.execute(update(Account).values(created_at=then))
        db.execute(update(AccessRequest).values(asked_at=then))


@pytest.mark.parametrize(
    ("who", "role"), [("presidency", Role.PRESIDENCY), ("focal-point-hn", Role.FOCAL_POINT)]
)
def test_r54_every_way_of_changing_something_is_closed_and_every_page_stays_open(
    who: str, role: Role, world: tuple[Path, Objects], tmp_path: Path
) -> None:
    file, objects = world
    others = frozenset({"official-hn", "official-gt"})
    with copied(file, tmp_path) as app:
        end_roles(app, who, role, 5)
        date_back(app, days_ago=6)
        client = app.test_client()
        sign_in(client, who)
        wrong = []
        for endpoint, method, rule in routes(app):
            theirs = who in TRUTH.get(endpoint, frozenset()) and not TRUTH[endpoint] >= others
            if not theirs or endpoint.startswith("identity") or rule.rule.startswith("/api/"):
                continue
            status = client.open(address(rule, objects), method=method).status_code
            if method == "GET" and status >= 400 and endpoint not in FORMS | EXPORTS:
                wrong.append(f"{method} {rule.rule} ({endpoint}): {status}, to be read")
            if (
                method != "GET"
                and status not in (403, 404)
                and endpoint not in LOOKS_AT_THE_FORM_FIRST
            ):
                wrong.append(f"{method} {rule.rule} ({endpoint}): {status}, to be refused")
        assert not wrong, "\n".join(wrong)


def test_r54_the_refusal_and_the_banner_say_until_when_and_then_reading_ends(
    world: tuple[Path, Objects], tmp_path: Path
) -> None:
    """After sixty days; an organizer who left reads nothing from the first day on."""
    roster = "/countries/HN/roster"
    with copied(world[0], tmp_path) as app:
        end_roles(app, "focal-point-hn", Role.FOCAL_POINT, 5)
        client = app.test_client()
        sign_in(client, "focal-point-hn")
        page = client.get(roster).get_data(as_text=True)
        assert "Su periodo terminó el" in page
        for button in ("confirm-bar", "/countries/HN/newcomer", "/countries/HN/roster.csv"):
            assert button not in page, "no button that would be refused"
        refused = client.post(roster, data={})
        assert refused.status_code == 403
        ended = clock.today() - timedelta(days=5)
        assert f"Su periodo terminó el {date_text('es', ended)}" in refused.get_data(as_text=True)
        for who, role, days, path in (
            ("focal-point-hn", Role.FOCAL_POINT, 60, roster),
            ("presidency", Role.PRESIDENCY, 60, "/audit"),
            ("organizer", Role.ORGANIZER, 1, "/audit"),
        ):
            sign_in(client, who)
            before = client.get(path).status_code
            end_roles(app, who, role, days)
            assert (before, client.get(path).status_code) == (200, 403), who


@contextmanager
def day_of_handover() -> Iterator[date]:
    """Noon of 1 January in Costa Rica."""
    on = date(clock.today().year + 1, 1, 1)
    with time_machine.travel(datetime.fromisoformat(f"{on.isoformat()}T18:00:00+00:00"), tick=True):
        yield on


NEXT = "presidency-next@example.org"
WHY = "Es el único sábado en que la sala y quienes exponen están libres."


def test_r2_on_new_years_day_the_new_presidency_approves_and_the_old_only_reads(
    world: tuple[Path, Objects], tmp_path: Path
) -> None:
    with copied(world[0], tmp_path) as app:
        old, new = actor_of(app, "presidency"), actor_of(app, NEXT)
        assert (may_approve(old), may_approve(new)) == (True, False)
        with day_of_handover() as on:
            old, new, organizer = (actor_of(app, who) for who in ("presidency", NEXT, "organizer"))
            assert [ended.ended_on for ended in old.outgoing] == [on]
            with app.app_context():
                event_id = _a_draft_of_spring()
                with transaction() as db:
                    ask_approval(
                        db, actor=organizer, event_id=event_id, reason=WHY, now=clock.now()
                    )
                with transaction() as db, pytest.raises(NotAllowed):
                    approve_event(db, actor=old, event_id=event_id, now=clock.now())
            client = app.test_client()
            sign_in(client, "presidency")
            assert client.get(f"/events/{event_id}").status_code == 200, (
                "the old can still read the draft"
            )
            with app.app_context(), transaction() as db:
                approve_event(db, actor=new, event_id=event_id, reason=WHY, now=clock.now())
                assert db.get_one(Event, event_id).approved_at is not None


def _a_draft_of_spring() -> UUID:
    """One that the organizers began last year, moved to a quiet Saturday in May."""
    at = datetime.fromisoformat(f"{clock.today().year}-05-15T15:00:00+00:00")
    with transaction() as db:
        drafts = select(Event).where(Event.status == "draft", Event.starts_at.is_not(None))
        event = db.scalars(drafts.order_by(Event.asked_at.is_not(None), Event.id)).first()
        assert event is not None
        event.starts_at, event.ends_at = at, at + timedelta(hours=1)
        event.asked_at = event.approved_at = None
        db.execute(delete(AuthorizationRequest).where(AuthorizationRequest.event_id == event.id))
        return event.id


def test_r54_letters_go_out_once_fourteen_days_before_and_on_the_day(
    world: tuple[Path, Objects], tmp_path: Path
) -> None:
    with copied(world[0], tmp_path) as app, app.app_context():
        with day_of_handover() as on:
            pass
        with transaction() as db:
            db.execute(update(Delivery).values(state="done"))  # none of them is about handing over
        stages = []
        for ahead in (15, 14, 13, 1, 0, 0):
            at = datetime.fromisoformat(
                f"{(on - timedelta(days=ahead)).isoformat()}T18:00:00+00:00"
            )
            with time_machine.travel(at, tick=True):
                tell_handovers()
                with reading() as db:
                    told = db.scalars(
                        select(JournalEntry).where(JournalEntry.fact == "HandoverDue")
                    )
                    stages.append(
                        [
                            one.payload["stage"]
                            for one in told
                            if one.payload["office"] == "presidency"
                        ]
                    )
                platform(app).jobs.drain()
        assert stages == [
            [],
            ["before"],
            ["before"],
            ["before"],
            ["before", "day"],
            ["before", "day"],
        ]
        with reading() as db:
            on_the_day = Message.dedupe.like("handover.presidency%.day.%")
            to = list(db.scalars(select(Message.recipient).where(on_the_day)))
        assert {NEXT, "presidency@example.org", "organizer@example.org"} <= set(to)
        assert len(to) == len(set(to))


def test_the_note_is_the_outgoings_and_read_by_the_two(
    world: tuple[Path, Objects], tmp_path: Path
) -> None:
    with copied(world[0], tmp_path) as app:
        client: FlaskClient = app.test_client()
        sign_in(client, "presidency")
        sent = client.post("/handover/presidency/note", data={"text": "Llamar a Managua."})
        assert sent.status_code == 303
        assert client.post("/handover/presidency/note", data={"text": " "}).status_code == 422
        with day_of_handover():
            for who, status in (
                (NEXT, 200),
                ("presidency", 200),
                ("organizer", 200),
                ("official-hn", 404),
            ):
                sign_in(client, who)
                page = client.get("/handover/presidency")
                assert page.status_code == status, who
                assert ("Llamar a Managua." in page.get_data(as_text=True)) is (status == 200)
            sign_in(client, "presidency")
            late = client.post("/handover/presidency/note", data={"text": "Otra cosa"})
            assert late.status_code == 403, "what was left in writing stands"


def test_r54_no_link_of_the_page_is_a_dead_end_for_who_comes_before_the_day(
    world: tuple[Path, Objects], tmp_path: Path
) -> None:
    with copied(world[0], tmp_path) as app:
        client = app.test_client()
        with day_of_handover() as on:
            pass
        with time_machine.travel(
            datetime.fromisoformat(f"{on - timedelta(days=10)}T18:00:00+00:00"), tick=True
        ):
            sign_in(client, NEXT)
            page = client.get("/handover/presidency").get_data(as_text=True)
            told = page.partition('id="drafts"')[2].partition("</section>")[0]
            assert told.count("<tr>") > 2
            assert "href" not in told
            leads = set(re.findall(r'href="(/(?:events|cases)/[^"#]+)"', page))
            assert leads
            assert {path: client.get(path).status_code for path in leads} == dict.fromkeys(
                leads, 200
            )


def test_r54_a_season_of_drafts_is_all_on_the_page(
    world: tuple[Path, Objects], tmp_path: Path
) -> None:
    with copied(world[0], tmp_path) as app:
        with app.app_context(), transaction() as db:
            for number in range(25):
                add_event(db, status="draft", title=f"Borrador {number:02}")
        client = app.test_client()
        sign_in(client, "organizer")
        page = client.get("/handover/presidency").get_data(as_text=True)
        assert len(set(re.findall("Borrador [0-9]{2}", page))) == 25
