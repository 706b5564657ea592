"""A meeting follows its event: published, moved, cancelled, over; and what goes wrong on the way
(R74).
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.meetings.choosing import sealed_keys
from app.infra.meetings.port import (
    BUSY,
    NO_PERMISSION,
    NO_REPORT_YET,
    UNREADABLE,
    MeetingFailed,
    MeetingMade,
)
from app.infra.orm import Base
from app.infra.platform import platform
from app.infra.secret_keys import SecretKeys
from app.kernel.actor import SYSTEM
from app.kernel.refusal import Sentence
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.participation.attendance.models import AttendanceImport
from app.participation.meetings import services, tasks
from app.participation.meetings.models import EventMeeting, MeetingConnection
from app.participation.meetings.rules import KEYS_LOST
from app.planning.arranging.services.planning import cancel_event, move_event
from app.planning.events.models import Attendance, Event
from app.planning.events.values import Mode
from config import Settings
from tests.participation.attendance.held import participants_in
from tests.participation.meetings.conftest import Connect, keys_for
from tests.planning.events.planning_builders import (
    NOW,
    ORGANIZER,
    a_draft,
    act_as,
    furnished,
    plan,
)
from tests.planning.events.rows import change_event_row
from tests.support.faults import Tell
from tests.support.meeting_programs import CLIENT, SECRET, Programs

pytestmark = pytest.mark.timeout(60)
STARTS = datetime(2027, 3, 9, 15, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=2)
BOTH = pytest.mark.parametrize("name", ["zoom", "teams"])
CREATE = {"zoom": r"/zoom/v2/users/[^/]+/meetings$", "teams": "createOrGet$"}


def drain(app: Flask) -> None:
    with app.app_context():
        platform(app).jobs.drain()


def published(app: Flask, **changes: Any) -> UUID:
    furnished(app)
    return plan(app, a_draft(**changes))


def row_of(app: Flask, event_id: UUID) -> EventMeeting | None:
    with app.app_context(), reading() as db:
        found = db.get(EventMeeting, event_id)
        if found is not None:
            db.expunge(found)
        return found


def kept(app: Flask, event_id: UUID) -> EventMeeting:
    row = row_of(app, event_id)
    assert row is not None
    return row


def link_of(app: Flask, event_id: UUID) -> str:
    with app.app_context(), reading() as db:
        return db.get_one(Event, event_id).join_url


def problem_of(app: Flask, event_id: UUID) -> str:
    return str(json.loads(kept(app, event_id).problem)[0])


@BOTH
def test_r74_meeting_is_created_moved_and_cancelled_with_its_event(
    app: Flask, programs: Programs, connected: Connect, name: str
) -> None:
    connected(name)
    event_id = published(app)
    drain(app)
    (made,) = programs.meetings.values()
    assert made["topic" if name == "zoom" else "subject"] == "Seminario de protección"
    assert link_of(app, event_id) == made["join_url" if name == "zoom" else "joinWebUrl"]
    with app.app_context(), transaction() as db:
        span = Timespan(STARTS + timedelta(days=1), ENDS + timedelta(days=1))
        move_event(db, actor=SYSTEM, event_id=event_id, span=span, now=NOW)
    drain(app)
    (moved,) = programs.meetings.values()
    assert moved["start_time" if name == "zoom" else "startDateTime"] == "2027-03-10T15:00:00Z"
    assert kept(app, event_id).report_at == ENDS + timedelta(days=1, minutes=5)
    with app.app_context(), transaction() as db:
        cancel_event(db, actor=SYSTEM, event_id=event_id, now=NOW)
    drain(app)
    assert programs.meetings == {}
    assert kept(app, event_id).state == "gone"
    assert programs.times("POST", CREATE[name]) == 1
    assert programs.times("POST", "token$") == 1  # for all of it


def test_r74_nothing_happens_without_a_connection(app: Flask, programs: Programs) -> None:
    event_id = published(app)
    drain(app)
    assert programs.asked == []
    assert row_of(app, event_id) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"join_url": "https://meet.example.org/propia"},
        {"mode": Mode.IN_PERSON, "place": "San José"},
        {"span": Timespan(STARTS, STARTS + timedelta(days=2))},
    ],
)
def test_r74_event_with_its_own_link_or_without_need_gets_no_meeting(
    app: Flask, programs: Programs, connected: Connect, changes: dict[str, Any]
) -> None:
    connected("zoom")
    event_id = published(app, **changes)
    drain(app)
    assert programs.asked == []
    assert row_of(app, event_id) is None


@BOTH
@pytest.mark.both_databases
def test_r74_crash_between_call_and_commit_makes_no_second_meeting(
    app: Flask,
    programs: Programs,
    connected: Connect,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected(name)
    event_id = published(app)

    def killed(*_args: Any, **_named: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(services, "keep", killed)
        with app.app_context(), pytest.raises(SystemExit):
            tasks.follow(event_id)
    assert len(programs.meetings) == 1
    with app.app_context(), pytest.raises(MeetingFailed):
        tasks.follow(event_id)  # the one that was killed may still be asking
    with time_machine.travel(clock.now() + timedelta(minutes=6)), app.app_context():
        tasks.follow(event_id)
    (made,) = programs.meetings.values()
    assert link_of(app, event_id) == made["join_url" if name == "zoom" else "joinWebUrl"]
    assert kept(app, event_id).state == "made"


@pytest.mark.both_databases
def test_r74_worker_that_comes_too_late_changes_nothing(
    app: Flask, programs: Programs, connected: Connect
) -> None:
    connected("zoom")
    event_id = published(app)
    later = clock.now() + timedelta(minutes=6)
    with app.app_context():
        with transaction() as db:
            slow = services.take_up(db, event_id=event_id, now=clock.now())
        with transaction() as db:
            quick = services.take_up(db, event_id=event_id, now=later)
        assert slow
        assert quick
        made = MeetingMade("1", "https://zoom.us/j/1")
        with transaction() as db:
            services.note_problem(db, errand=slow, sentence=Sentence(BUSY), now=later)
            services.keep(db, errand=slow, made=made, now=later)
        assert kept(app, event_id).busy_until == quick.busy_until
        assert kept(app, event_id).state == "asked"
        with transaction() as db:
            services.keep(db, errand=quick, made=made, now=later)
    assert kept(app, event_id).state == "made"
    assert programs.asked == []


@pytest.mark.parametrize("trouble", [{"is_lost": True}, {"status": 502}])
def test_r74_lost_answer_to_creating_makes_no_second_meeting(
    app: Flask, programs: Programs, connected: Connect, trouble: dict[str, Any]
) -> None:
    connected("zoom")
    programs.trouble("POST", r"/users/[^/]+/meetings$", is_done=True, **trouble)
    event_id = published(app)
    drain(app)
    assert programs.times("POST", CREATE["zoom"]) == 1
    assert link_of(app, event_id) == ""
    assert kept(app, event_id).problem != ""
    programs.page = 1
    programs.meetings |= {"1": {"id": 1, "agenda": "another", "join_url": "https://zoom.us/j/1"}}
    with app.app_context():
        tasks.follow(event_id)
    assert programs.times("POST", CREATE["zoom"]) == 1
    assert link_of(app, event_id).startswith("https://us02web.zoom.us/j/9")
    assert kept(app, event_id).problem == ""


@BOTH
def test_r74_limits_faults_and_lapsed_tokens_are_survived(
    app: Flask, programs: Programs, connected: Connect, name: str
) -> None:
    connected(name)
    event_id = published(app)
    with app.app_context():
        programs.trouble("POST", CREATE[name], status=429, headers={"Retry-After": "2"})
        tasks.follow(event_id)
        assert len(programs.meetings) == 1
        programs.tokens.clear()
        programs.trouble("PATCH", "eetings/", status=503)
        programs.trouble("PATCH", "eetings/", status=429)
        change_event_row(app, event_id, title=LocalizedText(es="Otro título"))
        tasks.follow(event_id)
    (made,) = programs.meetings.values()
    assert made["topic" if name == "zoom" else "subject"] == "Otro título"


@pytest.mark.fault("meetings refuse")
def test_r74_long_limit_and_damaged_answer_are_tried_again_by_the_background(
    app: Flask, programs: Programs, connected: Connect, fault: Tell
) -> None:
    connected("zoom")
    event_id = published(app)
    programs.trouble("POST", CREATE["zoom"], status=429, headers={"Retry-After": "3600"})
    drain(app)
    assert problem_of(app, event_id) == BUSY
    act_as(app, ORGANIZER)
    page = app.test_client().get(f"/events/{event_id}?lang=en").text
    with time_machine.travel(clock.now() + timedelta(seconds=31)):
        programs.trouble("POST", CREATE["zoom"], status=201, content=b"<html>", is_done=True)
        drain(app)
    assert problem_of(app, event_id) == UNREADABLE
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        drain(app)
    made = len(programs.meetings)
    fault(lost=max(0, 1 - made), doubled=max(0, made - 1), page=page)
    assert kept(app, event_id).state == "made"


@BOTH
def test_r74_what_cannot_succeed_is_told_and_tried_again_when_asked(
    app: Flask, programs: Programs, connected: Connect, name: str
) -> None:
    connected(name)
    programs.may = False
    event_id = published(app)
    drain(app)
    assert problem_of(app, event_id) == NO_PERMISSION
    programs.may = True
    with app.app_context(), transaction() as db:
        services.ask_again(db, actor=SYSTEM, event_id=event_id, now=clock.now())
    drain(app)
    assert len(programs.meetings) == 1
    assert kept(app, event_id).problem == ""


def test_r74_other_secret_of_the_application_asks_for_the_keys_again(
    app: Flask, programs: Programs, connected: Connect, settings: Settings
) -> None:
    connected("zoom")
    event_id = published(app)
    with app.app_context(), transaction() as db:
        row = db.scalars(select(MeetingConnection)).one()
        row.sealed = sealed_keys(keys_for("zoom"), own=SecretKeys("another" * 8))
    drain(app)
    assert problem_of(app, event_id) == KEYS_LOST
    connected("zoom")
    drain(app)
    assert len(programs.meetings) == 1
    assert kept(app, event_id).problem == ""


def test_r74_meeting_that_somebody_deleted_in_zoom_is_made_anew(
    app: Flask, programs: Programs, connected: Connect
) -> None:
    connected("zoom")
    event_id = published(app)
    drain(app)
    first = link_of(app, event_id)
    programs.meetings = {"5": {}}
    with app.app_context(), transaction() as db:
        span = Timespan(STARTS + timedelta(days=1), ENDS + timedelta(days=1))
        move_event(db, actor=SYSTEM, event_id=event_id, span=span, now=NOW)
    drain(app)
    assert link_of(app, event_id) not in ("", first)
    assert programs.times("POST", CREATE["zoom"]) == 2


def test_r74_place_that_is_nowhere_is_a_problem_and_not_tried_for_ever(
    app: Flask, programs: Programs, connected: Connect
) -> None:
    connected("zoom")
    programs.trouble("POST", CREATE["zoom"], status=404)
    event_id = published(app)
    drain(app)
    assert programs.times("POST", CREATE["zoom"]) == 1
    assert kept(app, event_id).problem != ""


def test_r74_own_link_written_later_cancels_the_meeting_and_stays(
    app: Flask, programs: Programs, connected: Connect
) -> None:
    connected("zoom")
    event_id = published(app)
    drain(app)
    change_event_row(app, event_id, join_url="https://meet.example.org/propia")
    with app.app_context():
        tasks.follow(event_id)
    assert programs.meetings == {}
    assert link_of(app, event_id) == "https://meet.example.org/propia"


def zoom_people() -> list[dict[str, Any]]:
    def one(name: str, email: str, joined: str, left: str, **more: Any) -> dict[str, Any]:
        times = {"join_time": f"2027-03-09T{joined}:00Z", "leave_time": f"2027-03-09T{left}:00Z"}
        return {"name": name, "user_email": email, "uuid": "/a==", **times, **more}

    return [
        one("Ana Muñoz Peña", "p1@example.org", "15:00", "15:40"),
        one("Ana Muñoz Peña", "p1@example.org", "16:00", "17:00", uuid="b/=="),
        one("Desconocida", "", "15:10", "16:50"),
        one("En espera", "", "14:50", "15:00", status="in_waiting_room"),
        one("Berta López", "p2@example.org", "15:05", "16:30"),
    ]


def teams_people() -> list[dict[str, Any]]:
    return [
        {
            "identity": {"displayName": one["name"]},
            "emailAddress": one["user_email"],
            "attendanceIntervals": [
                {"joinDateTime": one["join_time"], "leaveDateTime": one["leave_time"]}
            ],
        }
        for one in zoom_people()
        if "status" not in one
    ]


@BOTH
def test_r74_report_arrives_by_itself_and_is_an_import_as_a_file_is(
    app: Flask, programs: Programs, connected: Connect, name: str
) -> None:
    connected(name)
    event_id = published(app)
    drain(app)
    programs.page = 1
    for minutes, fetched in ((4, 0), (6, 1), (20, 1)):  # not due; none there; not due again
        with time_machine.travel(ENDS + timedelta(minutes=minutes)), app.app_context():
            tasks.fetch_due_reports()
        assert programs.times("GET", "instances|attendanceReports") == fetched
    assert problem_of(app, event_id) == NO_REPORT_YET
    programs.sittings = [
        {"uuid": "/a==", "id": "r1", "start_time": "2027-03-09T14:50:00Z"},
        {"uuid": "b/==", "id": "r2", "start_time": "2027-03-09T16:00:00Z"},
        {"uuid": "old", "id": "r0", "start_time": "2027-03-01T15:00:00Z"},
    ]
    for one in programs.sittings:
        one["meetingStartDateTime"] = one["start_time"]
    if name == "teams":
        programs.sittings = programs.sittings[:1]
    programs.people = zoom_people() if name == "zoom" else teams_people()
    with time_machine.travel(ENDS + timedelta(minutes=31)), app.app_context():
        tasks.fetch_due_reports()
        tasks.fetch_due_reports()
        drain(app)
    with app.app_context(), reading() as db:
        made = db.scalars(select(AttendanceImport)).one()
        assert (made.id, made.state, made.provider) == (
            kept(app, event_id).import_id,
            "ready",
            name,
        )
        assert made.rows == 4
        seen = {one.name: (one.minutes, one.verdict) for one in participants_in(db, made.id)}
        assert db.scalars(select(Attendance)).all() == []
    assert seen == {
        "Ana Muñoz Peña": (100, "doubtful"),
        "Desconocida": (100, "unmatched"),
        "Berta López": (85, "doubtful"),
    }
    assert kept(app, event_id).report_at is None


def test_r74_report_is_asked_for_four_times_and_then_left_to_the_office(
    app: Flask, programs: Programs, connected: Connect
) -> None:
    connected("zoom")
    event_id = published(app)
    drain(app)
    asked = []
    for hours in (0.1, 0.6, 2.1, 24.1, 48, 72):
        with time_machine.travel(ENDS + timedelta(hours=hours)), app.app_context():
            tasks.fetch_due_reports()
        asked.append(programs.times("GET", "instances"))
    assert asked == [1, 2, 3, 4, 4, 4]
    assert kept(app, event_id).report_at is None
    with time_machine.travel(ENDS + timedelta(hours=80)):
        with app.app_context(), transaction() as db:
            services.ask_again(db, actor=SYSTEM, event_id=event_id, now=clock.now())
        drain(app)
    assert programs.times("GET", "instances") == 5


def test_r74_secrets_stand_in_no_row_journal_or_log(
    app: Flask,
    programs: Programs,
    connected: Connect,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(0)
    programs.secret = "changed there"
    connected("zoom")
    published(app)
    drain(app)
    programs.secret = SECRET
    connected("zoom")
    programs.trouble("POST", CREATE["zoom"], is_lost=True)
    drain(app)
    with app.app_context(), reading() as db:
        written = [
            repr(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in db.execute(select(table))
        ]
    streams = capfd.readouterr()
    told = "\n".join([*written, caplog.text, streams.out, streams.err])
    assert "MeetingAwaited" in told
    for secret in (SECRET, CLIENT, *programs.tokens):
        assert secret not in told
