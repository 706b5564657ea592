"""An event that loses its date, or counts its days elsewhere: calendars let go of it, and the
letter names the day that was.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import icalendar
import pytest
import time_machine
from flask import Flask

from app.infra.database import transaction
from app.infra.platform import platform
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import change_event
from app.planning.events.values import DatePrecision, EventDraft, EventKind
from tests.office.notifications.test_moved_twice import FIRST
from tests.office.notifications.world import (
    HOUR,
    NOW,
    STARTS,
    Away,
    call_off,
    drain,
    letters,
    move,
    webinar_of,
)
from tests.support.actors import actor_of

HER = "official-hn"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def hand() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as hand:
        yield hand


@pytest.fixture
def event_id(app: Flask) -> UUID:
    """The third of August; it stands in her calendar."""
    return webinar_of(app, HER)


def change(app: Flask, event_id: UUID, span: Timespan | None, **changes: Any) -> None:
    draft = EventDraft(
        EventKind.WEBINAR,
        LocalizedText(es="Señales de trata", en="Signs of trafficking"),
        span,
        **changes,
    )
    with app.app_context(), transaction() as db:
        change_event(db, actor=actor_of(app, "organizer"), event_id=event_id, draft=draft, now=NOW)


def undate(app: Flask, event_id: UUID) -> None:
    """Some day in August."""
    change(
        app,
        event_id,
        None,
        date_precision=DatePrecision.MONTH,
        found_start="2027-08",
        found_end="2027-08",
    )


def in_calendar(app: Flask) -> list[tuple[str, int, int]]:
    """Method, SEQUENCE and day of each message to her calendar."""
    found = []
    for letter in letters(app, HER):
        if letter.calendar:
            calendar: Any = icalendar.Calendar.from_ical(letter.calendar)
            [event] = calendar.events
            found.append((str(calendar["METHOD"]), int(event["SEQUENCE"]), event.start.day))
    return found


@pytest.mark.both_databases
def test_what_has_no_date_any_more_leaves_her_calendar_and_comes_back_with_the_new_one(
    app: Flask, event_id: UUID
) -> None:
    undate(app, event_id)
    drain(app)
    assert in_calendar(app) == [("REQUEST", 0, 3), ("CANCEL", 1, 3)]
    move(app, event_id, FIRST)
    assert in_calendar(app)[2:] == [("REQUEST", 2, 4)]
    assert "Su inscripción sigue en pie" in letters(app, HER)[2].text


def test_what_is_cancelled_before_she_heard_that_it_had_no_date_leaves_it_too(
    app: Flask, hand: time_machine.Traveller, event_id: UUID
) -> None:
    server, platform(app).mailer = platform(app).mailer, Away()
    undate(app, event_id)
    drain(app)
    call_off(app, event_id)
    drain(app)
    platform(app).mailer = server
    hand.shift(HOUR)
    assert in_calendar(app) == [("REQUEST", 0, 3), ("CANCEL", 2, 3)]


def days(on: int, utc_offset: int) -> Timespan:
    starts = datetime(2027, 8, on, -utc_offset, tzinfo=UTC)
    return Timespan(starts, starts + DAY)


def test_a_whole_day_elsewhere_is_the_day_it_was_there(app: Flask, event_id: UUID) -> None:
    change(app, event_id, days(3, -6), is_all_day=True)
    drain(app)
    assert (
        "En lugar de:\nmartes, 3 de agosto de 2027, 09:00–10:00 (Costa Rica, UTC−6)"
        in letters(app, HER)[-1].text
    )
    change(app, event_id, days(4, -7), is_all_day=True, timezone="America/Tijuana")
    drain(app)
    assert (
        "En lugar de:\nmartes, 3 de agosto de 2027, todo el día (Costa Rica, UTC−6)"
        in letters(app, HER)[-1].text
    )
    change(app, event_id, Timespan(STARTS, STARTS + HOUR))
    assert (
        "En lugar de:\nmiércoles, 4 de agosto de 2027, todo el día (Tijuana"
        in letters(app, HER)[-1].text
    )
