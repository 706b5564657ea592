"""What is read of an answer: nothing that its lines do not say, and for nobody but whose key it was
sent to.
"""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.infra.database import transaction
from app.infra.language import say
from app.kernel.refusal import Refusal
from app.kernel.text import languages
from app.office.inbox.forms import Incoming, read_mail, read_reply
from app.office.inbox.rules import invitee_answer
from app.office.inbox.services import Received
from app.office.inbox.values import AttendeeAnswer
from tests.office.inbox.replies import as_mail
from tests.office.notifications.world import (
    HOUR,
    NOW,
    drain,
    registration,
    take_in,
    take_place,
    token_of,
    webinar,
)

HER, NEXT = "official-hn", "official-gt"
KEY = "0123456789abcdef0123"
PARTSTATS = ("NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED")
"""What an attendee of an event may say (RFC 5545 §3.2.12)."""

LINES = st.sampled_from(
    [
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "END:VALARM",
        "METHOD:REPLY",
        "UID:event-x@y",
        f"UID:event-{UUID(int=1)}@y",
        "SEQUENCE:99999999999999",
        "SEQUENCE:²",
        "DTSTAMP:00000000T000000Z",
        "ATTENDEE;PARTSTAT=:x",
        'ATTENDEE;CN="a;b:c";PARTSTAT="ACCEPTED":mailto:x',
        " folded",
        ";=:",
        ":",
        "METHOD:REQUEST",
        f"UID:event-{UUID(int=2)}@y",
        "ATTENDEE:mailto:x",
        "ATTENDEE;PARTSTAT=X-MAYBE:mailto:x",
    ]
)
ATTENDEES = [
    "ATTENDEE:mailto:a@example.org",
    *(f"ATTENDEE;PARTSTAT={said}:mailto:a@example.org" for said in (*PARTSTATS, "X-MAYBE")),
]


@st.composite
def damaged(draw: st.DrawFn) -> list[str]:
    """An answer, often to another event or no answer at all, in which a few lines are others or
    stand between.
    """
    lines = [
        "BEGIN:VCALENDAR",
        draw(st.sampled_from(["METHOD:REPLY", "METHOD:REPLY", "METHOD:REQUEST"])),
        "BEGIN:VEVENT",
        f"UID:event-{UUID(int=draw(st.sampled_from([1, 1, 2])))}@h",
        "DTSTAMP:20261124T170000Z",
        "SEQUENCE:0",
        draw(st.sampled_from(ATTENDEES)),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(lines)))
        lines[at : at + draw(st.integers(0, 1))] = [draw(LINES | st.text(max_size=30))]
    return lines


@given(st.binary(max_size=400))
def test_reading_mail_of_any_bytes_never_raises(raw: bytes) -> None:
    head = f"To: rsvp+{KEY}@example.org\r\n".encode()
    assert read_mail(raw, mail_host="example.org") == Incoming()
    found = read_mail(head + raw, mail_host="example.org")
    assert (found.door, found.token) in {("rsvp", KEY), ("", "")}


@given(st.lists(LINES | st.text(max_size=30), max_size=30) | damaged())
def test_reading_any_calendar_lines_never_raises(lines: list[str]) -> None:
    """The key is that of the mail, and all that is read stands in the lines."""
    calendar = "\r\n".join(lines)
    found = read_mail(
        as_mail(f"rsvp+{KEY}@example.org", calendar.encode()), mail_host="example.org"
    )
    assert (found.door, found.token, found.returned) == ("rsvp", KEY, None)
    assert found.reply == read_reply(calendar)
    if found.reply is None:
        return
    reply, written = found.reply, re.sub(r"\r?\n[ \t]", "", calendar).upper()
    assert not reply.method or f"METHOD:{reply.method}" in written
    for one in reply.answers:
        assert not one.partstat or f"PARTSTAT={one.partstat}" in written.replace('"', "")
    assert reply.event_id is None or str(reply.event_id).upper() in written
    assert reply.at is None or f"DTSTAMP:{reply.at:%Y%m%dT%H%M%S}" in written
    assert reply.sequence == 0 or str(reply.sequence) in written


