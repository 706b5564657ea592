"""The second step of signing in, and of confirming who one is; a passkey alone signs in as well,
because whoever uses it shows a finger, a face or a PIN to the device.
"""

from datetime import datetime

from flask import Response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import office_contact
from app.infra.language import date_text, say
from app.kernel.reference import reference_day
from app.kernel.refusal import Refusal
from app.people.factors import queries, services
from app.people.factors.forms import SecondStepForm
from app.people.factors.rules import CodeWrong, PasskeyRefused
from app.people.factors.views.place import (
    INVALID,
    TOO_MANY,
    asked_of_passkey,
    bp,
    passkey_place,
    unkept,
)
from app.people.identity.queries import own_words
from app.people.identity.rules import TooManyTries, safe_next
from app.people.identity.services.sign_in import forget_try
from app.people.identity.values import SignInWay
from app.people.identity.views.door import (
    FACTOR_DUE,
    account_mark,
    device_of,
    enter,
    half_sign_in,
    second_factors,
)
from app.people.identity.views.sign_in import confirmed, is_confirmed_now
from app.web.fields import instant_in
from app.web.guards import anyone, current_actor, requires, signed_in
from app.web.locale import reader_language

OPEN_WITHOUT = (
    "factors.own_app",
    "factors.set_up_app",
    "factors.own_passkey",
    "factors.add_passkey",
    "factors.new_codes",
    "factors.confirm",
    "factors.confirm_with_factor",
    "identity.answer_identity",
    "identity.change_password",
    "identity.confirm",
    "identity.end_",
    "identity.link",
    "identity.security",
    "identity.sign_",
    "static",
)
"""What an account reaches whose days for setting up a second factor are over: by the beginnings of
endpoints.
"""


@bp.get("/sign-in/second")
@requires(anyone)
def second_step() -> BaseResponse:
    target = safe_next(request.args.get("next"))
    half = half_sign_in()
    if half is None:
        return redirect(url_for("identity.sign_in", next=target or None))
    return _page(SecondStepForm(formdata=None, next=target), half.account_id)


@bp.post("/sign-in/second")
@requires(anyone)
def pass_second_step() -> BaseResponse:
    form, half = SecondStepForm(), half_sign_in()
    target = safe_next(form.next.data)
    if half is None:
        return redirect(url_for("identity.sign_in", next=target or None), 303)
    status = _refused(form, half.account_id)
    if status:
        return _page(form, half.account_id, status)
    enter(half.account_id, half.way, is_proven=True)
    return redirect(target or "/", 303)


@bp.get("/sign-in/passkey")
@requires(anyone)
def passkey() -> BaseResponse:
    """Asks for a passkey instead of a password: a page of its own, because its question is for one
    use.
    """
    target = safe_next(request.args.get("next"))
    if current_actor().signed_in:
        return redirect(target or "/")
    return _passkey_page(SecondStepForm(formdata=None, next=target))


@bp.post("/sign-in/passkey")
@requires(anyone)
def sign_in_with_passkey() -> BaseResponse:
    form, place = SecondStepForm(), passkey_place()
    if not form.validate() or place is None:
        return _passkey_page(form, INVALID)
    try:
        with transaction() as db:
            account_id = services.account_of_passkey(
                db, answer=form.secret_answer.data or "", place=place, now=clock.now()
            )
    except PasskeyRefused as refusal:
        form.form_errors.append(say(reader_language(), refusal.sentence))
        return _passkey_page(form, INVALID)
    enter(account_id, SignInWay.PASSKEY)
    return redirect(safe_next(form.next.data) or "/", 303)


@bp.get("/account/confirm/second")
@requires(signed_in)
def confirm() -> BaseResponse:
    target = safe_next(request.args.get("next"))
    if is_confirmed_now():
        return redirect(target or "/")
    if not _is_protected():
        return redirect(url_for("identity.confirm", next=target or None))
    return _page(SecondStepForm(formdata=None, next=target), current_actor().account_id)


