"""Incoming mail: handed over by a mail server (`flask notifications receive`) or fetched from a
mailbox.

Both ways end in `receive`, which changes one thing or refuses with a sentence. A mailbox keeps what
was refused, flagged for somebody to look at; what failed on our side stays unread and is tried
again.
"""

import imaplib
import re
import ssl
from urllib.parse import unquote, urlsplit

import structlog

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import installation
from app.infra.platform import platform
from app.kernel.refusal import Refusal
from app.office.inbox.forms import LARGEST_MAIL, read_mail
from app.office.inbox.rules import MailTooLarge, NotAnAnswer, NotAReport, NotForUs
from app.office.inbox.services import Received, take_answer, take_return
from config import Settings

log = structlog.get_logger()
PORTS = {"imap": 143, "imaps": 993}
TIMEOUT_SECONDS = 30
AT_ONCE = 50
"""Mails fetched in one go: the rest waits for the next."""

SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


def receive(raw: bytes, *, recipient: str = "") -> Received:
    """Takes one mail. Refuses, changing nothing, what is none of ours or nothing we understand."""
    if len(raw) > LARGEST_MAIL:
        raise MailTooLarge
    with reading() as db:
        mail_host = installation(db).mail_host
    mail = read_mail(raw, mail_host=mail_host, recipient=recipient)
    if mail.door == "bounce":
        if mail.returned is None:
            raise NotAReport
        with transaction() as db:
            return take_return(
                db,
                token=mail.token,
                has_failed=mail.returned.has_failed,
                status=mail.returned.status,
                note=mail.returned.note,
                now=clock.now(),
            )
    if mail.door != "rsvp":
        raise NotForUs
    if mail.reply is None:
        raise NotAnAnswer
    reply = mail.reply
    with transaction() as db:
        return take_answer(
            db,
            token=mail.token,
            event_id=reply.event_id,
            method=reply.method,
            answers=reply.answers,
            at=reply.at,
            sequence=reply.sequence,
            now=clock.now(),
        )


def fetch_mail() -> int:
    """Reads what is unread in the mailbox of IMAP_URL; returns how many were looked at. A mailbox
    that cannot be reached is tried again next time.
    """
    if not _settings().imap_url:
        return 0
    try:
        return _fetch(_settings().imap_url)
    except (OSError, imaplib.IMAP4.error) as error:
        log.warning("the mailbox cannot be read", error=type(error).__name__)
        return 0


def _settings() -> Settings:
    return platform().settings


def _fetch(url: str) -> int:
    parts = urlsplit(url)
    box = _connected(parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme])
    try:
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        box.select(_folder(parts.path))
        _, answer = box.uid("SEARCH", "UNSEEN")
        numbers = (answer[0] or b"").split()[:AT_ONCE]
        for number in numbers:
            _take(box, number.decode())
        return len(numbers)
    finally:
        box.shutdown()


def _connected(scheme: str, host: str, port: int) -> imaplib.IMAP4:
    """Connects to the mailbox and checks the server's certificate. imaplib by itself trusts any
    certificate, and would give the password to whoever shows one.
    """
    if scheme == "imaps":
        return imaplib.IMAP4_SSL(
            host, port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT_SECONDS
        )
    return imaplib.IMAP4(host, port, timeout=TIMEOUT_SECONDS)


def _folder(path: str) -> str:
    name = unquote(path.strip("/")) or "INBOX"
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _take(box: imaplib.IMAP4, number: str) -> None:
    """Takes one mail and then marks it as read, never before: a process killed in between takes it
    once more, which is harmless.
    """
    try:
        receive(_content(box, number))
        flags = "(\\Seen)"
    except Refusal as refusal:
        log.info("incoming mail is refused", rule=refusal.rule)
        flags = "(\\Seen \\Flagged)"
    box.uid("STORE", number, "+FLAGS", flags)


def _content(box: imaplib.IMAP4, number: str) -> bytes:
    """Asks for its size first, so that nothing large is ever fetched."""
    _, told = box.uid("FETCH", number, "(RFC822.SIZE)")
    size = SIZE.search(told[0]) if told and isinstance(told[0], bytes) else None
    if size is None or int(size[1]) > LARGEST_MAIL:
        raise MailTooLarge
    _, fetched = box.uid("FETCH", number, "(BODY.PEEK[])")
    first = fetched[0] if fetched else None
    if not isinstance(first, tuple):
        raise NotForUs
    return bytes(first[1])
