"""R57: every message to one attendee's calendar is newer than the one before, and her answers are
to the newest.
"""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import icalendar
import pytest
from flask import Flask

from app.office.inbox.services import Received
from app.participation.registrations.rules import NoRegistrationToAnswerFor
from tests.feeds.oracles import ORACLES, Instance, require_installed
from tests.office.inbox.replies import PROGRAMS, any_reply
from tests.office.notifications.world import (
    HOUR,
    NOW,
    STARTS,
    Letter,
    call_off,
    drain,
    give_back,
    letters,
    move,
    registration,
    statuses,
    take_in,
    take_place,
    token_of,
    webinar,
    webinar_of,
)
from tests.support.actors import actor_of

pytestmark = pytest.mark.at(NOW + 9 * HOUR)
HER, NEXT = "official-hn", "official-gt"
ELSEWHEN = STARTS + timedelta(days=2, hours=1)


def said(letter: Letter) -> tuple[str, int, datetime]:
    """Method, SEQUENCE and DTSTAMP."""
    calendar: Any = icalendar.Calendar.from_ical(letter.calendar)
    [event] = calendar.events
    return str(calendar["METHOD"]), int(event["SEQUENCE"]), event["DTSTAMP"].dt


def everything_that_happens(app: Flask) -> UUID:
    """She comes, goes, comes again, goes with the event to another day and loses it, and reads of
    each at once.
    """
    event_id = webinar(app)
    for happens in (
        lambda: take_place(app, HER, event_id),
        lambda: give_back(app, HER, event_id, NOW + HOUR),
        lambda: take_place(app, HER, event_id, NOW + 2 * HOUR),
        lambda: move(app, event_id, ELSEWHEN, NOW + 3 * HOUR),
        lambda: call_off(app, event_id, NOW + 4 * HOUR),
    ):
        happens()
        drain(app)
    return event_id


def test_r57_each_message_to_an_attendee_is_newer_than_the_one_before(app: Flask) -> None:
    """Also as every reader of calendars reads them."""
    event_id = everything_that_happens(app)
    received = letters(app, HER)
    assert [said(letter) for letter in received] == [
        ("REQUEST", 0, NOW),
        ("CANCEL", 1, NOW + HOUR),
        ("REQUEST", 2, NOW + 2 * HOUR),
        ("REQUEST", 3, NOW + 3 * HOUR),
        ("CANCEL", 4, NOW + 4 * HOUR),
    ]
    uid = f"event-{event_id}@localhost"
    first, then = (
        ("2027-08-03T15:00:00Z", "2027-08-03T16:00:00Z"),
        ("2027-08-05T16:00:00Z", "2027-08-05T17:00:00Z"),
    )
    for name, reader in ORACLES.items():
        require_installed(name)
        assert [reader(letter.calendar) for letter in received] == [
            [Instance(uid, *first, 0)],
            [Instance(uid, *first, 1, is_cancelled=True)],
            [Instance(uid, *first, 2)],
            [Instance(uid, *then, 3)],
            [Instance(uid, *then, 4, is_cancelled=True)],
        ], name


def test_r57_within_one_second_too(app: Flask) -> None:
    """DTSTAMP counts whole seconds and decides nothing then."""
    event_id = webinar_of(app, HER)
    give_back(app, HER, event_id)
    drain(app)
    take_place(app, HER, event_id)
    assert [said(letter)[1] for letter in letters(app, HER)] == [0, 1, 2]


def test_r57_her_turns_are_no_news_to_others_nor_to_the_feeds(app: Flask) -> None:
    event_id = webinar(app)
    for who in (HER, NEXT):
        take_place(app, who, event_id)
    give_back(app, HER, event_id, NOW + HOUR)
    take_place(app, HER, event_id, NOW + HOUR)
    assert [said(letter)[1] for letter in letters(app, NEXT)] == [0]
    feed = icalendar.Calendar.from_ical(app.test_client().get("/calendar/public.ics").data)
    assert feed.events[0]["SEQUENCE"] == 0


def test_r57_who_waited_after_giving_back_is_invited_by_a_newer_message_than_the_cancellation(
    app: Flask,
) -> None:
    event_id = webinar_of(app, HER, capacity=1)
    give_back(app, HER, event_id, NOW + HOUR)
    drain(app)
    take_place(app, NEXT, event_id, NOW + 2 * HOUR)
    take_place(app, HER, event_id, NOW + 2 * HOUR)
    drain(app)
    give_back(app, NEXT, event_id, NOW + 3 * HOUR)
    assert [said(letter)[:2] for letter in letters(app, HER) if letter.calendar] == [
        ("REQUEST", 0),
        ("CANCEL", 1),
        ("REQUEST", 2),
    ]


