"""How others reach this installation, and how its letters leave: the public address and the mail
server, both tried.
"""

from contextlib import suppress
from urllib.parse import urlsplit

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading, transaction
from app.infra.installation import Installation, SettingSource, installation, office_contact
from app.infra.language import say
from app.infra.mail import MailServer, SmtpMailer
from app.infra.platform import platform
from app.infra.sealing import CannotUnseal
from app.kernel.refusal import NotFound
from app.kernel.text import is_only_here
from app.office.outbox.queries import waiting_letters
from app.office.outbox.services import drop_waiting, send_waiting
from app.office.setup import policy, services
from app.office.setup.exports import ANY_NONCE, ask_address, proof_of, send_test_letter
from app.office.setup.forms import ContactForm, MailForm, PublicAddressForm, mail_form
from app.office.setup.values import AddressAnswer, AddressFinding, SetupStep, TrialLetter
from app.office.setup.views.steps import Answer, bp, finish, go_on, step_page
from app.office.setup.wording import ADDRESS_FINDINGS, MAIL_ANSWERS, TEST_BODY, TEST_SUBJECT
from app.people.identity.queries import own_words
from app.web.guards import (
    anyone,
    current_actor,
    require_confirmation,
    requires,
    works_without_actor,
)
from app.web.locale import reader_language
from config import Settings

ANYWAY = "anyway"


@bp.get("/setup/address")
@requires(policy.may_set_up)
def address() -> Answer:
    return _address_page()


@bp.post("/setup/address")
@requires(policy.may_set_up)
def address_saved() -> Answer:
    """Saves what answers as it should. What is doubtful is shown first, and saved by a second
    press; nothing is asked while a transaction is open.
    """
    if _installation().address_from is SettingSource.ENVIRONMENT:
        with transaction() as db:
            finish(db, SetupStep.ADDRESS)
        return go_on(SetupStep.ADDRESS)
    require_confirmation()
    form = PublicAddressForm(request.form)
    if not form.validate():
        return _address_page(form, status=422)
    settings = _settings()
    answer = ask_address(
        form.address.data,
        url_for("setup.address_proof", nonce=ANY_NONCE),
        seen_at=_seen_at(),
        keys=platform().keys,
        allow=settings.fetch_allow,
    )
    if answer.finding is not AddressFinding.OPENS and request.form.get("act") != ANYWAY:
        return _address_page(form, answer=answer)
    with transaction() as db:
        services.change_address(
            db, actor=current_actor(), address=form.address.data, now=clock.now()
        )
        finish(db, SetupStep.ADDRESS)
    said = [_("Links and codes now lead to %(address)s.", address=form.address.data)]
    if form.address.data.startswith("https://"):
        said.append(
            _("One thing is left for whoever runs the server: “Public address” says which.")
        )
    flash(" ".join(said), "success")
    return go_on(SetupStep.ADDRESS)


@bp.post("/setup/contact")
@requires(policy.may_set_up)
def contact_saved() -> Answer:
    form = ContactForm(request.form)
    if not form.validate():
        return _address_page(contact=form, status=422)
    with transaction() as db:
        services.change_contact(
            db, actor=current_actor(), contact=form.contact.data, now=clock.now()
        )
    flash(
        _("“Write to the secretariat” now leads to %(address)s.", address=form.contact.data),
        "success",
    )
    return redirect(url_for("setup.address"), 303)


@bp.get("/setup/address/proof/<nonce>")
@requires(anyone)
@works_without_actor
def address_proof(nonce: str) -> Response:
    """Answers what only this installation can: so it knows itself when it calls its own name."""
    if len(nonce) != len(ANY_NONCE) or not nonce.isalnum() or not nonce.isascii():
        raise NotFound
    answer = Response(proof_of(nonce, keys=platform().keys), mimetype="text/plain")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _seen_at() -> str:
    """Returns the address in the organizer's address bar.

    What ends TLS before us may not tell that it was https; the browser's own Origin or Referer
    does.
    """
    own = request.host_url.rstrip("/")
    told = urlsplit(request.headers.get("Origin") or request.headers.get("Referer") or "")
    is_same = told.scheme == "https" and told.netloc == request.host
    return f"https://{request.host}" if is_same else own


def _settings() -> Settings:
    return platform().settings


def _installation() -> Installation:
    with reading() as db:
        return installation(db)


def _address_page(
    form: PublicAddressForm | None = None,
    *,
    contact: ContactForm | None = None,
    answer: AddressAnswer | None = None,
    status: int = 200,
) -> Answer:
    seen_at = _seen_at()
    with reading() as db:
        known, said = installation(db), office_contact(db)
    proposed = "" if is_only_here(urlsplit(seen_at).hostname or "") else seen_at
    entered = known.address if known.address_from is SettingSource.SCREEN else proposed
    return step_page(
        SetupStep.ADDRESS,
        "office/setup/address.html",
        status=status,
        form=form or PublicAddressForm(data={"address": entered}),
        contact=contact or ContactForm(data={"contact": said}),
        known=known,
        seen_at=seen_at,
        is_proposed=bool(proposed) and entered == proposed,
        answer=answer,
        why=say(reader_language(), answer.why) if answer and answer.why else "",
        sentence=ADDRESS_FINDINGS[answer.finding] if answer else "",
        is_saved=known.address_from is SettingSource.SCREEN,
        page_has_errors=any(one and one.errors for one in (form, contact)),
    )


# Asks for the mail server, and keeps it once it has taken a test letter. Environment variables
# win, and the page says so.

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
    """Returns the password that was typed now or at the try before, else the one on record, but
    never for another server or user: whoever holds the page could read it there.
    """
    if form.password.data:
        return str(form.password.data)
    with suppress(CannotUnseal):
        if form.kept.data:
            return platform().keys.unseal(form.kept.data, purpose=_purpose())
    stored = known.mail
    is_same = stored and (stored.host, stored.user) == (form.host.data, form.user.data or "")
    return stored.password if stored and is_same else ""


def _sealed(password: str) -> str:
    return platform().keys.seal(password, purpose=_purpose()) if password else ""


def _purpose() -> str:
    return f"{PURPOSE}-{current_actor().account_id}"


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
