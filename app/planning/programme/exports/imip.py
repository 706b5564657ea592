"""Invitations as calendar messages (RFC 5546 REQUEST and CANCEL): the event as in the feeds, and
who is asked.

METHOD stands in the calendar and never in the event, and the UID is that of the feeds. There is one
attendee, the recipient: nobody learns from an invitation who else comes. So SEQUENCE is this
attendee's (rules/invitations.py), and rises with a change of time or place and whenever the place
is given back or asked for again.

Feeds and files keep the event's own, a personal feed too. A subscribed calendar is a collection by
itself, read whole each time and compared with no invitation. A file opened where an invitation
stands is never the newer of the two, and says nothing that the invitation did not.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from app.kernel.text import Language
from app.planning.events.rules.history import sequence_for
from app.planning.events.values import EventStatus
from app.planning.programme.exports.icalendar import CRLF, joined, plain, uri, vevent, zones_of
from app.planning.programme.queries.feeds import FeedEntry

REQUEST, CANCEL = "REQUEST", "CANCEL"
NEEDS_ACTION, ACCEPTED = "NEEDS-ACTION", "ACCEPTED"
FOLDED = re.compile(r"\r\n[ \t]")
VEVENT_ENDS = b"END:VEVENT\r\n"


@dataclass(frozen=True)
class Mailbox:
    """Name and mailbox of the organizer or the attendee."""

    name: str
    address: str


@dataclass(frozen=True)
class AttendeeState:
    """`partstat`: the answer that the attendee is taken to have given so far. `changed_at`: the
    last change of their registration. `turns`: how often it was given back and asked for again.
    """

    organizer: Mailbox
    attendee: Mailbox
    partstat: str
    changed_at: datetime
    turns: int = 0


def request(
    entry: FeedEntry, asked: AttendeeState, *, language: Language, address: str, host: str
) -> str:
    """Returns an invitation: the first one, or one to another time. An event that is cancelled
    cannot have one.
    """
    return _message(REQUEST, entry, asked, language=language, address=address, host=host)


def cancel(
    entry: FeedEntry, asked: AttendeeState, *, language: Language, address: str, host: str
) -> str:
    """Returns a cancellation: the event is cancelled, or the attendee gave their registration back."""
    gone = entry._replace(status=EventStatus.CANCELLED)
    return _message(CANCEL, gone, asked, language=language, address=address, host=host)


def _message(
    method: str,
    entry: FeedEntry,
    asked: AttendeeState,
    *,
    language: Language,
    address: str,
    host: str,
) -> str:
    from icalendar import Calendar

    frame = Calendar()
    frame.add("prodid", f"-//Convoca//Calendar//{language.upper()}")
    frame.add("version", "2.0")
    frame.add("calscale", "GREGORIAN")
    frame.add("method", method)
    head, mark, tail = frame.to_ical().rpartition(b"END:VCALENDAR")
    changed = max(entry.changed_at, asked.changed_at)
    own = entry._replace(changed_at=changed, sequence=sequence_for(entry.sequence, asked.turns))
    event = vevent(own, language, address, host)
    people = joined((_organizer(asked.organizer), _attendee(asked)))
    whole = (
        head,
        joined(zones_of([entry])),
        event.removesuffix(VEVENT_ENDS),
        people,
        VEVENT_ENDS,
        mark,
        tail,
    )
    return b"".join(whole).decode()


def _organizer(party: Mailbox) -> str:
    return f"ORGANIZER;CN={_quoted(party.name)}:mailto:{uri(party.address)}"


def _attendee(asked: AttendeeState) -> str:
    who = asked.attendee
    return (
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={asked.partstat};RSVP=TRUE;CN={_quoted(who.name)}"
        f":mailto:{uri(who.address)}"
    )


def _quoted(name: str) -> str:
    """Quotes a parameter's value without quotation marks and line ends, which it cannot hold (RFC
    5545 §3.2).
    """
    return '"' + " ".join(plain(name).replace('"', "'").split()) + '"'


def replaced(message: str, old: str, new: str) -> str:
    """Returns the message with another public address, or another mailbox of its organizer, in its
    lines, however they were folded.
    """
    if not message:
        return message
    changes = {old: new, uri(old): uri(new)}
    lines = [line for line in FOLDED.sub("", message).split(CRLF) if line]
    for before, after in changes.items():
        lines = [line.replace(before, after) for line in lines]
    return joined(lines).decode()


def readdressed(message: str, old: str, new: str) -> str:
    """Returns the message for another address of the attendee. Without it the calendar of that
    address would not find its owner among the attendees.
    """
    lines = FOLDED.sub("", message).split(CRLF)
    before, after = f":mailto:{uri(old)}", f":mailto:{uri(new)}"
    changed = [
        line.removesuffix(before) + after
        if line.startswith("ATTENDEE") and line.endswith(before)
        else line
        for line in lines
        if line
    ]
    return joined(changed).decode()
