"""Who comes to have a place while the event moves reads of both: that she has one, and when it is
now.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import icalendar
import pytest
import time_machine
from flask import Flask

from app.infra.database import transaction
from app.infra.platform import platform
from app.participation.registrations.services.registering import register_person
from app.participation.registrations.values import Origin
from tests.office.notifications.test_moved_twice import (
    DAYS,
    FIRST,
    MOVED,
    SECOND,
    shift_by_zone_rules,
)
from tests.office.notifications.world import (
    HOUR,
    NOW,
    STARTS,
    Away,
    Letter,
    drain,
    give_back,
    letters,
    move,
    take_place,
    webinar,
    webinar_of,
)
from tests.support.actors import actor_of

HER, NEXT = "official-hn", "official-gt"
PLACE, WAITING, CONFIRMED = "Tiene cupo", "Está en lista de espera", "Inscripción confirmada"


@pytest.fixture(autouse=True)
def hand() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as hand:
        yield hand


@pytest.fixture
def event_id(app: Flask) -> UUID:
    """One place on the third of August; she waits for it and knows it."""
    return webinar_of(app, HER, NEXT, capacity=1)


@pytest.fixture
def later(
    app: Flask, hand: time_machine.Traveller, event_id: UUID
) -> Iterator[Callable[..., None]]:
    """The mail server is away from now on; an hour passes, in which it is back or not."""
    server, platform(app).mailer = platform(app).mailer, Away()

    def passes(*, is_back: bool = False) -> None:
        drain(app)
        if is_back:
            platform(app).mailer = server
        hand.shift(HOUR)
        drain(app)

    yield passes
    platform(app).mailer = server


def read(app: Flask) -> list[tuple[str, list[int]]]:
    """Of each letter to who waited, but for the first: what it is about, and which days of August
    it names.
    """
    return [
        (letter.subject.partition(":")[0], [int(day) for day in DAYS.findall(letter.text)])
        for letter in letters(app, NEXT)[1:]
    ]


def asked(letter: Letter) -> tuple[str, int, int]:
    """Method, SEQUENCE and day of the invitation."""
    calendar: Any = icalendar.Calendar.from_ical(letter.calendar)
    [event] = calendar.events
    return str(calendar["METHOD"]), int(event["SEQUENCE"]), event.start.day


@pytest.mark.both_databases
def test_who_moves_up_and_is_overtaken_by_a_move_reads_of_both(
    app: Flask, event_id: UUID, later: Callable[..., None]
) -> None:
    give_back(app, HER, event_id)
    later()
    move(app, event_id, FIRST)
    later(is_back=True)
    assert read(app) == [(PLACE, [4, 3])]
    [_, given] = letters(app, NEXT)
    assert "Ahora tiene un cupo en «Señales de trata»" in given.text
    assert "En lugar de:\nmartes, 3 de agosto" in given.text
    assert asked(given) == ("REQUEST", 1, 4)


def test_nor_is_her_place_lost_to_moves_that_came_to_nothing(
    app: Flask, event_id: UUID, later: Callable[..., None]
) -> None:
    """The letter about her place was withdrawn for the first of them, and the second is no news."""
    give_back(app, HER, event_id)
    later()
    move(app, event_id, FIRST)
    later()
    move(app, event_id, STARTS)
    later(is_back=True)
    assert read(app) == [(PLACE, [3])]
    assert asked(letters(app, NEXT)[1]) == ("REQUEST", 2, 3)


def test_once_she_knows_of_her_place_a_move_is_a_move(
    app: Flask, event_id: UUID, later: Callable[..., None]
) -> None:
    give_back(app, HER, event_id)
    later()
    move(app, event_id, FIRST)
    later(is_back=True)
    move(app, event_id, SECOND)
    assert read(app) == [(PLACE, [4, 3]), (MOVED, [5, 4])]


def test_nobody_reads_that_she_waits_once_she_has_a_place(
    app: Flask, hand: time_machine.Traveller, later: Callable[..., None]
) -> None:
    """A letter that has failed for long rests for hours; meanwhile newer ones were withdrawn for
    still newer ones.
    """
    event_id = webinar(app, STARTS + timedelta(hours=3), capacity=1)
    for who in (HER, NEXT):
        take_place(app, who, event_id)
    for _ in range(8):
        later()
    give_back(app, HER, event_id)
    drain(app)
    move(app, event_id, FIRST)
    drain(app)
    hand.shift(timedelta(minutes=2))
    drain(app)
    move(app, event_id, STARTS + timedelta(hours=3))
    later(is_back=True)
    hand.shift(6 * HOUR)
    assert read(app) == [(PLACE, [3])]


def test_who_asked_herself_and_was_not_told_is_told_though_the_event_is_back(
    app: Flask, later: Callable[..., None]
) -> None:
    event_id = webinar(app, STARTS + timedelta(hours=3))
    take_place(app, NEXT, event_id)
    later()
    move(app, event_id, FIRST)
    later()
    move(app, event_id, STARTS + timedelta(hours=3))
    later(is_back=True)
    assert read(app) == [(CONFIRMED, [3])]
    assert asked(letters(app, NEXT)[1])[0] == "REQUEST"


def put_down(app: Flask, who: str, event_id: UUID) -> None:
    """By the secretariat, which presses the button for her."""
    person = actor_of(app, who).person_id
    assert person is not None
    with app.app_context(), transaction() as db:
        register_person(
            db,
            actor=actor_of(app, "organizer"),
            event_id=event_id,
            person_id=person,
            origin=Origin.ORGANIZER,
            consent_version="",
            now=NOW,
        )


def test_who_was_put_down_by_others_has_seen_no_page_and_reads_first_that_she_is_registered(
    app: Flask, later: Callable[..., None]
) -> None:
    event_id = webinar(app, STARTS + timedelta(hours=3))
    put_down(app, NEXT, event_id)
    later()
    move(app, event_id, FIRST)
    later(is_back=True)
    assert read(app) == [(CONFIRMED, [4])]
    assert asked(letters(app, NEXT)[1]) == ("REQUEST", 1, 4)


def test_who_waits_is_not_told_that_her_registration_stands_when_governments_move_the_hour(
    app: Flask, event_id: UUID
) -> None:
    shift_by_zone_rules(app, event_id)
    [_, letter] = letters(app, NEXT)
    assert letter.subject.startswith("Revise la hora")
    assert "Su inscripción sigue" not in letter.text
    assert "todavía no tiene cupo" in letter.text
