"""Sends the test letter at once and tells what the mail server answered."""

import smtplib
import socket
import ssl
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from app.infra.journal import CannotSucceed
from app.infra.mail import Mailer
from app.office.setup.values import MailAnswer, TrialLetter

FOR_GOOD = 500
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
