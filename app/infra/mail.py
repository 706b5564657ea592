"""How a message leaves the house: SMTP by configuration, a file per message otherwise."""

import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from config import Settings

TIMEOUT_SECONDS = 20


class Mailer(Protocol):
    def send(self, message: EmailMessage) -> None:
        """Hands one message over; raises OSError or smtplib.SMTPException when that fails."""


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
        context = ssl.create_default_context()
        if s.smtp_security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(s.smtp_host, s.smtp_port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            client = smtplib.SMTP(s.smtp_host, s.smtp_port, timeout=TIMEOUT_SECONDS)
        with client:
            if s.smtp_security == "starttls":
                client.starttls(context=context)
            if s.smtp_user:
                client.login(s.smtp_user, s.smtp_password)
            client.send_message(message)


def make_mailer(settings: Settings) -> Mailer:
    return SmtpMailer(settings) if settings.smtp_host else FileMailer(settings.data / "mail")
