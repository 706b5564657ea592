"""A message as the bytes that travel: plain text first, the same as a page, and an invitation that
calendars understand.
"""

import re
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader

from app.infra.journal import CannotSucceed
from app.infra.language import translate
from app.infra.mail import ENVELOPE
from app.kernel.text import N_
from app.office.outbox.values import QueuedMessage

TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "letters"
URL = re.compile(r"https?://[^\s<>\"]+")
PUNCTUATION = ".,;:)»”"
OPEN = N_("Open the page")
LONGEST_BUTTON = 45


class Piece(NamedTuple):
    """Some words of a line, or an address."""

    text: str
    is_address: bool


def as_page(message: QueuedMessage) -> str:
    """Returns the text as a page, with the first address that ends a paragraph as a button and in
    full below. A short line before the address is what the button says.
    """
    paragraphs = [
        [_pieces(line) for line in part.splitlines()] for part in message.body.strip().split("\n\n")
    ]
    *body, closing = paragraphs
    after = _button_after(body)
    url = body[after][-1].pop(-2).text if after is not None else ""
    words = translate(message.language, OPEN)
    if after is not None and len(body[after]) == 1:
        before = "".join(piece.text for piece in body[after][0]).rstrip(" .")
        if before.endswith(":") and len(before) <= LONGEST_BUTTON and "://" not in before:
            words, body[after] = before.removesuffix(":"), []
    return (
        _environment()
        .get_template("page.html")
        .render(
            lang=message.language,
            subject=message.subject,
            paragraphs=body,
            closing=closing,
            button_after=after,
            button_url=url,
            button_words=words,
        )
    )


def _button_after(paragraphs: list[list[list[Piece]]]) -> int | None:
    """Returns the index of the first paragraph that ends with an address; its last line has nothing
    after it.
    """
    for number, lines in enumerate(paragraphs):
        last = lines[-1]
        if len(last) > 1 and last[-2].is_address and last[-1].text.strip() in ("", "."):
            return number
    return None


@cache
def _environment() -> Environment:
    """Returns an environment of its own for templates, because letters are written outside
    requests.
    """
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


def _pieces(line: str) -> list[Piece]:
    """Returns a paragraph as text and addresses. A full stop after an address is not part of it."""
    pieces, at = [], 0
    for match in URL.finditer(line):
        url = match[0].rstrip(PUNCTUATION)
        pieces += [Piece(line[at : match.start()], is_address=False), Piece(url, is_address=True)]
        at = match.start() + len(url)
    return [*pieces, Piece(line[at:], is_address=False)]


# A message as the bytes that travel: plain text first, the same as a page, an invitation that
# calendars understand.
#
# Marked as automatic, with a stable Message-ID. An invitation stands in multipart/alternative as
# text/calendar with its METHOD (RFC 6047 §2.4) and comes from its organizer's address, because
# calendars distrust a stranger's update; for who wishes, once more as a file, never zipped.


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
    """Returns a message as it travels. `address` is the site's public address; its host ends the
    Message-ID. What cannot be delivered comes back to bounce+<token>@`mail_host`. Raises
    CannotSucceed when the recipient is not exactly one address.
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
