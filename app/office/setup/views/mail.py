"""Sends a test letter and shows the server's answer in plain words."""

from flask import current_app
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import installation
from app.infra.mail import SmtpMailer
from app.office.setup import policy
from app.office.setup.exports import send_test_letter
from app.office.setup.values import SetupStep, TrialLetter
from app.office.setup.views.first import has_mail
from app.office.setup.views.frame import Answer, bp, finish, go_on, step_page
from app.office.setup.wording import MAIL_ANSWERS, TEST_BODY, TEST_SUBJECT
from app.people.identity.queries import own_words
from app.web.guards import current_actor, requires


@bp.get("/setup/mail")
@requires(policy.may_set_up)
def mail() -> Answer:
    return _page(None)


@bp.post("/setup/mail/test")
@requires(policy.may_set_up)
def send_test() -> Answer:
    """Sends the letter to the organizer's own address, outside of any transaction."""
    if not has_mail():
        return _page(None)
    with reading() as db:
        server = installation(db).mail
    if server is None:
        return _page(None)
    result = send_test_letter(
        SmtpMailer(server),
        sender=server.sender,
        recipient=_own_address(),
        subject=_(TEST_SUBJECT),
        body=_(TEST_BODY) + "\n",
        now=clock.now(),
    )
    if result.is_sent:
        with transaction() as db:
            finish(db, SetupStep.MAIL)
    return _page(result)


@bp.post("/setup/mail")
@requires(policy.may_set_up)
def mail_done() -> Response:
    """Finishes the step: the organizer saw the letter, or goes on without outgoing mail."""
    with transaction() as db:
        finish(db, SetupStep.MAIL)
    return go_on(SetupStep.MAIL)


def _own_address() -> str:
    with reading() as db:
        return own_words(db, current_actor().account_id)[0]


def _page(result: TrialLetter | None) -> Answer:
    settings = current_app.extensions["convoca_settings"]
    return step_page(
        SetupStep.MAIL,
        "office/setup/mail.html",
        result=result,
        sentences=MAIL_ANSWERS,
        has_mail=has_mail(),
        settings={
            "SMTP_HOST": settings.smtp_host,
            "SMTP_PORT": settings.smtp_port,
            "SMTP_SECURITY": settings.smtp_security,
            "SMTP_USER": settings.smtp_user or "–",
            "MAIL_FROM": settings.mail_from,
        },
        folder=settings.data / "mail",
        own_address=_own_address(),
    )
