"""A message as the bytes that travel: plain text, marked as automatic, with a stable Message-ID."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from app.infra.journal import CannotSucceed
from app.notifications.values import QueuedMessage


def as_email(message: QueuedMessage, *, sender: str, address: str) -> EmailMessage:
    """`address` is the site's public address; its host ends the Message-ID.

    Raises CannotSucceed when the recipient is not exactly one address.
    """
    mail = EmailMessage()
    mail["Message-ID"] = f"<{message.dedupe.replace(':', '.')}@{urlsplit(address).hostname}>"
    mail["Date"] = format_datetime(message.created_at)
    mail["From"] = sender
    mail["To"] = (_one_address(message.recipient),)
    mail["Subject"] = message.subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)  # takes away every Content- header there was
    mail["Content-Language"] = message.language
    return mail


def _one_address(recipient: str) -> Address:
    try:
        return Address(addr_spec=recipient)
    except (MessageError, ValueError, IndexError) as error:  # its parser leaves some defects as they are
        raise CannotSucceed("The recipient is not one e-mail address. Correct it and retry.") from error
