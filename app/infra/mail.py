"""How a message leaves the house: SMTP by configuration, a file per message otherwise."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import copy
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol

from app.infra.journal import CannotSucceed
from config import Settings

TIMEOUT_SECONDS = 20
FOR_GOOD = 500
ENVELOPE = "Return-Path"
"""The header that names the envelope sender, where what cannot be delivered comes back to. It is not sent itself: the
last server writes its own (RFC 5321 §4.4)."""


class Mailer(Protocol):
    def send(self, message: EmailMessage) -> None:
        """Hands one message over. Raises OSError or smtplib.SMTPException when that fails, CannotSucceed with the
        server's own sentence when it refuses the recipient or the message for good."""


class FileMailer:
    """Writes `<Message-ID>.eml` into a folder: development, demo and tests. The same message twice is one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = "".join(c if c.isalnum() or c in "-." else "_" for c in str(message["Message-ID"]).strip("<>"))
        (self.folder / f"{name}.eml").write_bytes(message.as_bytes())


class SmtpMailer:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def send(self, message: EmailMessage) -> None:
        s = self.settings
        envelope = parseaddr(str(message[ENVELOPE] or ""))[1] or None
        letter = copy(message)
        del letter[ENVELOPE]
        context = ssl.create_default_context()
        if s.smtp_security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(s.smtp_host, s.smtp_port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            client = smtplib.SMTP(s.smtp_host, s.smtp_port, timeout=TIMEOUT_SECONDS)
        with _until_it_is_taken(client):
            if s.smtp_security == "starttls":
                client.starttls(context=context)
            if s.smtp_user:
                client.login(s.smtp_user, s.smtp_password)
            with _refusals_for_good():
                client.send_message(letter, from_addr=envelope)


@contextmanager
def _until_it_is_taken(client: smtplib.SMTP) -> Iterator[None]:
    """Takes leave of the server; once it has taken the message, how the connection ends no longer matters."""
    with ExitStack() as unless_taken:
        unless_taken.callback(client.close)
        yield
        unless_taken.pop_all()
    try:
        client.quit()
    except (smtplib.SMTPException, OSError):
        client.close()


@contextmanager
def _refusals_for_good() -> Iterator[None]:
    """5xx to the recipient or to the message itself will be the same tomorrow; anything else may pass."""
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


def make_mailer(settings: Settings) -> Mailer:
    return SmtpMailer(settings) if settings.smtp_host else FileMailer(settings.data / "mail")
