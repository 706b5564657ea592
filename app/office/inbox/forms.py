"""Mail that comes in becomes a value: an answer of a calendar, a returned letter, or nothing of the
two.
"""

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from urllib.parse import unquote
from uuid import UUID

from app.office.inbox.values import AttendeeAnswer

# A returned letter becomes a value: by its delivery report (RFC 3464), else by what common mail
# servers write.

LONGEST_NOTE = 300
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
# "550 5.1.1 …", "#550 …", "550-5.1.1 …": what a server said, quoted by the one that could not
# deliver.
SAID = re.compile(
    r"(?:^|[\s#<(])(5\d\d)[ -](?:#?(5\.\d{1,3}\.\d{1,3})[\s:;-]*)?(\S[^\r\n]*)", re.MULTILINE
)
DAEMON = re.compile(
    r"mailer-daemon|postmaster|mail delivery (?:sub)?system|microsoftexchange", re.IGNORECASE
)
OPENINGS = (
    "this is the qmail-send program",
    "permanent fatal errors",
    "could not be delivered",
    "couldn't be delivered",
    "delivery has failed",
    "delivery failed",
    "delivery to the following recipient failed",
    "undelivered mail returned",
    "undeliverable",
    "wasn't delivered",
    "no se pudo entregar",
    "no se ha podido entregar",
)
NOT_DELIVERED = "5.0.0"
READ_AT_MOST = 20_000


@dataclass(frozen=True)
class Returned:
    """Failed: nobody will try again. Otherwise it is a report of a delay, or of a delivery.
    `status` as in RFC 3463.
    """

    has_failed: bool
    status: str = ""
    note: str = ""


def read_return(mail: Message, parts: Sequence[Message]) -> Returned | None:
    """Returns None for what is no report of a mail server, such as an automatic answer of somebody
    on leave.
    """
    reports = [
        part
        for part in parts
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status")
    ]
    if reports:
        return _by_report(reports[0])
    return _by_words(mail, parts)


def _by_report(part: Message) -> Returned | None:
    """Reads a delivery report: its first group is about the message, each other one about a
    recipient, of whom our letters have one.
    """
    blocks = part.get_payload()
    if not isinstance(blocks, list):
        return None
    actions = [
        (str(block.get("Action", "")).strip().lower(), block)
        for block in blocks
        if isinstance(block, Message)
    ]
    failed = [block for action, block in actions if action == "failed"]
    if not failed:
        return Returned(has_failed=False) if any(action for action, _ in actions) else None
    block = failed[0]
    said = str(block.get("Diagnostic-Code", "")).partition(";")[2] or str(
        block.get("Diagnostic-Code", "")
    )
    status = STATUS.search(str(block.get("Status", "")))
    return Returned(True, status[1] if status else NOT_DELIVERED, _one_line(said))


def _by_words(mail: Message, parts: Sequence[Message]) -> Returned | None:
    words = _text(parts)
    opens = any(
        opening in f"{mail.get('Subject', '')}\n{words[:3000]}".lower() for opening in OPENINGS
    )
    is_of_a_server = mail.get("X-Failed-Recipients") is not None or (
        DAEMON.search(str(mail.get("From", ""))) is not None and opens
    )
    if not is_of_a_server:
        return None
    said = SAID.search(words)
    if said is None:
        return Returned(True, NOT_DELIVERED, _one_line(_first_line(words)))
    return Returned(
        True, said[2] or NOT_DELIVERED, _one_line(f"{said[1]} {said[2] or ''} {said[3]}")
    )


def _text(parts: Iterable[Message]) -> str:
    for part in parts:
        if part.get_content_type() == "text/plain":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return content[:READ_AT_MOST].decode("utf-8", "replace")
    return ""


def _first_line(words: str) -> str:
    return next((line for line in words.splitlines() if line.strip()), "")


def _one_line(words: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:LONGEST_NOTE]


# A calendar's answer (RFC 5546 §3.2.3) becomes a value. Only the few lines that matter are read;
# nothing raises.

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
    method, properties = "", dict[str, str]()
    answers, stack = list[AttendeeAnswer](), list[str]()
    for name, parameters, value in _lines(calendar):
        if name == "BEGIN":
            stack.append(value.upper())
        elif name == "END":
            del stack[-1:]
        elif name == "METHOD" and stack == ["VCALENDAR"]:
            method = value.upper()
        elif stack == ["VCALENDAR", "VEVENT"]:
            properties.setdefault(name, value)
            if name == "ATTENDEE":
                partstat = parameters.get("PARTSTAT", "").upper()
                answers.append(AttendeeAnswer(_mailbox(value, parameters), partstat))
    if "UID" not in properties:
        return None
    return Reply(
        method=method,
        event_id=_event_of(properties["UID"]),
        answers=tuple(answers),
        at=_stamp(properties.get("DTSTAMP", "")),
        sequence=_number(properties.get("SEQUENCE", "")),
    )


