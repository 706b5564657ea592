"""Mail that comes in becomes a value: an answer to an invitation, a returned letter, or nothing
that we understand.

Whoever can write to the address wrote it, so nothing of it is trusted: its size and the number of
its parts are bounded, broken MIME never raises, and the only thing that says whom it concerns is
the key in the address it was sent to. The sender's name is not looked at.
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from app.office.inbox.forms.bounces import Returned, read_return
from app.office.inbox.forms.replies import Reply, read_reply

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
    """`recipient` is the envelope's, when the mail server tells it. Mail larger than LARGEST_MAIL
    is not for here.
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
    """Of the first calendar in it: some programs send the same once more as a file."""
    for part in parts:
        is_calendar = part.get_content_type() in CALENDARS or str(
            part.get_filename() or ""
        ).lower().endswith(".ics")
        content = part.get_payload(decode=True) if is_calendar else None
        if isinstance(content, bytes) and (
            found := read_reply(_decoded(content, part.get_content_charset()))
        ):
            return found
    return None


def _decoded(content: bytes, charset: str | None) -> str:
    """In the charset that the part names, where that is one in which mail is written; else in
    UTF-8.
    """
    named = charset if charset and CHARSETS.fullmatch(charset) else "utf-8"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        named = "utf-16"
    try:
        return content.decode(named, "replace")
    except LookupError:
        return content.decode("utf-8", "replace")
