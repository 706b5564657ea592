"""Who wishes no invitations gets none, and what stands in her calendar from before is neither wrong
nor left there.
"""

from collections.abc import Iterator
from uuid import UUID

import icalendar
import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from app.infra.database import transaction
from app.infra.platform import platform
from app.office.outbox.models import Message
from app.office.outbox.services import expire_letters
from tests.office.notifications.test_moved_twice import FIRST
from tests.office.notifications.world import (
    HOUR,
    NOW,
    STARTS,
    Away,
    call_off,
    drain,
    give_back,
    letters,
    move,
    take_place,
    webinar,
    webinar_of,
    wish,
)
from tests.support.actors import actor_of

HER = "official-hn"


@pytest.fixture(autouse=True)
def hand() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW + 9 * HOUR, tick=False) as hand:
        yield hand


@pytest.fixture
def event_id(app: Flask) -> UUID:
    """It stands in her calendar, and she wishes no more of that."""
    found = webinar_of(app, HER)
    wish(app, actor_of(app, HER).person_id or 0, calendar=False)
    return found


def in_calendar(app: Flask) -> list[str]:
    """What each letter says to her calendar, with the day of August; "" for nothing."""
    found = []
    for letter in letters(app, HER):
        calendar = icalendar.Calendar.from_ical(letter.calendar) if letter.calendar else None
        found.append(f"{calendar['METHOD']} {calendar.events[0].start.day}" if calendar else "")
    return found


def test_what_was_taken_out_of_her_calendar_is_neither_put_back_nor_taken_out_again(
    app: Flask, event_id: UUID
) -> None:
    for hours in (1, 3):
        give_back(app, HER, event_id, NOW + hours * HOUR)
        drain(app)
        take_place(app, HER, event_id, NOW + (hours + 1) * HOUR)
        drain(app)
    assert in_calendar(app) == ["REQUEST 3", "CANCEL 3", "", "", ""]
    move(app, event_id, FIRST)
    drain(app)
    call_off(app, event_id)
    assert in_calendar(app)[5:] == ["", ""]


def test_what_stands_there_follows_the_event_to_its_end(app: Flask, event_id: UUID) -> None:
    move(app, event_id, FIRST)
    drain(app)
    call_off(app, event_id)
    assert in_calendar(app) == ["REQUEST 3", "REQUEST 4", "CANCEL 4"]


def test_what_a_cancellation_did_not_take_out_is_put_right_when_she_comes_again(
    app: Flask, hand: time_machine.Traveller, event_id: UUID
) -> None:
    """It waits for the mail server and is withdrawn for her new place; the old hour would stand in
    her calendar.
    """
    server, platform(app).mailer = platform(app).mailer, Away()
    give_back(app, HER, event_id)
    drain(app)
    move(app, event_id, FIRST)
    take_place(app, HER, event_id)
    drain(app)
    platform(app).mailer = server
    hand.shift(HOUR)
    assert in_calendar(app) == ["REQUEST 3", "REQUEST 4"]


def test_nor_does_one_that_came_back(app: Flask, event_id: UUID) -> None:
    give_back(app, HER, event_id)
    drain(app)
    with app.app_context(), transaction() as db:
        db.execute(
            update(Message).where(Message.calendar_method == "CANCEL").values(bounced_at=NOW)
        )
    take_place(app, HER, event_id)
    assert in_calendar(app)[-1] == "REQUEST 3"


def test_when_the_letters_are_kept_no_longer_whoever_was_asked_is_told_of_the_end(
    app: Flask, event_id: UUID
) -> None:
    with app.app_context(), transaction() as db:
        assert expire_letters(db, before=NOW + 10 * HOUR, dry_run=False) == 1
    call_off(app, event_id)
    assert in_calendar(app)[-1] == "CANCEL 3"


def test_who_never_wished_any_and_goes_gets_none(app: Flask) -> None:
    person = actor_of(app, HER).person_id
    assert person is not None
    wish(app, person, calendar=False)
    event_id = webinar(app, STARTS)
    take_place(app, HER, event_id)
    drain(app)
    move(app, event_id, FIRST)
    drain(app)
    give_back(app, HER, event_id)
    assert in_calendar(app) == ["", "", ""]