def _mailbox(value: str, parameters: Mapping[str, str]) -> str:
    """Returns the address of an attendee. Exchange writes an address of its own for people inside,
    and the mailbox in EMAIL (RFC 7986 §6.2).
    """
    scheme, _, address = value.partition(":")
    return (
        unquote(address if scheme.lower() == "mailto" else parameters.get("EMAIL", ""))
        .strip()
        .lower()
    )


def _lines(calendar: str) -> Iterator[tuple[str, dict[str, str], str]]:
    for line in FOLD.sub("", calendar).splitlines()[:MOST_LINES]:
        match = LINE.fullmatch(line.strip("\ufeff \t")) if len(line) < LONGEST_LINE else None
        if match:
            parameters = {
                name.upper(): quoted or plain for name, quoted, plain in PARAMETER.findall(match[2])
            }
            yield match[1].upper(), parameters, match[3].strip()


def _event_of(uid: str) -> UUID | None:
    match = OURS.fullmatch(uid)
    try:
        return UUID(match[1]) if match else None
    except ValueError:
        return None


def _stamp(value: str) -> datetime | None:
    """Returns an instant, always UTC (RFC 5545 §3.8.7.2); some programs leave the Z out."""
    match = STAMP.fullmatch(value)
    try:
        return (
            datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            if match
            else None
        )
    except ValueError:
        return None


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS else 0


# Mail that comes in becomes a value: an answer to an invitation, a returned letter, or nothing
# that we understand.
#
# Whoever can write to the address wrote it, so nothing of it is trusted: its size and the number of
# its parts are bounded, broken MIME never raises, and the only thing that says whom it concerns is
# the key in the address it was sent to. The sender's name is not looked at.

LARGEST_MAIL = 1024 * 1024
MOST_PARTS = 60
MOST_BOUNDARIES = 40
"""Words "boundary", two for each multipart: taking mail apart costs the product of its depth and
its length.
"""

ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
KEY = re.compile(r"\b(rsvp|bounce)\+([0-9a-f]{20})@([a-z0-9.-]+)", re.IGNORECASE)
CALENDARS = ("text/calendar", "application/ics")
CHARSETS = re.compile(
    r"utf-?(8|16|16le|16be|32)|iso-8859-\d{1,2}|(windows-|cp)\d{3,5}", re.IGNORECASE
)
"""Python knows others by name that take minutes for a megabyte, such as punycode."""


@dataclass(frozen=True)
class Incoming:
    """`door`: "rsvp", "bounce", or "" when it was sent to neither or to two at once. Answers come
    with the calendar's own words, None when there is no calendar in it; `returned` is None for what
    is no delivery report.
    """

    door: str = ""
    token: str = ""
    reply: Reply | None = None
    returned: Returned | None = None
    is_automatic: bool = False


def read_mail(raw: bytes, *, mail_host: str, recipient: str = "") -> Incoming:
    """Reads a mail; nothing raises. `recipient` is the envelope's, when the mail server tells it.
    The caller refuses mail larger than LARGEST_MAIL.
    """
    if raw.lower().count(b"boundary") > MOST_BOUNDARIES:
        return Incoming()
    try:
        return _read(message_from_bytes(raw), mail_host, recipient)
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ):  # its parser gives up on a few
        return Incoming()


def _read(mail: Message, mail_host: str, recipient: str) -> Incoming:
    parts = list(_parts(mail))
    heads = (
        [recipient]
        if recipient
        else [str(value) for name in ADDRESSED for value in mail.get_all(name, [])]
    )
    keys = {
        (door.lower(), token.lower())
        for head in heads
        for door, token, host in KEY.findall(head)
        if host.lower() == mail_host
    }
    if len(keys) != 1:
        return Incoming()
    [(door, token)] = keys
    is_automatic = str(mail.get("Auto-Submitted", "no")).strip().lower() not in ("", "no")
    if door == "bounce":
        return Incoming(door, token, returned=read_return(mail, parts), is_automatic=is_automatic)
    return Incoming(door, token, reply=_reply(parts), is_automatic=is_automatic)


def _parts(mail: Message) -> Iterator[Message]:
    """Yields the parts, outermost first, without going into the letter that a report returns."""
    waiting, seen = [mail], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        yield part
        within = part.get_payload()
        if isinstance(within, list) and part.get_content_maintype() == "multipart":
            waiting.extend(one for one in within if isinstance(one, Message))


def _reply(parts: Sequence[Message]) -> Reply | None:
    """Returns the answer of the first calendar in a mail: some programs send the same once more as
    a file.
    """
    for part in parts:
        is_calendar = part.get_content_type() in CALENDARS or str(
            part.get_filename() or ""
        ).lower().endswith(".ics")
        content = part.get_payload(decode=True) if is_calendar else None
        if isinstance(content, bytes) and (
            reply := read_reply(_decoded(content, part.get_content_charset()))
        ):
            return reply
    return None


def _decoded(content: bytes, charset: str | None) -> str:
    """Returns the text in the charset that the part names, where mail is written in it; else in
    UTF-8.
    """
    named = charset if charset and CHARSETS.fullmatch(charset) else "utf-8"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        named = "utf-16"
    try:
        return content.decode(named, "replace")
    except LookupError:
        return content.decode("utf-8", "replace")
