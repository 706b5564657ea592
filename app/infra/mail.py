"""How a message leaves the house: by SMTP, or as a file in a folder that nobody gets."""

import smtplib
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol

from app.infra import clock
from app.infra.journal import CannotSucceed

TIMEOUT_SECONDS = 20
IDLE_SECONDS = 30
"""Shorter than any server's patience (RFC 5321 §4.5.3.2.7 asks for five minutes; many give one)."""
AWAY_FOR = timedelta(seconds=20)
"""Less than the first pause of a delivery, so that its second try is a real one."""
BROKEN = (smtplib.SMTPServerDisconnected, TimeoutError, ConnectionError)
HEARD, FOR_GOOD = 250, 500
ENVELOPE = "Return-Path"
"""The header that names the envelope sender, where what cannot be delivered comes back to. It is
not sent itself: the last server writes its own (RFC 5321 §4.4).
"""


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed over, and `sender`, in whose name. `security`: "starttls", "tls" or
    "none".
    """

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    sender: str


class Mailer(Protocol):
    def send(self, message: EmailMessage) -> None:
        """Hands one message over. Raises OSError or smtplib.SMTPException when that fails,
        CannotSucceed with the server's own sentence when it refuses the recipient or the message
        for good.
        """

    def close(self, *, idle_for: float = 0) -> None:
        """Lets go of what has not been used for so many seconds."""


class FileMailer:
    """Writes `<Message-ID>.eml` into a folder: development, demo and tests. The same message twice
    is one file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = "".join(
            c if c.isalnum() or c in "-." else "_" for c in str(message["Message-ID"]).strip("<>")
        )
        (self.folder / f"{name}.eml").write_bytes(message.as_bytes())

    def close(self, *, idle_for: float = 0) -> None:
        """Does nothing: a file is closed as soon as it is written."""


class SmtpMailer:
    """Keeps what it has connected for a while: five hundred reminders are one greeting, one
    handshake, one sign-in.

    A server that could not be reached is left alone for a moment, and what would go there fails at
    once: five hundred letters would else keep all other background work waiting for as many
    timeouts, and lock the account that signs in.
    """

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._lock = threading.Lock()
        self._idle: list[tuple[float, smtplib.SMTP]] = []
        """When it was last used (monotonic seconds), newest last. No connection serves two threads
        at a time.
        """
        self._away_until: datetime | None = None
        self.answered_at: datetime | None = None
        self.failed_at: datetime | None = None
        """When the server last took a letter, and when it was last not there (UTC)."""

    def send(self, message: EmailMessage) -> None:
        envelope = parseaddr(str(message[ENVELOPE] or ""))[1] or None
        letter = copy(message)
        del letter[ENVELOPE]
        client = self._kept() or self._reached()
        with ExitStack() as unless_taken:
            unless_taken.callback(client.close)
            with self._noting_absence(BROKEN), _refusals_for_good():
                client.send_message(letter, from_addr=envelope)
            unless_taken.pop_all()
        with self._lock:
            self._idle.append((time.monotonic(), client))

    def close(self, *, idle_for: float = 0) -> None:
        """Takes leave of the server wherever nothing was sent for so many seconds."""
        latest = time.monotonic() - idle_for
        with self._lock:
            leaving = [client for used_at, client in self._idle if used_at <= latest]
            self._idle = [(used_at, client) for used_at, client in self._idle if used_at > latest]
        for client in leaving:
            with suppress(smtplib.SMTPException, OSError):  # a server that went first is gone, too
                client.quit()
            client.close()

    def _kept(self) -> smtplib.SMTP | None:
        """Returns an open connection that still answers, None without one.

        A connection that breaks later, while a letter is sent, is a failure like any other.
        """
        self.close(idle_for=IDLE_SECONDS)
        while True:
            with self._lock:
                if not self._idle:
                    return None
                _used_at, client = self._idle.pop()
            with suppress(smtplib.SMTPException, OSError):
                if client.noop()[0] == HEARD:
                    return client
            client.close()

    def _reached(self) -> smtplib.SMTP:
        now = clock.now()
        # More than that ahead, it was written before the clock was set back.
        if self._away_until is not None and now < self._away_until <= now + AWAY_FOR:
            raise ConnectionError("Connection failed a moment ago")
        with self._noting_absence((OSError,)):
            return self._connected()

    @contextmanager
    def _noting_absence(self, failures: tuple[type[OSError], ...]) -> Iterator[None]:
        try:
            yield
        except failures:
            self.failed_at = clock.now()
            self._away_until = self.failed_at + AWAY_FOR
            raise
        self._away_until = None
        self.answered_at = clock.now()

    def _connected(self) -> smtplib.SMTP:
        s, context = self.server, ssl.create_default_context()
        if s.security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                s.host, s.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            client = smtplib.SMTP(s.host, s.port, timeout=TIMEOUT_SECONDS)
        with ExitStack() as unless_ready:
            unless_ready.callback(client.close)
            if s.security == "starttls":
                client.starttls(context=context)
            if s.user:
                client.login(s.user, s.password)
            unless_ready.pop_all()
        return client


@contextmanager
def _refusals_for_good() -> Iterator[None]:
    """Raises CannotSucceed for refusals that would be the same tomorrow: 5xx to the recipient or to
    the message itself.
    """
    try:
        yield
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        if code >= FOR_GOOD:
            raise CannotSucceed(_sentence(code, said)) from None
        raise smtplib.SMTPResponseException(code, _sentence(code, said)) from None
    except smtplib.SMTPDataError as refused:
        if refused.smtp_code >= FOR_GOOD:
            raise CannotSucceed(_sentence(refused.smtp_code, refused.smtp_error)) from None
        raise


def _sentence(code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(words.split())}"


class Outgoing:
    """Hands letters over through the server that holds at that moment, and keeps its connections
    for the next ones. Another server takes the place of the former.
    """

    def __init__(self, folder: Path) -> None:
        self._files = FileMailer(folder)
        self._lock = threading.Lock()
        self._smtp: SmtpMailer | None = None
        self.answered_at: datetime | None = None
        self.failed_at: datetime | None = None
        """When a server last took a letter, and when it was last not there (UTC)."""

    def send(self, message: EmailMessage, server: MailServer | None) -> None:
        """Sends a letter through the server, or writes it to a file without one; raises what
        Mailer.send does.
        """
        if server is None:
            self._files.send(message)
            return
        mailer = self.through(server)
        try:
            mailer.send(message)
        finally:
            self.answered_at, self.failed_at = mailer.answered_at, mailer.failed_at

    def close(self, *, idle_for: float = 0) -> None:
        if self._smtp is not None:
            self._smtp.close(idle_for=idle_for)

    def through(self, server: MailServer) -> SmtpMailer:
        with self._lock:
            former = self._smtp
            if former is not None and former.server == server:
                return former
            self._smtp = mailer = SmtpMailer(server)
        if former is not None:
            former.close()
        return mailer
