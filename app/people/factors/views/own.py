"""The own second factors, above the password on the page about the account's security."""

from zoneinfo import ZoneInfo

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import date_text, say
from app.kernel.refusal import Refusal
from app.people.factors import queries, services
from app.people.factors.forms import AppForm, PasskeyForm
from app.people.factors.rules import FEW_CODES, LastFactor
from app.people.factors.views.place import INVALID, bp, passkey_place, unkept
from app.people.factors.views.second_step import due_day, factor_day
from app.people.identity.queries import own_words, password_hash_of
from app.people.identity.views.door import enter, present_sign_in
from app.people.identity.views.sign_in import is_confirmed_now
from app.people.identity.wording import seen_text
from app.web.guards import current_actor, require_confirmation, requires, signed_in
from app.web.locale import reader_language, reader_timezone
from app.web.mistakes import show_refusal
from app.web.qr import qr_picture


def shown() -> str:
    """Returns what the page about the account's security says of its second factors."""
    actor, language = current_actor(), reader_language()
    with reading() as db:
        state = queries.factor_state(db, actor.account_id)
        is_obliged = queries.is_obliged(db, actor.account_id, today=clock.today())
        has_password = password_hash_of(db, actor.account_id) is not None
    due = due_day()
    html = render_template(
        "people/factors/_own.html",
        factors=state,
        has_password=has_password,
        is_obliged=is_obliged,
        due=factor_day(),
        is_over=due is not None and due <= clock.now(),
        few=FEW_CODES,
        day=lambda at: date_text(language, at.astimezone(ZoneInfo(reader_timezone())).date()),
        seen=lambda at: seen_text(language, at, timezone=reader_timezone(), now=clock.now()),
    )
    return Markup(html)  # noqa: S704 - a template of ours


# The application that shows codes of six digits.


@bp.get("/account/security/app")
@requires(signed_in)
def own_app() -> BaseResponse:
    if not is_confirmed_now():
        return redirect(url_for("identity.confirm", next=request.path))
    actor = current_actor()
    with reading() as db:
        sealed = services.sealed_new_secret(db, account_id=actor.account_id)
    return _app_page(AppForm(formdata=None, secret_sealed=sealed))


@bp.post("/account/security/app")
@requires(signed_in)
def set_up_app() -> BaseResponse:
    require_confirmation()
    form, actor, now = AppForm(), current_actor(), clock.now()
    if not form.validate():
        return _app_page(form, INVALID)
    try:
        with transaction() as db:
            secret = services.open_new_secret(
                db, form.secret_sealed.data, account_id=actor.account_id
            )
            codes = services.set_up_app(
                db, actor=actor, secret=secret, code=form.secret_code.data, now=now
            )
    except Refusal as refusal:
        form.secret_code.errors = [say(reader_language(), refusal.sentence)]
        return _app_page(form, INVALID)
    return _set_up(codes)


@bp.post("/account/security/app/removal")
@requires(signed_in)
def remove_app() -> BaseResponse:
    require_confirmation()
    try:
        with transaction() as db:
            services.remove_app(db, actor=current_actor(), now=clock.now())
    except LastFactor as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
    else:
        flash(_("Codes of that application no longer work."), "success")
    return redirect(url_for("identity.security"), 303)


def _app_page(form: AppForm, status: int = 200) -> Response:
    """Renders the secret as a picture and as text. A page whose secret cannot be opened any more
    begins anew.
    """
    actor = current_actor()
    with reading() as db:
        try:
            secret = services.open_new_secret(
                db, form.secret_sealed.data or "", account_id=actor.account_id
            )
        except Refusal:
            form.secret_sealed.data = services.sealed_new_secret(db, account_id=actor.account_id)
            secret = services.open_new_secret(
                db, form.secret_sealed.data, account_id=actor.account_id
            )
        email = own_words(db, actor.account_id)[0]
    html = render_template(
        "people/factors/app.html",
        form=form,
        picture=qr_picture(services.app_address(secret, email)),
        parts=[secret[at : at + 4] for at in range(0, len(secret), 4)],
        page_has_errors=bool(form.errors),
    )
    return unkept(html, status)


# Passkeys.


@bp.get("/account/security/passkeys/new")
@requires(signed_in)
def own_passkey() -> BaseResponse:
    if not is_confirmed_now():
        return redirect(url_for("identity.confirm", next=request.path))
    return _passkey_page(PasskeyForm(formdata=None))


@bp.post("/account/security/passkeys/new")
@requires(signed_in)
def add_passkey() -> BaseResponse:
    require_confirmation()
    form, actor, place = PasskeyForm(), current_actor(), passkey_place()
    if not form.validate() or place is None:
        return _passkey_page(form, INVALID)
    try:
        with transaction() as db:
            codes = services.add_passkey(
                db,
                actor=actor,
                answer=form.secret_answer.data or "",
                name=form.name.data,
                place=place,
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _passkey_page(form, status)
    return _set_up(codes)


@bp.post("/account/security/passkeys/<int:passkey_id>/removal")
@requires(signed_in)
def remove_passkey(passkey_id: int) -> BaseResponse:
    require_confirmation()
    try:
        with transaction() as db:
            services.remove_passkey(
                db, actor=current_actor(), passkey_id=passkey_id, now=clock.now()
            )
    except LastFactor as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
    else:
        flash(_("That passkey no longer signs you in."), "success")
    return redirect(url_for("identity.security"), 303)


def _passkey_page(form: PasskeyForm, status: int = 200) -> Response:
    html = render_template(
        "people/factors/new_passkey.html",
        form=form,
        asked=_asked_to_make(),
        page_has_errors=bool(form.errors),
    )
    return unkept(html, status)


def _asked_to_make() -> str:
    """Returns as JSON what a device is asked to make; "" where passkeys do not work."""
    place, actor = passkey_place(), current_actor()
    if place is None:
        return ""
    with reading() as db:
        return services.asked_to_make(
            db,
            account_id=actor.account_id,
            place=place,
            email=own_words(db, actor.account_id)[0],
            name=actor.name,
            now=clock.now(),
        )


# Recovery codes, shown once.


@bp.post("/account/security/codes")
@requires(signed_in)
def new_codes() -> BaseResponse:
    require_confirmation()
    actor = current_actor()
    with transaction() as db:
        if not queries.has_factor(db, actor.account_id):
            return redirect(url_for("identity.security"), 303)
        codes = services.make_recovery_codes(db, actor=actor, now=clock.now())
    return _codes_page(codes, is_first=False)


def _set_up(codes: tuple[str, ...]) -> BaseResponse:
    """Goes on after a factor was added. With the first one this session goes on as a new one, and
    the recovery codes are shown.
    """
    if not codes:
        flash(_("It is added. You can use it from now on."), "success")
        return redirect(url_for("identity.security"), 303)
    enter(current_actor().account_id, present_sign_in().way, is_proven=True)
    return _codes_page(codes, is_first=True)


def _codes_page(codes: tuple[str, ...], *, is_first: bool) -> Response:
    made_on = date_text(reader_language(), clock.today(reader_timezone()))
    return unkept(
        render_template(
            "people/factors/codes.html", codes=codes, is_first=is_first, made_on=made_on
        )
    )