def came_back(app: Flask) -> UUID:
    """She was invited, gave back, and was invited anew."""
    event_id = webinar_of(app, HER)
    give_back(app, HER, event_id, NOW + HOUR)
    drain(app)
    take_place(app, HER, event_id, NOW + 2 * HOUR)
    drain(app)
    return event_id


class Back:
    """She was invited, gave back, and was invited anew: by SEQUENCE 0, 1 and 2."""

    def __init__(self, app: Flask) -> None:
        self.app, self.event_id = app, came_back(app)
        self.person = actor_of(app, HER).person_id or 0
        self.uid = f"event-{self.event_id}@localhost"
        self.mailbox = f"rsvp+{token_of(app, self.event_id, self.person)}@example.org"

    def answer(
        self, partstat: str, sequence: int | None, hours: int, program: str = "Google"
    ) -> Received:
        write = PROGRAMS[program]
        return take_in(
            self.app, write(self.uid, self.mailbox, partstat, NOW + hours * HOUR, sequence=sequence)
        )

    @property
    def standing(self) -> tuple[str, str]:
        row = registration(self.app, self.event_id, self.person)
        return row.status, row.partstat


@pytest.fixture
def back(app: Flask) -> Back:
    return Back(app)


def test_r57_an_answer_to_the_newest_message_is_heard(back: Back) -> None:
    for number, program in enumerate(PROGRAMS):
        partstat = ("TENTATIVE", "ACCEPTED")[number % 2]
        assert back.answer(partstat, 2, 3 + number, program) is Received.NOTED, program
        assert back.standing == ("registered", partstat), program


def test_r57_an_answer_to_a_message_of_before_takes_nothing_away(back: Back) -> None:
    """Declined on a telephone without a signal, sent hours later: the place she has asked for since
    stands.
    """
    for sequence in (0, 1):
        assert back.answer("DECLINED", sequence, 3) is Received.OUTDATED
        assert back.standing == ("registered", "")
    assert back.answer("DECLINED", 2, 4) is Received.CANCELLED


def test_r57_after_a_move_the_message_before_it_is_outdated(back: Back) -> None:
    move(back.app, back.event_id, ELSEWHEN, NOW + 3 * HOUR)
    drain(back.app)
    assert [back.answer("DECLINED", sequence, 4 + sequence) for sequence in (0, 2)] == [
        Received.OUTDATED
    ] * 2
    assert back.answer("ACCEPTED", 3, 8) is Received.NOTED


def test_r57_who_accepts_without_a_place_hears_so_whichever_message_it_answers(
    app: Flask, back: Back
) -> None:
    """Silence would let her think that she has one."""
    give_back(app, HER, back.event_id, NOW + 3 * HOUR)
    for sequence in (0, 2, 3):
        with pytest.raises(NoRegistrationToAnswerFor):
            back.answer("ACCEPTED", sequence, 4)
    assert back.answer("DECLINED", 2, 4) is Received.ALREADY_KNOWN


def test_r57_what_a_declining_calendar_gets_is_newer_than_what_it_declined(app: Flask) -> None:
    event_id = webinar(app, capacity=1)
    hers, his = take_place(app, HER, event_id), take_place(app, NEXT, event_id)
    drain(app)
    mailbox = f"rsvp+{token_of(app, event_id, hers)}@example.org"
    take_in(
        app, any_reply(f"event-{event_id}@localhost", mailbox, "DECLINED", NOW + HOUR, sequence=0)
    )
    assert statuses(app, event_id, [hers, his]) == ["cancelled", "registered"]
    assert [said(letter)[:2] for letter in letters(app, HER)] == [("REQUEST", 0), ("CANCEL", 1)]
    assert [said(letter)[:2] for letter in letters(app, NEXT) if letter.calendar] == [
        ("REQUEST", 0)
    ]


class Told:
    """She has a place on the third of August, and no letter of a move has left."""

    def __init__(self, app: Flask) -> None:
        self.app, self.event_id = app, webinar_of(app, HER)
        self.person = actor_of(app, HER).person_id or 0
        self.mailbox = f"rsvp+{token_of(app, self.event_id, self.person)}@example.org"

    def declines(self, sequence: int) -> Received:
        uid = f"event-{self.event_id}@localhost"
        return take_in(
            self.app, any_reply(uid, self.mailbox, "DECLINED", NOW + HOUR, sequence=sequence)
        )

    def moves(self, *stops: datetime) -> None:
        for starts in stops:
            move(self.app, self.event_id, starts)


