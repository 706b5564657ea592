"""A message as the bytes that travel: plain text first, the same as a page, an invitation that
calendars understand.

Marked as automatic, with a stable Message-ID. An invitation stands in multipart/alternative as
text/calendar with its METHOD (RFC 6047 §2.4) and comes from its organizer's address, because
calendars distrust a stranger's update; for who wishes, once more as a file, never zipped.
"""

from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from app.infra.journal import CannotSucceed
from app.infra.mail import ENVELOPE
from app.office.outbox.exports.page import as_page
from app.office.outbox.values import QueuedMessage


class Unfolded(UnstructuredHeader, BaseHeader):
    """Python's own would write a long address as an encoded word, which no mail program reads as an
    address.
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _written() -> "EmailPolicy[EmailMessage]":
    headers = HeaderRegistry()
    for name in ("List-Unsubscribe", ENVELOPE, "Message-ID"):
        headers.map_to_type(name, Unfolded)
    return EmailPolicy(header_factory=headers)


WRITTEN = _written()


def as_email(
    message: QueuedMessage, *, sender: str, address: str, mail_host: str = ""
) -> EmailMessage:
    """`address` is the site's public address; its host ends the Message-ID. What cannot be
    delivered comes back to bounce+<token>@`mail_host`.

    Raises CannotSucceed when the recipient is not exactly one address.
    """
    mail = EmailMessage(policy=WRITTEN)
    mail["Message-ID"] = f"<{message.dedupe.replace(':', '.')}@{urlsplit(address).hostname}>"
    mail["Date"] = format_datetime(message.created_at)
    if message.token and mail_host:
        mail[ENVELOPE] = f"<bounce+{message.token}@{mail_host}>"
    mail["From"] = (
        (Address(parseaddr(sender)[0], addr_spec=message.reply_to),) if message.reply_to else sender
    )
    mail["To"] = (_one_address(message.recipient),)
    if message.reply_to:
        mail["Reply-To"] = (Address(addr_spec=message.reply_to),)
    mail["Subject"] = message.subject
    mail["Auto-Submitted"] = "auto-generated"
    if message.unsubscribe_url:
        mail["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.body)  # takes away every Content- header there was
    mail.add_alternative(as_page(message), subtype="html")
    _add_calendar(mail, message)
    mail["Content-Language"] = message.language
    return mail


def _add_calendar(mail: EmailMessage, message: QueuedMessage) -> None:
    """As bytes, so that every line keeps its CRLF (RFC 5545 §3.1) whatever the mail's own line
    ends.
    """
    if not message.calendar:
        return
    calendar = message.calendar.encode()
    said = {"method": message.calendar_method, "charset": "utf-8"}
    mail.add_alternative(calendar, "text", "calendar", params=said)
    if message.has_attachment:
        mail.add_attachment(calendar, "application", "ics", filename="invite.ics")


def _one_address(recipient: str) -> Address:
    local, at, domain = recipient.rpartition("@")
    try:
        # In letters of ASCII (RFC 5890), which every mail server takes; a header would else spoil
        # the address.
        return Address(addr_spec=f"{local}{at}{domain.encode('idna').decode()}")
    except (
        MessageError,
        ValueError,
        IndexError,
    ) as error:  # its parser leaves some defects as they are
        raise CannotSucceed(
            "The recipient is not one e-mail address. Correct it and retry."
        ) from error
