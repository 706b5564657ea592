"""Asks the world outside, in a request: what answers at the public address, and what a mail server
says to a test letter.
"""

import hmac
import secrets
import smtplib
import socket
import ssl
from collections.abc import Collection
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import urlsplit

from app.infra.fetching import FetchFailed, fetch
from app.infra.journal import CannotSucceed
from app.infra.mail import Mailer
from app.infra.secret_keys import SecretKeys
from app.kernel.refusal import Sentence
from app.kernel.text import is_only_here
from app.office.setup.values import AddressAnswer, AddressFinding, MailAnswer, TrialLetter

FOR_GOOD = 500
ANY_NONCE = "0" * 32
PROOF_BYTES, ADDRESS_SECONDS = 200, 6.0
SHOWN = 300


def send_test_letter(
    mailer: Mailer, *, sender: str, recipient: str, subject: str, body: str, now: datetime
) -> TrialLetter:
    """Sends one letter and waits for the answer. Raises no exception of the mail server."""
    mail = EmailMessage()
    mail["Message-ID"] = make_msgid(domain="convoca.invalid")
    mail["Date"] = format_datetime(now)
    mail["From"] = sender
    mail["To"] = (Address(addr_spec=recipient),)
    mail["Subject"] = subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body)
    try:
        mailer.send(mail)
    except (OSError, smtplib.SMTPException, CannotSucceed) as failure:
        return TrialLetter(answer_of(failure), words_of(failure))
    finally:
        mailer.close()
    return TrialLetter(MailAnswer.SENT)


def answer_of(failure: Exception) -> MailAnswer:
    if isinstance(failure, socket.gaierror):
        return MailAnswer.NAME_UNKNOWN
    if isinstance(failure, ConnectionRefusedError):
        return MailAnswer.REFUSED
    if isinstance(failure, TimeoutError):
        return MailAnswer.SILENT
    if isinstance(failure, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return MailAnswer.NOT_SECURE
    if isinstance(failure, smtplib.SMTPAuthenticationError):
        return MailAnswer.WHO_ARE_YOU
    if isinstance(failure, smtplib.SMTPSenderRefused):
        temporary = failure.smtp_code < FOR_GOOD
        return MailAnswer.LATER if temporary else MailAnswer.SENDER
    if isinstance(failure, CannotSucceed):
        return MailAnswer.RECIPIENT
    if isinstance(failure, smtplib.SMTPResponseException):
        temporary = failure.smtp_code < FOR_GOOD
        return MailAnswer.LATER if temporary else MailAnswer.RECIPIENT
    if isinstance(failure, smtplib.SMTPException | OSError):
        return MailAnswer.BROKEN
    return MailAnswer.BROKEN


def words_of(failure: Exception) -> str:
    """Returns the text of the mail server, or of the failed connection to it."""
    if isinstance(failure, smtplib.SMTPResponseException):
        said = failure.smtp_error
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        code = "" if words.startswith(str(failure.smtp_code)) else f"{failure.smtp_code} "
        return " ".join(f"{code}{words}".split())[:SHOWN]
    if isinstance(failure, OSError) and failure.strerror:
        return str(failure.strerror)[:SHOWN]
    return " ".join(str(failure).split())[:SHOWN]


def proof_of(nonce: str, *, keys: SecretKeys) -> str:
    """Returns what only this installation answers to a number that nobody knew before."""
    return keys.tag(_proof_text(nonce)).hex()


def _proof_text(nonce: str) -> bytes:
    return f"public-address:{nonce}".encode()


def ask_address(
    address: str, path: str, *, seen_at: str, keys: SecretKeys, allow: Collection[str]
) -> AddressAnswer:
    """Looks whether this installation answers at `address`, and whether others can open it.

    `path` is that of the proof of ANY_NONCE; `seen_at` is the address at which the organizer's own
    browser is reading just now, about which nothing needs to be asked.
    """
    if is_only_here(urlsplit(address).hostname or ""):
        return AddressAnswer(AddressFinding.ONLY_HERE)
    is_secure = address.startswith("https://")
    if address == seen_at or not is_secure:
        return AddressAnswer(AddressFinding.OPENS if is_secure else AddressFinding.NOT_SECURE)
    nonce = secrets.token_hex(16)
    try:
        told = fetch(
            address + path.replace(ANY_NONCE, nonce),
            limit_bytes=PROOF_BYTES,
            timeout=ADDRESS_SECONDS,
            allow=allow,
        )
    except FetchFailed as failed:
        return AddressAnswer(AddressFinding.NO_ANSWER, Sentence(failed.msgid, failed.params))
    answer = told.content or b""
    is_ours = any(
        hmac.compare_digest(answer, tag.hex().encode()) for tag in keys.tags(_proof_text(nonce))
    )
    return AddressAnswer(AddressFinding.OPENS if is_ours else AddressFinding.SOMETHING_ELSE)
