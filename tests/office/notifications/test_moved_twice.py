"""An event that moves more than once: each reader hears of it once, compared with what she was told
last.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import icalendar
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.infra import journal
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.office.notifications.queries import correspondence
from app.office.notifications.tasks.events import on_event_moved
from app.office.outbox.models import Message
from app.office.outbox.rules import OVERTAKEN
from app.office.outbox.services import try_again
from app.people.directory.models import Person
from app.planning.arranging.services.planning import change_event
from app.planning.events.facts import EventMoved
from app.planning.events.models import Event
from app.planning.events.values import EventDraft, EventKind, Mode, MoveCause
from tests.office.notifications.world import (
    HOUR,
    NOW,
    STARTS,
    Away,
    Letter,
    call_off,
    drain,
    give_back,
    letters,
    move,
    take_place,
    webinar,
    webinar_of,
)
from tests.planning.events.rows import add_registration, counted_statements
from tests.support.actors import actor_of, sign_in

HER, NEXT = "official-hn", "official-gt"
DAY = timedelta(days=1)
FIRST, SECOND, THIRD = STARTS + DAY, STARTS + 2 * DAY, STARTS + 3 * DAY
CONFIRMED, MOVED = "Inscripción confirmada", "Nueva fecha u hora"
DAYS = re.compile(r"(\d+) de agosto de 2027")


@pytest.fixture(autouse=True)
def hand() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as hand:
        yield hand


@pytest.fixture
def back_soon(app: Flask, hand: time_machine.Traveller) -> Iterator[Callable[[], None]]:
    """The mail server is away until this is called."""
    server, platform(app).mailer = platform(app).mailer, Away()

    def is_back() -> None:
        platform(app).mailer = server
        hand.shift(HOUR)

    yield is_back
    platform(app).mailer = server


@pytest.fixture
def event_id(app: Flask) -> UUID:
    """The third of August; she has a place and knows it."""
    return webinar_of(app, HER)


def read(app: Flask, who: str = HER) -> list[tuple[str, list[int]]]:
    """Of each letter that left, its subject's first words, and the days of August it names: now,
    instead of.
    """
    return [
        (letter.subject.partition(":")[0], [int(day) for day in DAYS.findall(letter.text)])
        for letter in letters(app, who)
    ]


def sequence_in(letter: Letter) -> int:
    calendar: Any = icalendar.Calendar.from_ical(letter.calendar)
    return int(calendar.events[0]["SEQUENCE"])


def test_moves_in_a_row_are_one_letter_that_compares_with_what_was_told(
    app: Flask, event_id: UUID
) -> None:
    stops = (FIRST, SECOND, THIRD)
    for starts in stops:
        move(app, event_id, starts)
    assert read(app) == [(CONFIRMED, [3]), (MOVED, [6, 3])]
    assert sequence_in(letters(app, HER)[1]) == len(stops)
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count()).select_from(Message)) == 2, (
            "none is written to be withdrawn"
        )


def test_with_time_between_them_each_move_is_told(app: Flask, event_id: UUID) -> None:
    for starts in (FIRST, SECOND):
        move(app, event_id, starts)
        drain(app)
    assert read(app) == [(CONFIRMED, [3]), (MOVED, [4, 3]), (MOVED, [5, 4])]


def test_what_is_moved_back_before_anybody_heard_is_no_letter(
    app: Flask, client: FlaskClient, event_id: UUID
) -> None:
    move(app, event_id, FIRST)
    move(app, event_id, STARTS)
    assert read(app) == [(CONFIRMED, [3])]
    sign_in(client, "organizer")
    assert (
        "No se envió: habría dicho lo que ya se le había comunicado."
        in client.get("/messages?show=given-up").text
    )
    move(app, event_id, SECOND)
    assert read(app)[1:] == [(MOVED, [5, 3])]
    assert sequence_in(letters(app, HER)[1]) == 3


def test_what_is_moved_back_after_it_was_told_is_told_too(app: Flask, event_id: UUID) -> None:
    move(app, event_id, FIRST)
    drain(app)
    move(app, event_id, STARTS)
    assert read(app)[1:] == [(MOVED, [4, 3]), (MOVED, [3, 4])]
    assert [sequence_in(letter) for letter in letters(app, HER)] == [0, 1, 2]


def test_who_registered_between_two_moves_reads_what_she_registered_for(
    app: Flask, event_id: UUID
) -> None:
    move(app, event_id, FIRST)
    take_place(app, NEXT, event_id)
    move(app, event_id, SECOND)
    assert read(app) == [(CONFIRMED, [3]), (MOVED, [5, 3])]
    assert read(app, NEXT) == [(MOVED, [5, 4])]


def test_who_registered_between_two_moves_and_was_told_reads_what_she_was_told(
    app: Flask, event_id: UUID
) -> None:
    move(app, event_id, FIRST)
    take_place(app, NEXT, event_id)
    drain(app)
    move(app, event_id, SECOND)
    assert read(app)[1:] == [(MOVED, [4, 3]), (MOVED, [5, 4])]
    assert read(app, NEXT) == [(CONFIRMED, [4]), (MOVED, [5, 4])]


@pytest.mark.both_databases
def test_who_registered_between_is_told_of_the_way_back_and_the_others_of_nothing(
    app: Flask, event_id: UUID
) -> None:
    move(app, event_id, FIRST)
    take_place(app, NEXT, event_id)
    move(app, event_id, STARTS)
    assert read(app) == [(CONFIRMED, [3])]
    assert read(app, NEXT) == [(MOVED, [3, 4])]


def test_a_letter_that_waited_for_the_mail_server_was_not_heard(
    app: Flask, event_id: UUID, back_soon: Callable[[], None]
) -> None:
    for starts in (FIRST, SECOND):
        move(app, event_id, starts)
        drain(app)
    back_soon()
    assert read(app) == [(CONFIRMED, [3]), (MOVED, [5, 3])]


def test_nor_is_anything_left_of_it_when_the_event_is_back(
    app: Flask, event_id: UUID, back_soon: Callable[[], None]
) -> None:
    for starts in (FIRST, STARTS):
        move(app, event_id, starts)
        drain(app)
    back_soon()
    assert read(app) == [(CONFIRMED, [3])]


def test_a_confirmation_that_waited_is_not_lost_to_moves_that_came_to_nothing(
    app: Flask, back_soon: Callable[[], None]
) -> None:
    event_id = webinar(app)
    take_place(app, HER, event_id)
    drain(app)
    for starts in (FIRST, STARTS):
        move(app, event_id, starts)
        drain(app)
    back_soon()
    assert read(app) == [(CONFIRMED, [3])]


def test_a_letter_that_came_back_was_not_heard(app: Flask, event_id: UUID) -> None:
    move(app, event_id, FIRST)
    drain(app)
    with app.app_context(), transaction() as db:
        db.execute(update(Message).where(Message.subject.startswith(MOVED)).values(bounced_at=NOW))
    move(app, event_id, SECOND)
    assert read(app)[-1] == (MOVED, [5, 3])


def test_of_letters_that_came_back_none_leaves_again_that_names_a_time_that_is_over(
    app: Flask, event_id: UUID
) -> None:
    """A mailbox that was full for days; somebody tries the first of its letters again, and then the
    other.
    """
    move(app, event_id, FIRST)
    drain(app)
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        numbers = list(db.scalars(select(Message.id).order_by(Message.id)))
        db.execute(update(Message).values(bounced_at=NOW))
    for number in numbers:
        with app.app_context(), transaction() as db:
            try_again(db, actor=organizer, message_id=number, now=NOW)
        drain(app)
    with app.app_context(), reading() as db:
        rows = db.execute(
            select(Message.sent_at.is_not(None), Message.given_up_reason).order_by(Message.id)
        ).all()
    assert [tuple(row) for row in rows] == [(False, OVERTAKEN), (True, "")]


def test_letters_of_before_that_was_noted_count_as_what_they_followed_from(
    app: Flask, event_id: UUID
) -> None:
    move(app, event_id, FIRST)
    drain(app)
    with app.app_context(), transaction() as db:
        db.execute(update(Message).values(event_sequence=None))
    move(app, event_id, SECOND)
    move(app, event_id, THIRD)
    assert read(app)[-1] == (MOVED, [6, 4])


def test_who_has_had_no_letter_at_all_reads_what_the_last_move_changed(
    app: Flask, event_id: UUID
) -> None:
    person = actor_of(app, NEXT).person_id
    assert person is not None
    add_registration(app, event_id, person)
    move(app, event_id, FIRST)
    move(app, event_id, SECOND)
    assert read(app, NEXT) == [(MOVED, [5, 4])]


def test_place_and_manner_come_back_too(app: Flask, event_id: UUID) -> None:
    ways: tuple[dict[str, object], ...] = (
        {"place": "San José"},
        {"mode": Mode.HYBRID},
        {"timezone": "America/Guatemala"},
    )
    for away in ways:
        for changes in (away, {}):
            change(app, event_id, **changes)
        assert read(app) == [(CONFIRMED, [3])], away
    for told, away in enumerate(ways, start=1):
        change(app, event_id, **away)
        assert read(app)[1:] == [(MOVED, [3, 3])] * told, away


def change(app: Flask, event_id: UUID, **changes: object) -> None:
    draft = EventDraft(
        EventKind.WEBINAR,
        LocalizedText(es="Señales de trata", en="Signs of trafficking"),
        Timespan(STARTS, STARTS + HOUR),
        **changes,  # type: ignore[arg-type]
    )
    with app.app_context(), transaction() as db:
        change_event(db, actor=actor_of(app, "organizer"), event_id=event_id, draft=draft, now=NOW)


def shift_by_zone_rules(app: Flask, event_id: UUID) -> None:
    """As an upgrade of tzdata does it."""
    with app.app_context(), transaction() as db:
        row = db.get_one(Event, event_id)
        assert row.starts_at is not None
        assert row.ends_at is not None
        was, row.starts_at, row.ends_at = (
            Timespan(row.starts_at, row.ends_at),
            row.starts_at + HOUR,
            row.ends_at + HOUR,
        )
        row.sequence += 1
        db.flush()
        fact = EventMoved(
            event_id,
            row.sequence,
            was.starts_at,
            was.ends_at,
            "",
            MoveCause.ZONE_RULES,
            row.timezone,
            row.mode,
        )
        journal.record(db, fact, actor=SYSTEM, now=NOW)


def test_hours_that_moved_by_decision_are_not_laid_at_the_government_s_door(
    app: Flask, event_id: UUID
) -> None:
    move(app, event_id, FIRST)
    shift_by_zone_rules(app, event_id)
    assert read(app)[1:] == [(MOVED, [4, 3])]
    shift_by_zone_rules(app, event_id)
    assert [subject for subject, _ in read(app)[2:]] == ["Revise la hora"]


def test_whoever_planned_it_and_takes_part_gets_both_letters(app: Flask, event_id: UUID) -> None:
    take_place(app, "organizer", event_id)
    drain(app)
    shift_by_zone_rules(app, event_id)
    assert [subject for subject, _ in read(app, "organizer")[1:]] == [
        "Revise la hora",
        "Cambió la hora oficial",
    ]


def test_what_is_cancelled_before_its_move_was_heard_was_planned_for_what_was_told(
    app: Flask, event_id: UUID
) -> None:
    move(app, event_id, FIRST)
    take_place(app, NEXT, event_id)
    call_off(app, event_id)
    assert read(app)[1:] == [("Cancelado", [3])]
    assert read(app, NEXT) == [("Cancelado", [4])]
    assert sequence_in(letters(app, HER)[1]) == 2


def test_who_leaves_before_the_letter_reads_that_she_left(app: Flask, event_id: UUID) -> None:
    move(app, event_id, FIRST)
    give_back(app, HER, event_id)
    move(app, event_id, STARTS)
    assert [subject for subject, _ in read(app)] == [CONFIRMED, "Su inscripción quedó cancelada"]


def test_writing_to_many_asks_no_more_of_the_database(app: Flask, event_id: UUID) -> None:
    move(app, event_id, FIRST)
    found = []
    for number in (0, 20):
        people_of(app, event_id, number)
        with app.app_context(), transaction() as db, counted_statements(app) as statements:
            entry = db.scalars(select(JournalEntry).where(JournalEntry.fact == "EventMoved")).one()
            on_event_moved(db, entry, now=NOW)
            db.rollback()
        found.append(len(statements))
    assert found[0] == found[1]


def test_to_compare_letters_their_marks_are_read_and_none_of_their_words(
    app: Flask, event_id: UUID
) -> None:
    """Each letter of a person about an event carries a whole calendar and a page of text."""
    for starts in (FIRST, SECOND):
        move(app, event_id, starts)
        drain(app)
    with app.app_context(), reading() as db:
        last = db.scalars(select(func.max(Message.id))).one()
    with app.app_context(), reading() as db, counted_statements(app) as statements:
        found = correspondence(db, last)
    assert found is not None
    assert [said.says for said in found.letters] == [0, 1, 2]
    assert len(statements) == 4
    assert not [words for words in statements if "body" in words or "calendar" in words]


def people_of(app: Flask, event_id: UUID, count: int) -> None:
    with app.app_context(), transaction() as db:
        people = [
            Person(
                full_name=f"Persona {n}",
                sort_key=f"persona {n}",
                email=f"p{n}@example.org",
                timezone="UTC",
            )
            for n in range(count)
        ]
        db.add_all(people)
        db.flush()
        numbers = [person.id for person in people]
    for number in numbers:
        add_registration(app, event_id, number)