def test_r57_an_answer_to_the_time_that_stands_again_is_heard(app: Flask) -> None:
    """Nobody writes of two moves that came to nothing, so her calendar still answers to what it was
    asked first.
    """
    told = Told(app)
    told.moves(ELSEWHEN, STARTS)
    drain(app)
    assert told.declines(1) is Received.OUTDATED, "that was the time between"
    assert told.declines(0) is Received.CANCELLED


@pytest.mark.both_databases
def test_r57_nothing_of_before_she_came_back_is_taken_for_it(app: Flask) -> None:
    """Event and turns are added up: the 2 of the second move is no 2 of the second turn."""
    told = Told(app)
    told.moves(ELSEWHEN, STARTS)
    give_back(app, HER, told.event_id)
    take_place(app, HER, told.event_id)
    assert [told.declines(sequence) for sequence in (0, 1, 2, 3)] == [Received.OUTDATED] * 4
    told.moves(ELSEWHEN, STARTS)
    assert [told.declines(sequence) for sequence in (3, 5)] == [Received.OUTDATED] * 2
    assert told.declines(4) is Received.CANCELLED


def test_r57_an_answer_to_a_cancelled_event_is_outdated_though_its_time_stands(app: Flask) -> None:
    told = Told(app)
    call_off(app, told.event_id)
    assert told.declines(0) is Received.OUTDATED


def without_sequence(raw: bytes, instead: bytes = b"") -> bytes:
    """As a few programs write it: RFC 5546 §3.2.3 lets a reply to the first message leave it out.
    Of a mail whose calendar is not encoded.
    """
    assert re.search(rb"SEQUENCE:\d+\r?\n", raw)
    return re.sub(rb"(?<!-)SEQUENCE:\d+\r?\n", instead, raw)


def test_r57_an_answer_without_a_sequence_is_one_to_the_first_message(app: Flask) -> None:
    """RFC 5545 §3.8.7.4: missing, it is 0."""
    told = Told(app)
    uid, write = f"event-{told.event_id}@localhost", PROGRAMS["Thunderbird"]
    missing = (b"", b"SEQUENCE:\r\n", b"SEQUENCE:-1\r\n")

    def answers(partstat: str, hours: int, instead: bytes = b"") -> Received:
        raw = write(uid, told.mailbox, partstat, NOW + hours * HOUR, sequence=7)
        return take_in(app, without_sequence(raw, instead))

    for hours, instead in enumerate(missing, start=1):
        partstat = ("TENTATIVE", "ACCEPTED")[hours % 2]
        assert answers(partstat, hours, instead) is Received.NOTED, instead
    told.moves(ELSEWHEN)
    drain(app)
    for instead in missing:
        assert answers("DECLINED", 4, instead) is Received.OUTDATED, instead
    told.moves(STARTS)
    assert answers("DECLINED", 4) is Received.CANCELLED, "it is as it was in the first message"
    take_place(app, HER, told.event_id, NOW + 5 * HOUR)
    assert answers("DECLINED", 6) is Received.OUTDATED


@pytest.mark.parametrize("program", ["Outlook", "Google"])
def test_r57_an_answer_to_the_present_message_counts_whatever_the_clock_of_its_program_says(
    app: Flask, program: str
) -> None:
    """RFC 5546 §2.1.5: SEQUENCE goes before DTSTAMP, which only decides between two answers to the
    same message.
    """
    told = Told(app)
    uid, write = f"event-{told.event_id}@localhost", PROGRAMS[program]

    def answers(partstat: str, sequence: int, hours: int) -> Received:
        return take_in(
            app, write(uid, told.mailbox, partstat, NOW + hours * HOUR, sequence=sequence)
        )

    assert answers("ACCEPTED", 0, 5) is Received.NOTED
    told.moves(ELSEWHEN)
    assert answers("TENTATIVE", 1, 3) is Received.NOTED, "by a clock that is two hours behind"
    assert answers("DECLINED", 1, 2) is Received.ALREADY_KNOWN
    assert answers("ACCEPTED", 0, 6) is Received.OUTDATED
    give_back(app, HER, told.event_id, NOW + 6 * HOUR)
    take_place(app, HER, told.event_id, NOW + 6 * HOUR)
    assert answers("TENTATIVE", 1, 3) is Received.ALREADY_KNOWN
    assert answers("DECLINED", 3, 2) is Received.CANCELLED
    assert registration(app, told.event_id, told.person).status == "cancelled"
    assert answers("DECLINED", 3, 2) is Received.ALREADY_KNOWN
