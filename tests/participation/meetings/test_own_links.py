"""R74: each registered person joins by a link of their own, which nobody else is shown."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.meetings.port import MeetingFailed
from app.office.notifications.tasks.reminders import remind
from app.office.outbox.models import Message
from app.participation.meetings import tasks
from app.participation.registrations.models import Registration
from app.people.directory.models import Person
from tests.office.notifications.world import NOW, STARTS, give_back, take_place, webinar
from tests.participation.attendance.held import participants_in
from tests.participation.meetings.conftest import Connect
from tests.participation.meetings.test_following import drain, kept, link_of
from tests.support.actors import sign_in
from tests.support.meeting_programs import Programs

pytestmark = pytest.mark.timeout(90)
REGISTRANTS = r"/zoom/v2/meetings/\d+/registrants$"


def links(app: Flask, event_id: UUID) -> dict[int, str]:
    asked = select(Registration.person_id, Registration.own_url)
    with app.app_context(), reading() as db:
        rows = db.execute(asked.where(Registration.event_id == event_id))
        return {row.person_id: row.own_url for row in rows}


def with_meeting(app: Flask, connected: Connect, **changes: Any) -> UUID:
    connected("zoom", own_links=True)
    event_id = webinar(app)
    drain(app)
    assert kept(app, event_id).has_own_links
    return event_id


@pytest.mark.both_databases
def test_r74_registered_person_gets_one_link_and_loses_it_with_the_place(
    app: Flask, programs: Programs, connected: Connect
) -> None:
    with time_machine.travel(NOW, tick=False):
        event_id = with_meeting(app, connected)
        first, second = (take_place(app, who, event_id) for who in ("official-hn", "official-gt"))
        programs.trouble("POST", "registrants$", is_done=True, is_lost=True)
        drain(app)
        with app.app_context():
            tasks.follow_links(event_id)
        (rows,) = programs.registrants.values()
        assert len(rows) == 2
        assert links(app, event_id) == {first: rows[0]["join_url"], second: rows[1]["join_url"]}
        give_back(app, "official-hn", event_id)
        drain(app)
    assert links(app, event_id) == {first: "", second: rows[0]["join_url"]}
    assert len(rows) == 1
    with app.app_context(), reading() as db:
        told = db.scalars(select(JournalEntry).where(JournalEntry.fact.like("OwnLink%"))).all()
        assert sorted(one.fact for one in told) == ["OwnLinkGiven", "OwnLinkGiven", "OwnLinkTaken"]
        assert "us02web" not in str([one.payload for one in told])


def test_r74_own_link_stands_on_the_page_in_the_letter_and_in_the_calendar_of_one_person(
    app: Flask, client: FlaskClient, programs: Programs, connected: Connect
) -> None:
    with time_machine.travel(NOW, tick=False):
        event_id = with_meeting(app, connected)
        one, other = (take_place(app, who, event_id) for who in ("official-hn", "official-gt"))
        drain(app)
    found = links(app, event_id)
    own, others = found[one].split("?")[1], found[other].split("?")[1]
    with time_machine.travel(STARTS - timedelta(minutes=20), tick=False):
        sign_in(client, "official-hn")
        page = client.get(f"/events/{event_id}").text
        assert own in page
        assert others not in page
        with app.app_context():
            remind()
        sign_in(client, "organizer")
        assert "?tk=" not in client.get(f"/events/{event_id}").text
        assert link_of(app, event_id) in client.get(f"/events/{event_id}").text.replace(
            "&amp;", "&"
        )
    with app.app_context(), reading() as db:
        bodies = {
            row.person_id: row.body for row in db.scalars(select(Message)) if "?tk=" in row.body
        }
    assert own in bodies[one]
    assert others in bodies[other]
    assert others not in bodies[one]


def test_r74_report_is_matched_by_the_own_link(
    app: Flask, programs: Programs, connected: Connect
) -> None:
    with time_machine.travel(NOW, tick=False):
        event_id = with_meeting(app, connected)
        person_id = take_place(app, "official-hn", event_id)
        drain(app)
    (rows,) = programs.registrants.values()
    at = f"{STARTS:%Y-%m-%dT%H:%M:%SZ}"
    until = f"{STARTS + timedelta(minutes=50):%Y-%m-%dT%H:%M:%SZ}"
    stay = {"name": "iPhone de M.", "user_email": "", "join_time": at, "leave_time": until}
    programs.sittings = [{"uuid": "a==", "start_time": at}]
    programs.people = [{**stay, "registrant_id": rows[0]["id"]}, {**stay, "name": "Otra"}]
    with time_machine.travel(STARTS + timedelta(days=1)), app.app_context():
        tasks.fetch_due_reports()
        drain(app)
        import_id = kept(app, event_id).import_id
        assert import_id is not None
        with reading() as db:
            seen = {one.name: one.person_id for one in participants_in(db, import_id)}
    assert seen == {"iPhone de M.": person_id, "Otra": None}


def test_r74_limits_are_tried_again_and_refused_addresses_use_the_common_link(
    app: Flask, programs: Programs, connected: Connect
) -> None:
    with time_machine.travel(NOW, tick=False):
        event_id = with_meeting(app, connected)
        shared, refused = (take_place(app, who, event_id) for who in ("official-hn", "official-gt"))
        same = take_place(app, "focal-point-hn", event_id)
        with app.app_context(), transaction() as db:
            address = db.get_one(Person, shared).email = "buzon@example.org"
            db.get_one(Person, same).email = address
            db.get_one(Person, refused).email = "nadie@example.invalid"
        programs.trouble("POST", REGISTRANTS, status=429, headers={"Retry-After": "3600"})
        with app.app_context(), pytest.raises(MeetingFailed):
            tasks.follow_links(event_id)
        assert not any(links(app, event_id).values())
        with app.app_context():
            tasks.follow_links(event_id)
            tasks.follow_links(event_id)
    found = links(app, event_id)
    assert found[shared]
    assert (found[refused], found[same]) == ("", "")
    assert programs.times("POST", REGISTRANTS) == 3


def test_r74_without_the_choice_nobody_is_registered_in_the_program(
    app: Flask, programs: Programs, connected: Connect
) -> None:
    with time_machine.travel(NOW, tick=False):
        connected("zoom")
        event_id = webinar(app)
        take_place(app, "official-hn", event_id)
        drain(app)
    assert programs.times("POST", REGISTRANTS) == 0
    assert "approval_type" not in next(iter(programs.meetings.values()))["settings"]
