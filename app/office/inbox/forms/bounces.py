"""A returned letter becomes a value: by its delivery report (RFC 3464), else by what common mail
servers write.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.message import Message

LONGEST_NOTE = 300
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
# "550 5.1.1 …", "#550 …", "550-5.1.1 …": what a server said, quoted by the one that could not
# deliver.
SAID = re.compile(
    r"(?:^|[\s#<(])(5\d\d)[ -](?:#?(5\.\d{1,3}\.\d{1,3})[\s:;-]*)?(\S[^\r\n]*)", re.MULTILINE
)
DAEMON = re.compile(
    r"mailer-daemon|postmaster|mail delivery (?:sub)?system|microsoftexchange", re.IGNORECASE
)
OPENINGS = (
    "this is the qmail-send program",
    "permanent fatal errors",
    "could not be delivered",
    "couldn't be delivered",
    "delivery has failed",
    "delivery failed",
    "delivery to the following recipient failed",
    "undelivered mail returned",
    "undeliverable",
    "wasn't delivered",
    "no se pudo entregar",
    "no se ha podido entregar",
)
NOT_DELIVERED = "5.0.0"
READ_AT_MOST = 20_000


@dataclass(frozen=True)
class Returned:
    """Failed: nobody will try again. Otherwise it is a report of a delay, or of a delivery.
    `status` as in RFC 3463.
    """

    has_failed: bool
    status: str = ""
    note: str = ""


def read_return(mail: Message, parts: Sequence[Message]) -> Returned | None:
    """Returns None for what is no report of a mail server, such as an automatic answer of somebody
    on leave.
    """
    reports = [
        part
        for part in parts
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status")
    ]
    if reports:
        return _by_report(reports[0])
    return _by_words(mail, parts)


def _by_report(part: Message) -> Returned | None:
    """The first group speaks of the message, each other one of a recipient; ours have one."""
    blocks = part.get_payload()
    if not isinstance(blocks, list):
        return None
    actions = [
        (str(block.get("Action", "")).strip().lower(), block)
        for block in blocks
        if isinstance(block, Message)
    ]
    failed = [block for action, block in actions if action == "failed"]
    if not failed:
        return Returned(has_failed=False) if any(action for action, _ in actions) else None
    block = failed[0]
    said = str(block.get("Diagnostic-Code", "")).partition(";")[2] or str(
        block.get("Diagnostic-Code", "")
    )
    status = STATUS.search(str(block.get("Status", "")))
    return Returned(True, status[1] if status else NOT_DELIVERED, _one_line(said))


def _by_words(mail: Message, parts: Sequence[Message]) -> Returned | None:
    words = _text(parts)
    opens = any(
        opening in f"{mail.get('Subject', '')}\n{words[:3000]}".lower() for opening in OPENINGS
    )
    is_of_a_server = mail.get("X-Failed-Recipients") is not None or (
        DAEMON.search(str(mail.get("From", ""))) is not None and opens
    )
    if not is_of_a_server:
        return None
    said = SAID.search(words)
    if said is None:
        return Returned(True, NOT_DELIVERED, _one_line(_first_line(words)))
    return Returned(
        True, said[2] or NOT_DELIVERED, _one_line(f"{said[1]} {said[2] or ''} {said[3]}")
    )


def _text(parts: Iterable[Message]) -> str:
    for part in parts:
        if part.get_content_type() == "text/plain":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return content[:READ_AT_MOST].decode("utf-8", "replace")
    return ""


def _first_line(words: str) -> str:
    return next((line for line in words.splitlines() if line.strip()), "")


def _one_line(words: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:LONGEST_NOTE]
