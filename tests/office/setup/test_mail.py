"""R61: what a mail server answers to the test letter, told apart."""

import smtplib
import socket
import ssl
from email.message import EmailMessage

import pytest

from app.infra import clock
from app.infra.journal import CannotSucceed
from app.office.setup.exports import send_test_letter
from app.office.setup.values import MailAnswer, TrialLetter


class Answering:
    """A mailer whose server answers with one failure, or takes the letter."""

    def __init__(self, failure: Exception | None) -> None:
        self.failure = failure

    def send(self, message: EmailMessage) -> None:
        if self.failure:
            raise self.failure

    def close(self, *, idle_for: float = 0) -> None:
        """Nothing is kept."""


def sent(failure: Exception | None) -> TrialLetter:
    return send_test_letter(
        Answering(failure),
        sender="Convoca <convoca@example.org>",
        recipient="laura@example.org",
        subject="Prueba",
        body="Prueba\n",
        now=clock.now(),
    )


@pytest.mark.parametrize(
    ("failure", "answer"),
    [
        (None, MailAnswer.SENT),
        (ConnectionRefusedError(111, "Connection refused"), MailAnswer.REFUSED),
        (socket.gaierror(-2, "Name or service not known"), MailAnswer.NAME_UNKNOWN),
        (TimeoutError("timed out"), MailAnswer.SILENT),
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), MailAnswer.NOT_SECURE),
        (smtplib.SMTPNotSupportedError("STARTTLS not supported"), MailAnswer.NOT_SECURE),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 bad"), MailAnswer.WHO_ARE_YOU),
        (smtplib.SMTPSenderRefused(550, b"not yours", "x@example.org"), MailAnswer.SENDER),
        (smtplib.SMTPResponseException(451, "451 greylisted"), MailAnswer.LATER),
        (CannotSucceed("550 no such user"), MailAnswer.RECIPIENT),
        (smtplib.SMTPServerDisconnected("closed"), MailAnswer.BROKEN),
    ],
)
def test_r61_answer_of_the_mail_server_is_told_apart(
    failure: Exception | None, answer: MailAnswer
) -> None:
    assert sent(failure).answer is answer


def test_r61_server_s_own_words_are_shown() -> None:
    assert sent(smtplib.SMTPAuthenticationError(535, b"5.7.8 bad\r\npassword")).words == (
        "535 5.7.8 bad password"
    )
    assert sent(smtplib.SMTPResponseException(451, "451 greylisted")).words == "451 greylisted"