@bp.post("/account/confirm/second")
@requires(signed_in)
def confirm_with_factor() -> BaseResponse:
    form, account_id = SecondStepForm(), current_actor().account_id
    if not _is_protected():
        target = safe_next(form.next.data)
        return redirect(url_for("identity.confirm", next=target or None), 303)
    status = _refused(form, account_id)
    if status:
        return _page(form, account_id, status)
    return confirmed(form.next.data)


def _is_protected() -> bool:
    with reading() as db:
        return queries.has_factor(db, current_actor().account_id)


def _refused(form: SecondStepForm, account_id: int) -> int:
    """Checks what was typed or answered for an account; returns the status of a refusal, whose
    sentence stands in the form then, and 0 when it is right.
    """
    if not form.validate():
        return INVALID
    if not form.secret_answer.data and not (form.secret_code.data or "").strip():
        form.secret_code.errors = [_("Write the code.")]
        return INVALID
    now = clock.now()
    try:
        with transaction() as db:
            device = device_of(account_mark(own_words(db, account_id)[0]))
            tries = services.count_factor_try(db, account_id=account_id, device=device, now=now)
        if answer := form.secret_answer.data:
            _check_answer(answer, account_id, tries)
        else:
            with transaction() as db:
                services.use_code(
                    db,
                    account_id=account_id,
                    typed=form.secret_code.data or "",
                    tries=tries,
                    now=now,
                )
    except TooManyTries as refusal:
        form.secret_code.errors = [say(reader_language(), refusal.sentence)]
        return TOO_MANY
    except (CodeWrong, PasskeyRefused) as refusal:
        return _failed(form, account_id, refusal)
    return 0


def _check_answer(answer: str, account_id: int, tries: list[int]) -> None:
    place = passkey_place()
    if place is None:
        raise PasskeyRefused
    with transaction() as db:
        services.account_of_passkey(
            db, answer=answer, place=place, account_id=account_id, now=clock.now()
        )
        forget_try(db, ids=tries)


def _failed(form: SecondStepForm, account_id: int, refusal: Refusal) -> int:
    with transaction() as db:
        services.record_failure(db, account_id=account_id, now=clock.now())
    form.secret_code.errors = [say(reader_language(), refusal.sentence)]
    return INVALID


def _page(form: SecondStepForm, account_id: int, status: int = 200) -> Response:
    """Renders the page that asks for the second factor, to sign in or to confirm."""
    with reading() as db:
        state = queries.factor_state(db, account_id)
        contact = office_contact(db)
    signed = current_actor().signed_in
    html = render_template(
        "people/factors/second_step.html",
        form=form,
        factors=state,
        contact=contact,
        asked=asked_of_passkey(account_id),
        target=safe_next(form.next.data),
        is_confirming=signed,
        page_has_errors=bool(form.errors),
    )
    return unkept(html, status)


def _passkey_page(form: SecondStepForm, status: int = 200) -> Response:
    html = render_template(
        "people/factors/passkey.html",
        form=form,
        asked=asked_of_passkey(),
        target=safe_next(form.next.data),
        page_has_errors=bool(form.errors),
    )
    return unkept(html, status)


# From a day on, an account whose role demands a second factor and that has none reaches nothing but
# setting one up.


def due_day() -> datetime | None:
    """Returns from when on the account of this session must have a second factor; None for one that
    has one or needs none, as far as was known when it signed in.
    """
    return instant_in(session.get(FACTOR_DUE, ""))


def factor_day() -> str:
    """Returns the day by which the reader must have a second factor, in their words; "" for who has
    one or needs none.
    """
    due = due_day()
    return date_text(reader_language(), reference_day(due)) if due else ""


@bp.before_app_request
def _ask_for_factor() -> BaseResponse | None:
    """Leads to setting one up once the days for it are over. What the cookie tells is read again
    only then, so that requests before ask the database nothing.
    """
    due = due_day()
    endpoint = request.endpoint or ""
    if due is None or clock.now() < due or not current_actor().signed_in:
        return None
    with reading() as db:
        due = second_factors().due_at(db, current_actor().account_id, clock.now())
    if due is None:
        del session[FACTOR_DUE]
        return None
    session[FACTOR_DUE] = due.isoformat()
    if clock.now() < due or not endpoint or endpoint.startswith(OPEN_WITHOUT):
        return None
    return redirect(url_for("identity.security"), 303)
