"""R57: what the attendee's calendar answers is heard: from the right person, once, the newest, and
a place given back goes to the next in line.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.timespan import Timespan
from app.office.inbox.cli import NO_SUCH_USER, UNUSABLE
from app.office.inbox.forms import LARGEST_MAIL
from app.office.inbox.rules import MailTooLarge, NotAnAnswer, NotForUs
from app.office.inbox.services import Received
from app.participation.registrations.rules import AlreadyStarted, NoRegistrationToAnswerFor
from app.planning.arranging.services.planning import move_event
from tests.office.inbox.replies import PROGRAMS, any_reply, as_mail, calendar, mail, stamp
from tests.office.notifications.world import (
    HOUR,
    NOW,
    STARTS,
    drain,
    letters,
    registration,
    statuses,
    take_in,
    take_place,
    token_of,
    webinar_of,
)
from tests.support.actors import actor_of

pytestmark = pytest.mark.at(NOW + 5 * HOUR)
HER, NEXT = "official-hn", "official-gt"
LATER = STARTS + timedelta(days=2, hours=1)


class Invited:
    """She has a place, and her calendar has been asked."""

    def __init__(self, app: Flask, capacity: int | None = None) -> None:
        self.app = app
        self.event_id = webinar_of(app, HER, capacity=capacity)
        self.person = actor_of(app, HER).person_id or 0
        self.uid = f"event-{self.event_id}@localhost"
        self.mailbox = f"rsvp+{token_of(app, self.event_id, self.person)}@example.org"

    def answer(self, partstat: str, at: datetime = NOW + HOUR, **more: object) -> Received:
        return take_in(self.app, any_reply(self.uid, self.mailbox, partstat, at, **more))

    @property
    def standing(self) -> tuple[str, str, datetime | None]:
        row = registration(self.app, self.event_id, self.person)
        return row.status, row.partstat, row.answered_at


@pytest.fixture
def invited(app: Flask) -> Invited:
    return Invited(app)


def test_r57_an_answer_with_two_attendees_is_that_of_who_was_invited(invited: Invited) -> None:
    """Somebody forwarded the invitation: the colleague accepts, the official who was invited
    declines.
    """
    lines = (
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:colleague@example.org",
        "ATTENDEE;PARTSTAT=TENTATIVE:mailto:Official-HN@example.org",
    )
    answer = calendar(
        *lines, f"UID:{invited.uid}", f"DTSTAMP:{stamp(NOW + HOUR)}", "SEQUENCE:0", method="REPLY"
    )
    assert take_in(invited.app, as_mail(invited.mailbox, answer)) is Received.NOTED
    assert invited.standing == ("registered", "TENTATIVE", NOW + HOUR)


CHARSETS = ("utf-16", "UTF-16LE", "iso-8859-1", "windows-1252", "punycode", "no-such-thing")


def test_r57_an_answer_is_read_in_the_charset_that_its_part_names(invited: Invited) -> None:
    for number, charset in enumerate(CHARSETS, start=1):
        at, partstat = NOW + number * HOUR / 2, ("ACCEPTED", "TENTATIVE")[number % 2]
        name = "José Ñáñez" if charset in CHARSETS[:4] else "Jose"
        line = f'ATTENDEE;CN="{name}";PARTSTAT={partstat}:mailto:official-hn@example.org'
        answer = calendar(
            line, f"UID:{invited.uid}", f"DTSTAMP:{stamp(at)}", "SEQUENCE:0", method="REPLY"
        ).decode()
        written = answer.encode(charset if name != "Jose" else "ascii")
        message = mail(invited.mailbox, "official-hn@example.org", "Aceptado")
        parameters = {"method": "REPLY", "charset": charset}
        message.set_content(written, "text", "calendar", params=parameters, cte="base64")
        assert take_in(invited.app, message.as_bytes()) is Received.NOTED, charset
        assert invited.standing == ("registered", partstat, at), charset


@pytest.mark.parametrize("partstats", [("ACCEPTED", "TENTATIVE"), ("TENTATIVE", "ACCEPTED")])
def test_r57_an_answer_of_each_program_is_noted(
    invited: Invited, partstats: tuple[str, ...]
) -> None:
    for number, (program, write) in enumerate(PROGRAMS.items(), start=1):
        at, partstat = NOW + number * HOUR / 2, partstats[number % 2]
        assert take_in(invited.app, write(invited.uid, invited.mailbox, partstat, at)) is (
            Received.NOTED
        ), program
        assert invited.standing == ("registered", partstat, at), program


def test_r57_declining_gives_the_place_to_the_next_in_line(app: Flask) -> None:
    invited = Invited(app, capacity=1)
    waiting = take_place(app, NEXT, invited.event_id)
    assert statuses(app, invited.event_id, [invited.person, waiting]) == ["registered", "waiting"]
    raw = PROGRAMS["Outlook"](invited.uid, invited.mailbox, "DECLINED", NOW + HOUR)
    assert take_in(app, raw) is Received.CANCELLED
    assert statuses(app, invited.event_id, [invited.person, waiting]) == ["cancelled", "registered"]
    assert [letter.subject for letter in letters(app, NEXT)][-1] == "Tiene cupo: Señales de trata"


def test_r57_a_forged_sender_answers_for_nobody_else(invited: Invited) -> None:
    """Whoever does not know the key reaches nobody, whatever From and ATTENDEE say."""
    victim = any_reply(
        invited.uid,
        f"rsvp+{'0' * 20}@example.org",
        "DECLINED",
        NOW + HOUR,
        sender="official-hn@example.org",
    )
    with pytest.raises(NotForUs):
        take_in(invited.app, victim)
    assert invited.standing == ("registered", "", None)


def test_r57_one_s_own_key_answers_for_oneself_whoever_the_letter_says_it_is(app: Flask) -> None:
    invited = Invited(app)
    other = take_place(app, NEXT, invited.event_id)
    drain(app)
    mailbox = f"rsvp+{token_of(app, invited.event_id, other)}@example.org"
    take_in(
        app,
        any_reply(invited.uid, mailbox, "DECLINED", NOW + HOUR, sender="official-hn@example.org"),
    )
    assert statuses(app, invited.event_id, [invited.person, other]) == ["registered", "cancelled"]


def test_r57_the_newest_answer_counts_and_a_replay_changes_nothing(invited: Invited) -> None:
    assert invited.answer("TENTATIVE", NOW + 2 * HOUR) is Received.NOTED
    assert invited.answer("ACCEPTED", NOW + HOUR) is Received.ALREADY_KNOWN
    assert invited.answer("DECLINED", NOW + 2 * HOUR) is Received.ALREADY_KNOWN
    assert invited.standing == ("registered", "TENTATIVE", NOW + 2 * HOUR)
    assert invited.answer("ACCEPTED", NOW + 3 * HOUR) is Received.NOTED
    assert invited.standing == ("registered", "ACCEPTED", NOW + 3 * HOUR)


def test_r57_an_answer_from_the_future_silences_nothing(invited: Invited) -> None:
    assert invited.answer("TENTATIVE", NOW + timedelta(days=9000)) is Received.NOTED
    assert invited.standing == ("registered", "TENTATIVE", NOW + 5 * HOUR)
    with time_machine.travel(NOW + 6 * HOUR, tick=False):
        assert invited.answer("ACCEPTED", NOW + 6 * HOUR) is Received.NOTED


def test_r57_declining_is_undone_only_by_registering_and_never_by_an_old_letter(
    invited: Invited,
) -> None:
    assert invited.answer("DECLINED", NOW + 2 * HOUR) is Received.CANCELLED
    with pytest.raises(NoRegistrationToAnswerFor):
        invited.answer("ACCEPTED", NOW + 3 * HOUR)
    take_place(invited.app, HER, invited.event_id, now=NOW + 4 * HOUR)
    assert invited.answer("DECLINED", NOW + 2 * HOUR) is Received.ALREADY_KNOWN
    assert invited.standing[0] == "registered"


def test_r57_an_answer_to_the_former_time_says_nothing_about_the_new_one(invited: Invited) -> None:
    organizer = actor_of(invited.app, "organizer")
    with invited.app.app_context(), transaction() as db:
        move_event(
            db,
            actor=organizer,
            event_id=invited.event_id,
            span=Timespan(LATER, LATER + HOUR),
            now=NOW + HOUR,
        )
    assert invited.answer("DECLINED", NOW + 2 * HOUR, sequence=0) is Received.OUTDATED
    assert invited.standing[0] == "registered"
    assert invited.answer("DECLINED", NOW + 3 * HOUR, sequence=1) is Received.CANCELLED


def test_r57_once_it_has_begun_a_place_cannot_be_given_back(invited: Invited) -> None:
    with (
        time_machine.travel(STARTS + timedelta(minutes=1), tick=False),
        pytest.raises(AlreadyStarted),
    ):
        invited.answer("DECLINED", STARTS)
    assert invited.standing == ("registered", "", None)


def test_r57_the_fact_names_who_answered_what_and_holds_no_address(invited: Invited) -> None:
    invited.answer("ACCEPTED")
    with invited.app.app_context(), reading() as db:
        [entry] = db.scalars(select(JournalEntry).where(JournalEntry.fact == "InvitationAnswered"))
    assert entry.payload == {
        "event_id": str(invited.event_id),
        "person_id": invited.person,
        "partstat": "ACCEPTED",
        "answered_at": (NOW + HOUR).isoformat(),
    }
    assert "@" not in str(entry.payload)


def _as_request(i: Invited) -> bytes:
    return any_reply(i.uid, i.mailbox, "ACCEPTED", NOW + HOUR, method="REQUEST")


def _counter(i: Invited) -> bytes:
    return any_reply(i.uid, i.mailbox, "ACCEPTED", NOW + HOUR, method="COUNTER")


def _delegated(i: Invited) -> bytes:
    return any_reply(i.uid, i.mailbox, "DELEGATED", NOW + HOUR)


def _of_another_event(i: Invited) -> bytes:
    return any_reply(f"event-{uuid4()}@localhost", i.mailbox, "DECLINED", NOW + HOUR)


def _of_two_minds(i: Invited) -> bytes:
    second = b"ATTENDEE;PARTSTAT=DECLINED:mailto:official-hn@example.org\r\nSTATUS"
    return as_mail(i.mailbox, _calendar_of(i, "ACCEPTED").replace(b"STATUS", second))


def _without_a_stamp(i: Invited) -> bytes:
    return as_mail(i.mailbox, _calendar_of(i, "DECLINED").replace(b"DTSTAMP:", b"X-STAMP:"))


def _in_words(i: Invited) -> bytes:
    return f"To: {i.mailbox}\r\nSubject: no puedo\r\n\r\nLo siento, no puedo ir.\r\n".encode()


def _calendar_of(i: Invited, partstat: str) -> bytes:
    import email

    [part] = [
        part
        for part in email.message_from_bytes(
            any_reply(i.uid, i.mailbox, partstat, NOW + HOUR)
        ).walk()
        if part.get_content_type() == "text/calendar"
    ]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


@pytest.mark.parametrize(
    "make",
    [
        _as_request,
        _counter,
        _delegated,
        _of_another_event,
        _of_two_minds,
        _without_a_stamp,
        _in_words,
    ],
)
def test_r57_what_is_no_answer_to_this_invitation_changes_nothing(
    invited: Invited, make: Callable[[Invited], bytes]
) -> None:
    with pytest.raises(NotAnAnswer):
        take_in(invited.app, make(invited))
    assert invited.standing == ("registered", "", None)


def test_the_key_is_found_where_the_mail_server_puts_it(invited: Invited) -> None:
    raw = any_reply(invited.uid, "list@example.org", "ACCEPTED", NOW + HOUR)
    with pytest.raises(NotForUs):
        take_in(invited.app, raw)
    delivered = f"Delivered-To: {invited.mailbox}\r\n".encode() + raw
    assert take_in(invited.app, delivered) is Received.NOTED
    assert invited.answer("TENTATIVE", NOW + 2 * HOUR) is Received.NOTED
    raw = any_reply(invited.uid, "list@example.org", "ACCEPTED", NOW + 3 * HOUR)
    assert take_in(invited.app, raw, recipient=invited.mailbox) is Received.NOTED


def test_two_keys_in_one_mail_are_none(invited: Invited) -> None:
    raw = f"Cc: rsvp+{'a' * 20}@example.org\r\n".encode() + any_reply(
        invited.uid, invited.mailbox, "DECLINED", NOW
    )
    with pytest.raises(NotForUs):
        take_in(invited.app, raw)


def test_another_domain_s_address_is_not_ours(invited: Invited) -> None:
    foreign = invited.mailbox.replace("@example.org", "@example.org.evil.example")
    with pytest.raises(NotForUs):
        take_in(invited.app, any_reply(invited.uid, foreign, "DECLINED", NOW + HOUR))


def test_what_is_too_large_is_not_even_read(invited: Invited) -> None:
    raw = any_reply(invited.uid, invited.mailbox, "DECLINED", NOW + HOUR)
    with pytest.raises(MailTooLarge):
        take_in(invited.app, raw + b" " * LARGEST_MAIL)


def test_a_mail_server_hears_by_sentence_and_exit_code(invited: Invited) -> None:
    run = invited.app.test_cli_runner().invoke
    taken = run(
        args=["notifications", "receive"],
        input=any_reply(invited.uid, invited.mailbox, "ACCEPTED", NOW + HOUR),
    )
    assert (taken.exit_code, taken.output) == (0, "noted\n")
    foreign = run(args=["notifications", "receive"], input=b"To: somebody@example.org\r\n\r\nx")
    assert foreign.exit_code == NO_SUCH_USER
    assert "Nobody reads mail at this address." in foreign.output
    words = run(args=["notifications", "receive"], input=_in_words(invited))
    assert words.exit_code == UNUSABLE
    assert "En esta dirección solo se leen las respuestas" in words.output
    huge = run(args=["notifications", "receive"], input=b"x" * (LARGEST_MAIL + 1))
    assert huge.exit_code == UNUSABLE
