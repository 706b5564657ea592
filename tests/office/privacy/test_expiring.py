"""R55: what need not be kept any longer goes by itself, to the day, and nothing else goes with
it.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, func, select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.orm import Base
from app.infra.platform import platform
from app.office.outbox.models import Message
from app.office.privacy.tasks import let_go
from app.office.privacy.values import RUNS_AT
from app.participation.attendance.models import AttendanceInterval
from app.participation.registrations.models import Registration
from app.participation.registrations.values import Way
from app.people.directory.models import Person
from app.people.identity.models import SignInAttempt
from app.planning.events.models import Attendance, Event
from app.training.learning.models import Attempt, AttemptItem
from tests.participation.invitations.world import an_invitation, come, key_of
from tests.planning.events.rows import NOW, an_event
from tests.support.actors import sign_in
from tests.training.learning.builders import LESSON_1, QUIZ_1, Classroom

DAY = timedelta(days=1)
KEPT = {
    "attendance": 1095,
    "quiz-answers": 365,
    "sign-in-attempts": 90,
    "letters": 365,
    "guests": 365,
}


def attended(app: Flask, ended: datetime) -> UUID:
    """An event that ended then, with one person who was there for its hour and a half."""
    event_id = an_event(app, starts_at=ended - timedelta(minutes=90))
    with app.app_context(), transaction() as db:
        person = Person(
            full_name="Ana Muñoz Peña",
            sort_key="ana",
            timezone="America/Guatemala",
            country_code="GT",
        )
        db.add(person)
        db.flush()
        who: dict[str, Any] = {"event_id": event_id, "person_id": person.id}
        db.add(Registration(**who, status="registered", created_at=NOW, changed_at=NOW))
        db.flush()
        db.add(Attendance(**who, minutes=90, source="import", recorded_at=ended))
        db.add(
            AttendanceInterval(
                **who, source="import", starts_at=ended - timedelta(minutes=90), ends_at=ended
            )
        )
    return event_id


def a_letter(app: Flask, number: int, at: datetime, *, is_sent: bool = True) -> None:
    with app.app_context(), transaction() as db:
        db.add(
            Message(
                dedupe=f"t{number}",
                recipient="ana@example.org",
                language="es",
                subject="Hola",
                body="Hola",
                created_at=at,
                sent_at=at if is_sent else None,
            )
        )


def expired(app: Flask, now: datetime, *, dry_run: bool = False) -> Mapping[str, int]:
    with app.app_context(), time_machine.travel(now, tick=False):
        return let_go(dry_run=dry_run)


def count(app: Flask, model: type[Base], *where: ColumnElement[bool]) -> int:
    with app.app_context(), reading() as db:
        return db.scalar(select(func.count()).select_from(model).where(*where)) or 0


@pytest.mark.both_databases
def test_r55_attendance_goes_three_years_after_the_event_to_the_day(app: Flask) -> None:
    attended(app, NOW - KEPT["attendance"] * DAY)
    attended(app, NOW - KEPT["attendance"] * DAY + timedelta(seconds=1))
    assert expired(app, NOW)["attendance"] == 0
    later = NOW + timedelta(seconds=1)
    assert expired(app, later, dry_run=True)["attendance"] == 1
    assert count(app, Attendance) == 2, "a dry run changes nothing"
    found = expired(app, later)
    assert (found["attendance"], found["attendance-details"]) == (1, 1)
    assert (count(app, Attendance), count(app, AttendanceInterval)) == (1, 1)
    assert (count(app, Event), count(app, Registration), count(app, Person)) == (2, 2, 2)
    assert expired(app, later)["attendance"] == 0


@pytest.mark.both_databases
def test_r55_letters_and_tries_to_sign_in_go_and_what_waits_stays(app: Flask) -> None:
    old = NOW - KEPT["letters"] * DAY - DAY
    a_letter(app, 1, old)
    a_letter(app, 2, old, is_sent=False)
    a_letter(app, 3, NOW)
    with app.app_context(), transaction() as db:
        db.add_all(SignInAttempt(key="account:x", at=NOW - days * DAY) for days in (91, 89))
    found = expired(app, NOW)
    assert (found["letters"], found["sign-in-attempts"]) == (1, 1)
    with app.app_context(), reading() as db:
        assert sorted(db.scalars(select(Message.dedupe))) == ["t2", "t3"]
        assert db.scalars(select(SignInAttempt.at)).all() == [NOW - 89 * DAY]


@pytest.mark.both_databases
def test_r55_a_guest_is_forgotten_a_year_after_her_event(app: Flask) -> None:
    event_id = an_event(app)
    come(app, key_of(app, an_invitation(app, event_id, Way.GUEST)))
    with app.app_context(), reading() as db:
        ended = db.get_one(Event, event_id).ends_at
    assert ended is not None
    assert expired(app, ended + KEPT["guests"] * DAY)["guests"] == 0
    assert expired(app, ended + KEPT["guests"] * DAY + DAY)["guests"] == 1
    assert count(app, Person, Person.full_name.contains("Rigoberta")) == 0
    assert count(app, Registration) == 1, "that somebody was registered stays"
    assert expired(app, ended + KEPT["guests"] * DAY + 2 * DAY)["guests"] == 0


@pytest.mark.both_databases
def test_r55_answers_of_a_quiz_go_and_its_score_stays(app: Flask) -> None:
    room = Classroom(app)
    room.publish()
    learner = room.learner()
    room.enrol(learner)
    room.read(learner, LESSON_1)
    attempt = room.sit(learner, QUIZ_1)
    with app.app_context(), reading() as db:
        handed_in, score = (
            db.get_one(Attempt, attempt).submitted_at,
            db.get_one(Attempt, attempt).score,
        )
    assert handed_in is not None
    assert expired(app, handed_in + KEPT["quiz-answers"] * DAY)["quiz-answers"] == 0
    assert expired(app, handed_in + KEPT["quiz-answers"] * DAY + DAY)["quiz-answers"] == 1
    with app.app_context(), reading() as db:
        assert {tuple(one) for one in db.scalars(select(AttemptItem.response))} == {()}
        assert db.get_one(Attempt, attempt).score == score


def test_what_was_let_go_is_told_by_kind_and_number_and_only_when_there_was_something(
    app: Flask,
) -> None:
    attended(app, NOW - KEPT["attendance"] * DAY - DAY)
    expired(app, NOW)
    expired(app, NOW)
    with app.app_context(), reading() as db:
        told = db.scalars(
            select(JournalEntry.payload).where(JournalEntry.fact == "RetentionRun")
        ).all()
    assert sorted(told, key=str) == [
        {"kind": "attendance", "rows": 1},
        {"kind": "attendance-details", "rows": 1},
    ]


def test_the_command_says_beforehand_how_much_it_would_be(app: Flask) -> None:
    attended(app, NOW - KEPT["attendance"] * DAY - DAY)
    with time_machine.travel(NOW, tick=False):
        said = app.test_cli_runner().invoke(args=["privacy", "expire", "--dry-run"]).output
    assert "attendance: 1 (dry run)" in said
    assert count(app, Attendance) == 1


def test_it_runs_every_night_by_itself(app: Flask) -> None:
    planned = {task.name for task in platform(app).jobs.huey._registry.periodic_tasks}
    assert "privacy.let_go" in planned


def test_organizer_sees_beforehand_what_the_run_then_deletes(
    app: Flask, client: FlaskClient
) -> None:
    """By the hour of the run and not of the look: two of them are due only in between."""
    event_id = an_event(app)
    come(app, key_of(app, an_invitation(app, event_id, Way.GUEST)))
    with app.app_context(), reading() as db:
        ended = db.get_one(Event, event_id).ends_at
    assert ended is not None
    run = datetime.combine(ended + KEPT["guests"] * DAY, RUNS_AT, UTC) + DAY
    attended(app, run - KEPT["attendance"] * DAY - timedelta(minutes=30))
    a_letter(app, 1, run - KEPT["letters"] * DAY - timedelta(minutes=30))
    with time_machine.travel(run - timedelta(hours=1), tick=False):
        sign_in(client, "organizer")
        page = client.get("/privacy/retention?lang=en").text
    assert "Rigoberta" in page
    assert "Three years after the event." in page
    assert "Three months afterwards." in page
    shown = [int(rows) for rows in re.findall(r'data-label="Next time">(\d+)<', page)]
    deleted = expired(app, run)
    assert shown == list(deleted.values())
    assert (deleted["attendance"], deleted["letters"], deleted["guests"]) == (1, 1, 1)
