"""The page of the first address: GET shows the form, POST uses the address up."""

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import installation
from app.infra.language import say
from app.kernel.refusal import InvalidInput
from app.office.setup.forms import FirstForm
from app.office.setup.views.frame import bp
from app.people.identity import queries
from app.people.identity.rules import FirstKeyNotValid, password_fault
from app.people.identity.services import accounts, inviting
from app.people.identity.values import SignInWay
from app.people.identity.views.door import enter
from app.web.guards import anyone, requires
from app.web.locale import reader_language

GONE, INVALID = 410, 422


@bp.get("/first/<token>")
@requires(anyone)
def first(token: str) -> Response:
    return _page(token, FirstForm(language=reader_language()))


@bp.post("/first/<token>")
@requires(anyone)
def first_submitted(token: str) -> Response:
    """Checks the address before the password is hashed, because hashing takes time."""
    form = FirstForm()
    with reading() as db:
        works = queries.is_first_key(db, token=token, now=clock.now())
    is_typed_well = form.validate()
    if not works or not (_password_fits(form) and is_typed_well):
        return _page(token, form)
    hashed = accounts.hash_password(form.password.data) if form.password.data else None
    try:
        with transaction() as db:
            account_id = inviting.make_first_account(
                db,
                token=token,
                full_name=form.full_name.data,
                email=form.email.data,
                language=form.language.data,
                hashed=hashed,
                now=clock.now(),
            )
    except FirstKeyNotValid:
        return _page(token, form)
    except InvalidInput as refusal:
        for name, sentence in refusal.errors.items():
            form[name].errors = [say(reader_language(), sentence)]
        return _page(token, form)
    enter(account_id, SignInWay.PASSWORD if hashed else SignInWay.LINK)
    flash(_("Welcome. You are signed in as the organizer of this installation."), "success")
    return redirect(url_for("setup.overview"), 303)


def _password_fits(form: FirstForm) -> bool:
    """Requires a password where no mail is sent, because nobody could sign in by a link."""
    typed = form.password.data or ""
    if not typed:
        if has_mail():
            return True
        form.password.errors = [
            _("Letters cannot be sent yet, so no link could reach you: choose a password.")
        ]
        return False
    fault = password_fault(typed, (form.email.data or "", form.full_name.data or ""))
    if fault:
        form.password.errors = [say(reader_language(), fault)]
    return fault is None


def has_mail() -> bool:
    """Returns True when a link can reach anybody by letter."""
    with reading() as db:
        return installation(db).can_send


def _page(token: str, form: FirstForm) -> Response:
    with reading() as db:
        works = queries.is_first_key(db, token=token, now=clock.now())
        is_set_up = queries.has_accounts(db)
    if not has_mail():
        form.password.flags.required = True
    html = render_template(
        "office/setup/first.html" if works else "office/setup/first_gone.html",
        form=form,
        token=token,
        has_mail=has_mail(),
        is_set_up=is_set_up,
        page_has_errors=bool(form.errors),
    )
    status = GONE if not works else INVALID if form.errors else 200
    answer = make_response(html, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
