"""A calendar's answer (RFC 5546 §3.2.3) becomes a value. Only the few lines that matter are read;
nothing raises.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote
from uuid import UUID

from app.office.inbox.values import AttendeeAnswer

FOLD = re.compile(r"\r?\n[ \t]")
# Each line can be read in one way only: two for one comma would make short lines take years.
LINE = re.compile(
    r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)'
)
PARAMETER = re.compile(r';([A-Za-z0-9-]+)=(?:"([^"]*)"|([^";:]*))')
OURS = re.compile(r"event-([0-9a-fA-F-]{36})@.+")
STAMP = re.compile(r"(\d{8})T(\d{6})Z?")
MOST_LINES, MOST_DIGITS = 4000, 9
LONGEST_LINE = 20_000
"""What is longer is a description, which nobody here reads."""


@dataclass(frozen=True)
class Reply:
    """`answers` is what each attendee said; `at` is the DTSTAMP. `sequence` is 0 where none is
    written.
    """

    method: str
    event_id: UUID | None
    answers: tuple[AttendeeAnswer, ...]
    at: datetime | None
    sequence: int


def read_reply(calendar: str) -> Reply | None:
    """Returns None for what is no calendar with an event in it."""
    method, found = "", dict[str, str]()
    answers, stack = list[AttendeeAnswer](), list[str]()
    for name, parameters, value in _lines(calendar):
        if name == "BEGIN":
            stack.append(value.upper())
        elif name == "END":
            del stack[-1:]
        elif name == "METHOD" and stack == ["VCALENDAR"]:
            method = value.upper()
        elif stack == ["VCALENDAR", "VEVENT"]:
            found.setdefault(name, value)
            if name == "ATTENDEE":
                partstat = parameters.get("PARTSTAT", "").upper()
                answers.append(AttendeeAnswer(_mailbox(value, parameters), partstat))
    if "UID" not in found:
        return None
    return Reply(
        method=method,
        event_id=_event_of(found["UID"]),
        answers=tuple(answers),
        at=_stamp(found.get("DTSTAMP", "")),
        sequence=_number(found.get("SEQUENCE", "")),
    )


def _mailbox(value: str, parameters: Mapping[str, str]) -> str:
    """Exchange writes an address of its own for people inside, and the mailbox in EMAIL (RFC 7986
    §6.2).
    """
    scheme, _, address = value.partition(":")
    return (
        unquote(address if scheme.lower() == "mailto" else parameters.get("EMAIL", ""))
        .strip()
        .lower()
    )


def _lines(calendar: str) -> Iterator[tuple[str, dict[str, str], str]]:
    for line in FOLD.sub("", calendar).splitlines()[:MOST_LINES]:
        found = LINE.fullmatch(line.strip("\ufeff \t")) if len(line) < LONGEST_LINE else None
        if found:
            parameters = {
                name.upper(): quoted or plain for name, quoted, plain in PARAMETER.findall(found[2])
            }
            yield found[1].upper(), parameters, found[3].strip()


def _event_of(uid: str) -> UUID | None:
    found = OURS.fullmatch(uid)
    try:
        return UUID(found[1]) if found else None
    except ValueError:
        return None


def _stamp(value: str) -> datetime | None:
    """Always UTC (RFC 5545 §3.8.7.2); some programs leave the Z out."""
    found = STAMP.fullmatch(value)
    try:
        return (
            datetime.strptime(found[1] + found[2], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            if found
            else None
        )
    except ValueError:
        return None


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS else 0
