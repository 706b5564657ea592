"""Answers to invitations as the common programs send them, made by hand after RFC 5546 §3.2.3 and
RFC 6047 with each program's known habits: how the mail is put together, which properties are there,
how lines are quoted and folded.

OUTLOOK   classic on Windows: the calendar is the only part, times by a TZID of its own naming,
X-MICROSOFT-… properties EXCHANGE  server: multipart/alternative, METHOD:REPLY with a VTIMEZONE, no
ORGANIZER, comment text, SEQUENCE repeated GOOGLE    multipart/mixed with text, calendar and the
same once more as application/ics; X-NUM-GUESTS=0 in ATTENDEE APPLE     the calendar beside a text,
in quoted-printable; DTSTART in UTC; CALSCALE before VERSION THUNDERBIRD multipart/mixed, ATTENDEE
with SCHEDULE-STATUS, X-MOZ-… properties, 7bit
"""

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

Write = Callable[..., bytes]


def stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def calendar(*lines: str, method: str, before: tuple[str, ...] = ()) -> bytes:
    whole = (
        "BEGIN:VCALENDAR",
        *before,
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        *lines,
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{line}\r\n" for line in whole).encode()


def mail(to: str, sender: str, subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = "<reply@mail.example.org>"
    return message


def add(message: EmailMessage, content: bytes, cte: str, method: str) -> None:
    message.add_alternative(
        content, "text", "calendar", params={"method": method, "charset": "UTF-8"}, cte=cte
    )


def outlook(
    uid: str,
    to: str,
    partstat: str,
    at: datetime,
    *,
    sequence: int = 0,
    method: str = "REPLY",
    sender: str = "María José Ñáñez <official-hn@example.org>",
) -> bytes:
    message = mail(to, sender, "Accepted: Señales de trata")
    content = calendar(
        f"ATTENDEE;PARTSTAT={partstat}:mailto:official-hn@example.org",
        "CLASS:PUBLIC",
        f"CREATED:{stamp(at)}",
        "DESCRIPTION;LANGUAGE=es-HN:\\n",
        'DTEND;TZID="Central America Standard Time":20270803T100000',
        f"DTSTAMP:{stamp(at)}",
        'DTSTART;TZID="Central America Standard Time":20270803T090000',
        "PRIORITY:5",
        f"SEQUENCE:{sequence}",
        "SUMMARY;LANGUAGE=es-HN:Aceptado: Señales",
        "TRANSP:OPAQUE",
        f"UID:{uid}",
        f"X-MICROSOFT-CDO-APPT-SEQUENCE:{sequence}",
        "X-MICROSOFT-CDO-REPLYTIME:16010101T000000Z",
        method=method,
        before=("PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN", "VERSION:2.0"),
    )
    message.set_content(
        content, "text", "calendar", params={"method": method, "charset": "utf-8"}, cte="base64"
    )
    return message.as_bytes()


def exchange(
    uid: str,
    to: str,
    partstat: str,
    at: datetime,
    *,
    sequence: int = 0,
    method: str = "REPLY",
    sender: str = "official-hn@example.org",
) -> bytes:
    message = mail(to, sender, "Rechazado: Señales de trata")
    message.set_content("\n")
    message.add_alternative("<html><body></body></html>", subtype="html")
    content = calendar(
        f'ATTENDEE;PARTSTAT={partstat};CN="Ñáñez Güell, María José":mailto:official-hn@exam\r\n ple.org',
        "COMMENT;LANGUAGE=es-ES:No podré: METHOD:REQUEST\\n",
        f"UID:{uid}",
        "SUMMARY;LANGUAGE=es-ES:Rechazado",
        "DTSTART;TZID=Central America Standard Time:20270803T090000",
        f"DTSTAMP:{stamp(at)}",
        f"SEQUENCE:{sequence}",
        "STATUS:CONFIRMED",
        "X-MICROSOFT-DISALLOW-COUNTER:FALSE",
        method=method,
        before=(
            "PRODID:Microsoft Exchange Server 2010",
            "VERSION:2.0",
            "BEGIN:VTIMEZONE",
            "TZID:Central America Standard Time",
            "BEGIN:STANDARD",
            "DTSTART:16010101T000000",
            "TZOFFSETFROM:-0600",
            "TZOFFSETTO:-0600",
            "END:STANDARD",
            "END:VTIMEZONE",
        ),
    )
    add(message, content, "base64", method)
    return message.as_bytes()


def google(
    uid: str,
    to: str,
    partstat: str,
    at: datetime,
    *,
    sequence: int = 0,
    method: str = "REPLY",
    sender: str = "official-hn@example.org",
) -> bytes:
    message = mail(to, sender, "Accepted: Señales de trata @ Tue Aug 3, 2027")
    message.set_content("official-hn@example.org ha aceptado esta invitación.\n")
    content = calendar(
        "DTSTART:20270803T150000Z",
        "DTEND:20270803T160000Z",
        f"DTSTAMP:{stamp(at)}",
        f"ORGANIZER;CN=Convoca:mailto:{to}",
        f"UID:{uid}",
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};CN=offi\r\n cial-hn@example.org;"
        "X-NUM-GUESTS=0:mailto:official-hn@example.org",
        "CREATED:20261124T160000Z",
        f"LAST-MODIFIED:{stamp(at)}",
        f"SEQUENCE:{sequence}",
        "STATUS:CONFIRMED",
        "SUMMARY:Señales de trata",
        method=method,
        before=(
            "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
            "VERSION:2.0",
            "CALSCALE:GREGORIAN",
        ),
    )
    add(message, content, "quoted-printable", method)
    message.add_attachment(content, "application", "ics", filename="invite.ics")
    return message.as_bytes()


def apple(
    uid: str,
    to: str,
    partstat: str,
    at: datetime,
    *,
    sequence: int = 0,
    method: str = "REPLY",
    sender: str = "official-hn@example.org",
) -> bytes:
    message = mail(to, sender, "Re: Señales de trata")
    message.set_content("María José ha aceptado su invitación.\n")
    content = calendar(
        "CREATED:20261124T160000Z",
        f"UID:{uid}",
        "DTEND:20270803T160000Z",
        f'ATTENDEE;CN="María José";CUTYPE=INDIVIDUAL;EMAIL="official-hn@example.org";PARTSTAT={partstat}'
        ":mailto:official-hn@example.org",
        "SUMMARY:Señales de trata",
        "DTSTART:20270803T150000Z",
        f"DTSTAMP:{stamp(at)}",
        f'ORGANIZER;CN="Convoca";EMAIL="{to}":mailto:{to}',
        f"SEQUENCE:{sequence}",
        method=method,
        before=("CALSCALE:GREGORIAN", "VERSION:2.0", "PRODID:-//Apple Inc.//iOS 18.1//EN"),
    )
    add(message, content, "quoted-printable", method)
    return message.as_bytes()


def thunderbird(
    uid: str,
    to: str,
    partstat: str,
    at: datetime,
    *,
    sequence: int = 0,
    method: str = "REPLY",
    sender: str = "official-hn@example.org",
) -> bytes:
    message = mail(f"Convoca <{to.upper()}>", sender, "Respuesta de evento")
    message.set_content("María José ha aceptado.\n")
    content = calendar(
        f"LAST-MODIFIED:{stamp(at)}",
        f"DTSTAMP:{stamp(at)}",
        f"UID:{uid}",
        f"ORGANIZER;RSVP=TRUE;CN=Convoca:mailto:{to}",
        f"ATTENDEE;RSVP=TRUE;PARTSTAT={partstat};ROLE=REQ-PARTICIPANT;SCHEDULE-STATUS=2.0:mailto:official-hn@example.org",
        "DTSTART;TZID=America/Costa_Rica:20270803T090000",
        f"SEQUENCE:{sequence}",
        "X-MOZ-RECEIVED-SEQUENCE:0",
        method=method,
        before=("PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN", "VERSION:2.0"),
    )
    add(message, content, "8bit", method)
    return message.as_bytes()


PROGRAMS: dict[str, Write] = {
    "Outlook": outlook,
    "Exchange": exchange,
    "Google": google,
    "Apple": apple,
    "Thunderbird": thunderbird,
}


def any_reply(uid: str, to: str, partstat: str, at: datetime, **more: Any) -> bytes:
    return google(uid, to, partstat, at, **more)


def as_mail(to: str, calendar: bytes) -> bytes:
    """The calendar by itself, as a mail and nothing more."""
    return (
        b"To: "
        + to.encode()
        + b"\r\nContent-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n"
        + calendar
    )
