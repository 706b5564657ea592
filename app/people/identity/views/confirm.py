"""Confirms who somebody is before what cannot be undone: by password, by a fresh link, or by a
press in the demo.
"""

from datetime import datetime

from flask import Response, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import NotAllowed
from app.people.identity import queries
from app.people.identity.forms import ConfirmForm
from app.people.identity.rules import TooManyTries, is_confirmed, safe_next
from app.people.identity.services import passwords
from app.people.identity.services.sign_in import count_try, forget_try, request_sign_in_link
from app.people.identity.values import SignInWay
from app.people.identity.views.door import bp, doors, is_demo, present_sign_in
from app.people.identity.views.sign_in import RETURN
from app.web.guards import current_actor, requires, signed_in
from app.web.locale import reader_language

CONFIRMED_AT = "confirmed_at"
INVALID, TOO_MANY = 422, 429


def is_confirmed_now() -> bool:
    """Returns True when the actor of this request signed in or confirmed within the last half hour."""
    moments = [present_sign_in().since]
    if told := session.get(CONFIRMED_AT):
        moments.append(datetime.fromisoformat(told))
    return is_confirmed(moments, clock.now())


@bp.get("/account/confirm")
@requires(signed_in)
def confirm() -> BaseResponse:
    target = safe_next(request.args.get("next"))
    if is_confirmed_now():
        return redirect(target or "/")
    return _page(ConfirmForm(formdata=None, next=target))


@bp.post("/account/confirm")
@requires(signed_in)
def confirm_with_password() -> BaseResponse:
    form = ConfirmForm()
    if not form.validate():
        return _page(form, INVALID)
    with reading() as db:
        email = queries.own_words(db, current_actor().account_id)[0]
        stored = queries.password_hash_of(db, current_actor().account_id)
    counted_at = doors(email)
    try:
        with transaction() as db:
            tries = count_try(db, doors=counted_at, now=clock.now())
    except TooManyTries as refusal:
        form.password.errors = [say(reader_language(), refusal.sentence)]
        return _page(form, TOO_MANY)
    if not passwords.is_password(form.password.data, stored):
        form.password.errors = [_("This is not your current password.")]
        return _page(form, INVALID)
    with transaction() as db:
        forget_try(db, ids=tries)
    return _confirmed(form.next.data)


@bp.post("/account/confirm/link")
@requires(signed_in)
def confirm_by_link() -> BaseResponse:
    """Sends a letter to the account's own address. Whoever opens its link signs in again and comes
    back.
    """
    with reading() as db:
        email = queries.own_words(db, current_actor().account_id)[0]
    with transaction() as db:
        request_sign_in_link(db, email=email, now=clock.now())
    session[RETURN] = safe_next(request.form.get("next"))
    return redirect(url_for("identity.link_sent"), 303)


@bp.post("/account/confirm/demo")
@requires(signed_in)
def confirm_as_persona() -> BaseResponse:
    """Confirms an invented person by a press, because they have no password and no mailbox."""
    if not is_demo() or present_sign_in().way is not SignInWay.DEMO:
        raise NotAllowed
    return _confirmed(request.form.get("next"))


def _confirmed(target: str | None) -> BaseResponse:
    session[CONFIRMED_AT] = clock.now().isoformat()
    return redirect(safe_next(target) or "/", 303)


def _page(form: ConfirmForm, status: int = 200) -> Response:
    with reading() as db:
        email = queries.own_words(db, current_actor().account_id)[0]
        has_password = queries.password_hash_of(db, current_actor().account_id) is not None
    html = render_template(
        "people/identity/confirm.html",
        form=form,
        email=email,
        has_password=has_password,
        target=safe_next(form.next.data),
        is_persona=is_demo() and present_sign_in().way is SignInWay.DEMO,
        page_has_errors=bool(form.errors),
    )
    answer = make_response(html, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
