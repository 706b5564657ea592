"""A mail server that takes letters, and an installation that knows neither its address nor one."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import ONLY, InstallationRow
from app.office.outbox.models import Message
from config import Settings
from tests.support.databases import settings_for

ADDRESS = "https://convoca.example.org"


class MailSink:
    """What the mail server was handed, in that order."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.taken: list[EmailMessage] = []

    async def handle_DATA(  # the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def bodies(self) -> list[str]:
        parts = [mail.get_body(("plain",)) for mail in self.taken]
        return [str(part.get_content()).replace("\r\n", "\n") for part in parts if part]


@contextmanager
def taking_mail() -> Iterator[MailSink]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    sink = MailSink(port)
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    yield sink
    controller.stop()


def unconnected(database_url: str, folder: Path) -> Settings:
    """Settings of an installation without a public address and without a mail server."""
    return settings_for(database_url, folder, mail_to_files=False, base_url="")


def enter(app: Flask, **entered: object) -> None:
    """Writes down what the office enters at the screen."""
    with app.app_context(), transaction() as db:
        row = db.get(InstallationRow, ONLY)
        if row is None:
            row = InstallationRow(id=ONLY)
            db.add(row)
        for name, value in entered.items():
            setattr(row, name, value)


def connect(app: Flask, sink: MailSink) -> None:
    enter(
        app,
        smtp_host="127.0.0.1",
        smtp_port=sink.port,
        smtp_security="none",
        mail_from="Convoca <office@example.org>",
        mail_tested_at=clock.now(),
    )


def messages(app: Flask) -> list[Message]:
    with app.app_context(), reading() as db:
        return list(db.scalars(select(Message).order_by(Message.id)))
