"""Asks for the mail server, and keeps it once it has taken a test letter. Environment variables
win, and the page says so.
"""

from contextlib import suppress

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading, transaction
from app.infra.installation import Installation, SettingSource, installation
from app.infra.mail import MailServer, SmtpMailer
from app.infra.platform import platform
from app.infra.sealing import CannotUnseal, seal, unseal
from app.office.outbox.queries.waiting import waiting_letters
from app.office.outbox.services.waiting import drop_waiting, send_waiting
from app.office.setup import policy, services
from app.office.setup.exports import send_test_letter
from app.office.setup.forms import MailForm, mail_form
from app.office.setup.values import SetupStep, TrialLetter
from app.office.setup.views.frame import Answer, bp, finish, go_on, step_page
from app.office.setup.wording import MAIL_ANSWERS, TEST_BODY, TEST_SUBJECT
from app.people.identity.queries import own_words
from app.web.guards import current_actor, require_confirmation, requires
from app.web.locale import reader_language
from config import Settings

PURPOSE = "typed-mail-password"


@bp.get("/setup/mail")
@requires(policy.may_set_up)
def mail() -> Answer:
    return _mail_page()


@bp.post("/setup/mail/test")
@requires(policy.may_set_up)
def send_test() -> Answer:
    """Sends the letter to the organizer's own address, outside of any transaction; keeps the server
    that was typed when it takes the letter.
    """
    require_confirmation()
    with reading() as db:
        known = installation(db)
    if known.mail_from is SettingSource.ENVIRONMENT:
        return _mail_page(result=_tried(known.mail) if known.mail else None)
    form = MailForm(request.form)
    password = _password(form, known)
    form.kept.data = _sealed(password)
    if not form.validate():
        return _mail_page(form, status=422)
    server = form.server(password)
    result = _tried(server)
    if not result.is_sent:
        return _mail_page(form, result=result)
    with transaction() as db:
        services.change_mail_server(db, actor=current_actor(), server=server, now=clock.now())
        finish(db, SetupStep.MAIL)
    return _mail_page(result=result)


@bp.post("/setup/mail")
@requires(policy.may_set_up)
def mail_done() -> Response:
    """Finishes the step: the organizer saw the letter, or goes on without outgoing mail."""
    with transaction() as db:
        finish(db, SetupStep.MAIL)
    return go_on(SetupStep.MAIL)


@bp.post("/setup/mail/waiting")
@requires(policy.may_set_up)
def waiting_decided() -> Response:
    """Sends or drops what was written before letters could leave; asked once."""
    with transaction() as db:
        if request.form.get("act") == "drop":
            count = drop_waiting(db, actor=current_actor(), now=clock.now())
            said = ngettext(
                "%(num)s letter was dropped. It stays in the list, with the reason.",
                "%(num)s letters were dropped. They stay in the list, with the reason.",
                count,
            )
        else:
            count = send_waiting(db, actor=current_actor(), now=clock.now())
            said = ngettext(
                "%(num)s letter is on its way.", "%(num)s letters are on their way.", count
            )
    if count:
        flash(said, "success")
    else:
        flash(_("No letter was waiting any more: this had been decided already."), "info")
    is_in_setup = request.form.get("from") == "setup"
    return redirect(url_for("setup.mail" if is_in_setup else "outbox.messages"), 303)


def _tried(server: MailServer) -> TrialLetter:
    return send_test_letter(
        SmtpMailer(server),
        sender=server.sender,
        recipient=_own_address(),
        subject=_(TEST_SUBJECT),
        body=_(TEST_BODY) + "\n",
        now=clock.now(),
    )


def _password(form: MailForm, known: Installation) -> str:
    """The one that was typed now, or at the try before; or the one on record, but never for another
    server or user: whoever holds the page would else read it there.
    """
    if form.password.data:
        return str(form.password.data)
    with suppress(CannotUnseal):
        if form.kept.data:
            return unseal(form.kept.data, secret=_settings().secret, purpose=_purpose())
    stored = known.mail
    is_same = stored and (stored.host, stored.user) == (form.host.data, form.user.data or "")
    return stored.password if stored and is_same else ""


def _sealed(password: str) -> str:
    return seal(password, secret=_settings().secret, purpose=_purpose()) if password else ""


def _purpose() -> str:
    return f"{PURPOSE}-{current_actor().account_id}"


def _settings() -> Settings:
    return platform().settings


def _own_address() -> str:
    with reading() as db:
        return own_words(db, current_actor().account_id)[0]


def _mail_page(
    form: MailForm | None = None, *, result: TrialLetter | None = None, status: int = 200
) -> Answer:
    own_address = _own_address()
    with reading() as db:
        known = installation(db)
        waiting = waiting_letters(db)
    return step_page(
        SetupStep.MAIL,
        "office/setup/mail.html",
        status=status,
        form=form
        or mail_form(
            known.mail, body=current_body().name[reader_language()], own_address=own_address
        ),
        known=known,
        is_fixed=known.mail_from is SettingSource.ENVIRONMENT,
        waiting=waiting,
        now=clock.now(),
        result=result,
        sentences=MAIL_ANSWERS,
        folder=_settings().data / "mail",
        own_address=own_address,
        page_has_errors=bool(form and form.errors),
    )
