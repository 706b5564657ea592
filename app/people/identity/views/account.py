"""The own account: who I am here, until when, how I read, and the keys I have given out."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import date_text, say, translate
from app.kernel.refusal import InvalidInput
from app.kernel.text import Language, as_language
from app.people.identity import queries
from app.people.identity.forms import PreferencesForm
from app.people.identity.rules import AddressChangeNotValid, AddressTaken
from app.people.identity.services import accounts, tokens
from app.people.identity.services.accounts import revoke_address_change, use_address_change
from app.people.identity.values import LinkState
from app.people.identity.views.door import bp
from app.people.identity.wording import role_text, span_text
from app.web.errors import STATUS
from app.web.guards import anyone, current_actor, requires, signed_in
from app.web.locale import forget_language, reader_language
from app.web.mistakes import show_errors
from app.web.render import zone_choices

INVALID = 422


@bp.get("/account")
@requires(signed_in)
def account() -> Response:
    return _page(_preferences_form())


@bp.post("/account/preferences")
@requires(signed_in)
def change_preferences() -> BaseResponse:
    form = _preferences_form()
    try:
        if form.validate():
            language, timezone = form.language.data, form.timezone.data
            with transaction() as db:
                accounts.change_preferences(
                    db, actor=current_actor(), language=language, timezone=timezone, now=clock.now()
                )
            return _saved(as_language(language))
    except InvalidInput as refusal:
        show_errors(form, refusal.errors)
    return _page(form, INVALID)


@bp.post("/account/tokens/<int:token_id>/revoke")
@requires(signed_in)
def revoke_token(token_id: int) -> BaseResponse:
    with transaction() as db:
        tokens.revoke_api_token(db, actor=current_actor(), token_id=token_id, now=clock.now())
    flash(_("The access key is revoked. Programs that used it are refused from now on."), "success")
    return redirect(url_for("identity.account"))


def _preferences_form() -> PreferencesForm:
    actor = current_actor()
    form = PreferencesForm(data={"language": actor.language, "timezone": actor.timezone})
    form.timezone.choices = zone_choices(actor.timezone, at=clock.now())
    return form


def _saved(language: Language) -> BaseResponse:
    """Redirects, and drops the cookie of an earlier choice of language: the profile has the latest
    one.
    """
    response = redirect(url_for("identity.account"))
    forget_language(response)
    flash(translate(language, "Your settings are saved."), "success")
    return response


def _page(preferences: PreferencesForm, status: int = 200) -> Response:
    actor, lang = current_actor(), reader_language()
    with reading() as db:
        page = queries.account_page(db, actor=actor, today=clock.today())
        waiting = queries.waiting_address(db, account_id=actor.account_id, now=clock.now())
    html = render_template(
        "people/identity/account.html",
        page=page,
        waiting=waiting,
        preferences=preferences,
        roles=[(held, role_text(lang, held), span_text(lang, held)) for held in page.roles],
        today=clock.today(),
        now=clock.now(),
        tokens=[
            (token, _local_day(token.created_at), _local_day(token.ends_at))
            for token in page.api_tokens
        ],
        page_has_errors=bool(preferences.errors),
    )
    return make_response(html, status)


def _local_day(at: datetime) -> str:
    local = at.astimezone(ZoneInfo(current_actor().timezone))
    return date_text(reader_language(), local.date())


# The link in a letter that confirms another address, shown by GET and used up by POST; and calling
# such a change off.

GONE = 410


@bp.get("/new-address/<token>")
@requires(anyone)
def new_address(token: str) -> BaseResponse:
    """Shows only a button: mail scanners fetch every link in a letter."""
    return _address_page(token)


@bp.post("/new-address/<token>")
@requires(anyone)
def confirm_address(token: str) -> BaseResponse:
    try:
        with transaction() as db:
            use_address_change(db, token=token, now=clock.now())
    except AddressChangeNotValid:
        return _address_page(token)
    except AddressTaken as refusal:
        said = say(reader_language(), refusal.sentence)
        return _address_page(token, said, STATUS[refusal.kind])
    flash(_("The address is confirmed. Sign in with it from now on."), "success")
    return redirect(url_for("identity.sign_in"), 303)


@bp.post("/account/address/withdrawal")
@requires(signed_in)
def keep_address() -> BaseResponse:
    """Withdraws the change of address that waits: the owner stays with the one that signs in."""
    with transaction() as db:
        is_done = revoke_address_change(db, actor=current_actor(), now=clock.now())
    if is_done:
        flash(_("Nothing changes: you go on signing in with the same address."), "success")
    return redirect(url_for("identity.account"), 303)


def _address_page(token: str, refusal: str = "", status: int = 0) -> BaseResponse:
    with reading() as db:
        waiting = queries.address_change_standing(db, token=token, now=clock.now())
    works = waiting.standing is LinkState.WORKS
    answer = make_response(
        render_template(
            "people/identity/new_address.html", waiting=waiting, token=token, refusal=refusal
        ),
        status or (200 if works else GONE),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
