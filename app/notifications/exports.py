"""A message as the bytes that travel: plain text, marked as automatic, with a stable Message-ID."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from app.notifications.values import QueuedMessage


def as_email(message: QueuedMessage, *, sender: str, address: str) -> EmailMessage:
    """`address` is the site's public address; its host ends the Message-ID. Refuses two recipients in one field."""
    mail = EmailMessage()
    mail["Message-ID"] = f"<{message.dedupe.replace(':', '.')}@{urlsplit(address).hostname}>"
    mail["Date"] = format_datetime(message.created_at)
    mail["From"] = sender
    mail["To"] = (Address(addr_spec=message.recipient),)
    mail["Subject"] = message.subject
    mail["Content-Language"] = message.language
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)
    return mail
