"""How the own account is protected: its password, and the sessions that are open."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import date_text, say
from app.infra.platform import platform
from app.people.identity import queries
from app.people.identity.forms import PasswordForm
from app.people.identity.rules import may_skip_old_password, password_fault
from app.people.identity.services import accounts
from app.people.identity.services.sign_in import (
    count_try,
    end_other_sessions,
    end_session,
    forget_try,
)
from app.people.identity.values import OwnSession, SignInWay
from app.people.identity.views.door import (
    bp,
    doors,
    go_on,
    present_sign_in,
    second_factors,
    tell_refused_password,
)
from app.people.identity.views.sign_in import has_second_factor, is_confirmed_now
from app.people.identity.wording import device_text, length_text, network_text, seen_text
from app.web.guards import current_actor, requires, signed_in
from app.web.locale import reader_language
from app.web.render import zone_label

INVALID = 422


@bp.get("/account/security")
@requires(signed_in)
def security() -> Response:
    return _page(PasswordForm())


@bp.post("/account/password")
@requires(signed_in)
def change_password() -> BaseResponse:
    form = PasswordForm()
    if _asks_second_factor():
        return redirect(
            url_for("identity.confirm", next=url_for("identity.security", change=1)), 303
        )
    if not form.validate() or not _password_fits(form):
        return _page(form, INVALID)
    hashed = accounts.hash_password(form.new_password.data)
    way = present_sign_in().way
    with transaction() as db:
        accounts.change_password(
            db, actor=current_actor(), hashed=hashed, ends_keys=form.ends_keys.data, now=clock.now()
        )
    present = SignInWay.PASSWORD if way is SignInWay.LINK else way
    go_on(current_actor().account_id, present)
    flash(_("Your password is changed. Every other session of your account has ended."), "success")
    return redirect(url_for("identity.security"), 303)


@bp.post("/account/sessions/<int:sign_in_id>/end")
@requires(signed_in)
def end_one_session(sign_in_id: int) -> BaseResponse:
    with transaction() as db:
        end_session(db, actor=current_actor(), sign_in_id=sign_in_id, now=clock.now())
    flash(_("That session is closed: whoever used it has to sign in again."), "success")
    return redirect(url_for("identity.security"), 303)


@bp.post("/account/sessions/end-others")
@requires(signed_in)
def end_others() -> BaseResponse:
    with transaction() as db:
        count = end_other_sessions(
            db, actor=current_actor(), here=present_sign_in().id, now=clock.now()
        )
    if count:
        said = ngettext("%(num)d session is closed.", "%(num)d sessions are closed.", count)
        flash(said, "success")
    return redirect(url_for("identity.security"), 303)


def _asks_second_factor() -> bool:
    """Returns True where the old password is not enough: with the new one a session begins that is
    confirmed, and could remove the second factor.
    """
    return not is_confirmed_now() and has_second_factor()


def _old_password_needed() -> bool:
    sign_in = present_sign_in()
    return not may_skip_old_password(sign_in.way, sign_in.since, clock.now())


def _password_fits(form: PasswordForm) -> bool:
    actor = current_actor()
    with reading() as db:
        words, stored = (
            queries.own_words(db, actor.account_id),
            queries.password_hash_of(db, actor.account_id),
        )
    if _old_password_needed():
        with transaction() as db:
            tries = count_try(db, doors=doors(words[0]), now=clock.now())
        if not accounts.is_password(form.old_password.data or "", stored):
            tell_refused_password(actor.account_id)
            form.old_password.errors = [_("This is not your current password.")]
            return False
        with transaction() as db:
            forget_try(db, ids=tries)
    if fault := password_fault(form.new_password.data, words):
        form.new_password.errors = [say(reader_language(), fault)]
        return False
    return True


def _page(password: PasswordForm, status: int = 200) -> Response:
    actor, lang, now = current_actor(), reader_language(), clock.now()
    with reading() as db:
        page = queries.security_page(db, actor=actor, here=present_sign_in().id, now=now)
    html = render_template(
        "people/identity/security.html",
        page=page,
        second_factors=second_factors().shown(),
        password=password,
        opens=bool(password.errors) or "change" in request.args,
        password_since=_local_day(page.password_set_at) if page.password_set_at else "",
        sessions=[(one, *_words(one, page.sessions[0])) for one in page.sessions],
        idle=length_text(lang, page.span.idle),
        whole=length_text(lang, page.span.whole),
        provider_name=platform().settings.sso_name,
        provider_since=_local_day(page.provider_linked_at) if page.provider_linked_at else "",
        zone=zone_label(actor.timezone, now, lang),
        old_password_needed=_old_password_needed(),
        asks_second_factor=_asks_second_factor(),
        page_has_errors=bool(password.errors),
    )
    return make_response(html, status)


def _words(session: OwnSession, present: OwnSession) -> tuple[str, str, str]:
    """Returns device, network and last use of a session in the reader's words."""
    actor, lang = current_actor(), reader_language()
    here = present.origin.network
    return (
        device_text(lang, session.origin, is_here=session.is_here),
        network_text(lang, session.origin.network, here=here),
        seen_text(lang, session.seen_at, timezone=actor.timezone, now=clock.now()),
    )


def _local_day(at: datetime) -> str:
    return date_text(reader_language(), at.astimezone(ZoneInfo(current_actor().timezone)).date())
