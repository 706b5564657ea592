"""Letters that come back: by delivery report or in a server's own words, noted on the letter,
once.
"""

import pytest
from flask import Flask
from sqlalchemy import select

from app.infra.database import reading
from app.infra.journal import JournalEntry
from app.office.inbox.rules import NotAReport, NotForUs
from app.office.inbox.services import Received
from app.office.outbox.models import Message
from app.office.outbox.wording import reason_of
from tests.office.notifications.world import (
    HOUR,
    NOW,
    letters,
    take_in,
    webinar_of,
)

pytestmark = pytest.mark.at(NOW + HOUR)
REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
X-Postfix-Queue-ID: 4F0A
Arrival-Date: Tue, 24 Nov 2026 16:00:00 +0000 (UTC)

Final-Recipient: rfc822; official-hn@example.org
Original-Recipient: rfc822;official-hn@example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; {said}

--b
Content-Type: message/rfc822

From: rsvp+ffffffffffffffffffff@example.org
Subject: Returned

x
--b--
"""
POSTFIX = """\
From: MAILER-DAEMON (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<official-hn@example.org>: host mail.example.org[192.0.2.1] said: 550 5.1.1
    <official-hn@example.org>: Recipient address rejected: User unknown
"""
EXIM = """\
X-Failed-Recipients: official-hn@example.org
From: Mail Delivery System <Mailer-Daemon@mx.example.net>
To: {to}
Subject: Mail delivery failed: returning message to sender

  official-hn@example.org
    host mail.example.org [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<official-hn@example.org>:
    552 5.2.2 Mailbox quota exceeded
"""
QMAIL = """\
From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: failure notice

Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.

<official-hn@example.org>:
192.0.2.1 does not like recipient.
Remote host said: 554 5.7.1 Service unavailable; blocked by list
Giving up on 192.0.2.1.
"""
EXCHANGE = """\
From: MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.net
To: {to}
Subject: No se puede entregar: Señales
Content-Type: text/plain; charset=utf-8

No se pudo entregar a estos destinatarios o grupos: official-hn@example.org

Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found'
#550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found ##
"""
SENDMAIL = """\
From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>
To: {to}
Subject: Returned mail: see transcript for details

   ----- The following addresses had permanent fatal errors -----
<official-hn@example.org>
    (reason: 550 5.1.1 User unknown)
"""
IN_WORDS = {
    "Postfix": (POSTFIX, "5.1.1"),
    "Exim": (EXIM, "5.2.2"),
    "qmail": (QMAIL, "5.7.1"),
    "Exchange": (EXCHANGE, "5.1.10"),
    "Sendmail": (SENDMAIL, "5.1.1"),
}
ON_LEAVE = """\
From: official-hn@example.org
To: {to}
Subject: Fuera de la oficina
Auto-Submitted: auto-replied

Estoy de vacaciones; 550 gracias. Su mensaje no se pudo entregar a nadie.
"""


@pytest.fixture
def sent(app: Flask) -> str:
    """A letter went out; the address that it comes back to."""
    webinar_of(app, "official-hn")
    [letter] = letters(app)
    return str(letter.mail["Return-Path"]).strip("<>")


def message(app: Flask) -> Message:
    with app.app_context(), reading() as db:
        return db.scalars(select(Message)).one()


def report(
    to: str, action: str = "failed", status: str = "5.1.1", said: str = "550 5.1.1 User unknown"
) -> bytes:
    return REPORT.format(to=to, action=action, status=status, said=said).encode()


def test_a_delivery_report_is_noted_once_with_code_and_sentence(app: Flask, sent: str) -> None:
    assert take_in(app, report(sent)) is Received.BOUNCED
    assert take_in(app, report(sent)) is Received.ALREADY_KNOWN
    row = message(app)
    assert row.bounced_at == NOW + HOUR
    assert row.bounce_note == "5.1.1 550 5.1.1 User unknown"
    assert reason_of("es", row.bounce_note) == "El buzón no existe."
    assert (
        reason_of("en", "(535, b'5.7.8 no')")
        == "Our own mail server does not let the platform sign in."
    )
    with app.app_context(), reading() as db:
        [entry] = db.scalars(select(JournalEntry).where(JournalEntry.fact == "MessageBounced"))
    assert entry.payload == {"message_id": row.id, "status": "5.1.1"}


def test_what_has_expired_on_its_way_has_come_back_too(app: Flask, sent: str) -> None:
    expired = report(sent, status="4.4.7", said="X-Postfix; connect to mail.example.org: timed out")
    assert take_in(app, expired) is Received.BOUNCED
    assert (
        reason_of("en", message(app).bounce_note)
        == "The server of the mailbox could not be reached for days."
    )


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_report_of_a_delay_or_of_success_changes_nothing(
    app: Flask, sent: str, action: str
) -> None:
    assert take_in(app, report(sent, action=action, status="4.4.1")) is Received.ALREADY_KNOWN
    assert message(app).bounced_at is None


@pytest.mark.parametrize("server", IN_WORDS)
def test_what_servers_write_in_their_own_words_is_understood(
    app: Flask, sent: str, server: str
) -> None:
    words, status = IN_WORDS[server]
    assert take_in(app, words.format(to=sent).encode()) is Received.BOUNCED
    assert message(app).bounce_note.startswith(f"{status} ")


def test_somebody_on_leave_has_returned_nothing(app: Flask, sent: str) -> None:
    with pytest.raises(NotAReport):
        take_in(app, ON_LEAVE.format(to=sent).encode())
    assert message(app).bounced_at is None


def test_a_report_to_an_address_we_never_gave_out_is_refused(app: Flask, sent: str) -> None:
    for stranger in (f"bounce+{'0' * 20}@example.org", "bounce+@example.org", "bounce@example.org"):
        with pytest.raises(NotForUs):
            take_in(app, report(stranger))
    assert message(app).bounced_at is None


def test_the_returned_letter_inside_a_report_is_not_taken_for_its_address(
    app: Flask, sent: str
) -> None:
    """It names an rsvp address of its own; the report is for the one on its outside."""
    assert take_in(app, report(sent)) is Received.BOUNCED


def test_a_note_is_one_printable_line_however_it_came(app: Flask, sent: str) -> None:
    raw = report(sent, said="550 5.1.1 \x1b[31m" + "x" * 2000)
    take_in(app, raw)
    note = message(app).bounce_note
    assert note.isprintable()
    assert len(note) <= 400