@pytest.fixture
def asked(app: Flask) -> Iterator[tuple[Flask, UUID, int, int]]:
    """A webinar and two who were asked to it; the first one's calendar answers."""
    with time_machine.travel(NOW + 5 * HOUR, tick=False):
        event_id = webinar(app)
        people = [take_place(app, who, event_id) for who in (HER, NEXT)]
        drain(app)
        yield app, event_id, people[0], people[1]


@given(lines=damaged())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_r57_of_damaged_lines_only_a_whole_answer_to_this_invitation_is_taken(
    asked: tuple[Flask, UUID, int, int], lines: list[str]
) -> None:
    app, event_id, person, other = asked
    with app.app_context(), transaction() as db:
        row = db.merge(registration(app, event_id, person))
        row.status, row.partstat, row.answered_at, row.invitation_turns = "registered", "", None, 0
    mailbox = f"rsvp+{token_of(app, event_id, person)}@example.org"
    calendar = "\r\n".join(lines).replace(str(UUID(int=1)), str(event_id))
    try:
        received = take_in(app, as_mail(mailbox, calendar.encode()))
    except Refusal as refused:
        received = None
        spanish, english = (say(language, refused.sentence) for language in languages())
        assert spanish != english
    row = registration(app, event_id, person)
    if received is None:
        assert (row.status, row.partstat, row.answered_at) == ("registered", "", None)
    else:
        assert "METHOD:REPLY" in lines
        assert f"UID:event-{event_id}@" in calendar
        assert row.partstat in {"ACCEPTED", "TENTATIVE", "DECLINED"}
        assert f"PARTSTAT={row.partstat}" in calendar.replace('"', "")
        assert received is (Received.CANCELLED if row.partstat == "DECLINED" else Received.NOTED)
        assert row.status == ("cancelled" if received is Received.CANCELLED else "registered")
    assert registration(app, event_id, other).answered_at is None


def test_an_alarm_s_attendee_is_not_who_answers() -> None:
    calendar = "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "METHOD:REPLY",
            "BEGIN:VEVENT",
            f"UID:event-{UUID(int=1)}@h",
            "DTSTAMP:20270101T000000Z",
            "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org",
            "BEGIN:VALARM",
            "ATTENDEE;PARTSTAT=DECLINED:mailto:b@example.org",
            "END:VALARM",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
    )
    found = read_reply(calendar)
    assert found is not None
    assert (found.method, found.event_id, found.sequence) == ("REPLY", UUID(int=1), 0)
    assert found.answers == (AttendeeAnswer("a@example.org", "ACCEPTED"),)


ONE, OTHER = (
    AttendeeAnswer("a@example.org", "DECLINED"),
    AttendeeAnswer("b@example.org", "ACCEPTED"),
)


@pytest.mark.parametrize(
    ("answers", "partstat"),
    [
        ([], ""),
        ([ONE], "DECLINED"),
        ([OTHER], "ACCEPTED"),  # from another address of theirs
        ([OTHER, ONE], "DECLINED"),
        ([OTHER, OTHER], "ACCEPTED"),
        ([OTHER, AttendeeAnswer("c@example.org", "TENTATIVE")], ""),
        ([ONE, AttendeeAnswer("a@example.org", "ACCEPTED")], ""),
    ],
)
def test_r57_of_several_attendees_the_invitee_counts(
    answers: list[AttendeeAnswer], partstat: str
) -> None:
    assert invitee_answer(answers, {"a@example.org"}) == partstat


@pytest.mark.parametrize(
    "line",
    [
        "ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:A%40Example.org",
        'ATTENDEE;EMAIL="a@example.org";PARTSTAT=ACCEPTED:urn:uuid:1',
        'ATTENDEE;CN="Ñ";PARTSTAT=accepted:mailto:a@example.org',
    ],
)
def test_a_mailbox_is_read_however_it_is_written(line: str) -> None:
    found = read_reply(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\n{line}\nEND:VEVENT\nEND:VCALENDAR")
    assert found is not None
    assert found.answers == (AttendeeAnswer("a@example.org", "ACCEPTED"),)
