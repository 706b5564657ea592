"""Signing in with a password, with a link, or as somebody invented in the demonstration; signing
out.
"""

from datetime import datetime

from flask import (
    Response,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import letters_can_leave
from app.infra.language import say
from app.infra.platform import platform
from app.kernel.refusal import NotAllowed, NotFound
from app.people.identity import queries
from app.people.identity.forms import ConfirmForm, LinkForm, SignInForm
from app.people.identity.rules import (
    InvitationNotValid,
    LinkNotValid,
    TooManyTries,
    is_confirmed,
    is_tried_first,
    safe_next,
)
from app.people.identity.services import accounts, inviting
from app.people.identity.services.sign_in import (
    count_try,
    drop_form,
    drop_lapsed_forms,
    forget_try,
    keep_form,
    request_sign_in_link,
    use_sign_in_link,
)
from app.people.identity.values import (
    PERSONAS,
    Confirmation,
    LinkStanding,
    LinkState,
    OpenSignIn,
    SignInWay,
)
from app.people.identity.views.door import (
    account_mark,
    address_door,
    bp,
    device_of,
    doors,
    enter,
    enter_with_password,
    half_sign_in,
    is_demo,
    landing,
    leave,
    present_sign_in,
    renew_key,
    second_factors,
    tell_refused_password,
)
from app.people.identity.wording import ROLE_NAMES
from app.web.form_token import KEPT, with_query
from app.web.guards import anyone, current_actor, requires, signed_in
from app.web.kept_forms import TypedForm
from app.web.locale import reader_language

# Stores forms that arrive after their session ended; `web/kept_forms.py` says when and why.


class AccountShelf:
    """Stores each form under its account and gives it to no other account."""

    def put(self, form: TypedForm) -> str:
        with transaction() as db:
            return keep_form(
                db,
                account_id=form.account_id,
                page=form.page,
                action=form.action,
                typed=form.typed,
                had_files=form.had_files,
                now=clock.now(),
            )

    def take(self, key: str, account_id: int) -> TypedForm | None:
        with reading() as db:
            row = queries.kept_form_of(db, key=key, account_id=account_id, now=clock.now())
            if row is None:
                return None
            typed = [(str(name), str(value)) for name, value in row.typed]
            return TypedForm(row.account_id, row.page, row.action, typed, row.had_files)

    def drop(self, key: str, account_id: int, *, action: str) -> None:
        with transaction() as db:
            drop_form(db, key=key, account_id=account_id, action=action)


def page_of_latest_form(account_id: int) -> str:
    """Returns the address that shows the form kept last; "" without one."""
    with reading() as db:
        row = queries.latest_kept_form(db, account_id=account_id, now=clock.now())
    return with_query(row.page, KEPT, row.key) if row is not None else ""


def drop_lapsed() -> None:
    """Deletes forms that nobody came back for."""
    with transaction() as db:
        drop_lapsed_forms(db, now=clock.now())


INVALID, GONE, TOO_MANY = 422, 410, 429
RETURN = "return_to"


@bp.get("/sign-in")
@requires(anyone)
def sign_in() -> BaseResponse:
    target = safe_next(request.args.get("next"))
    if current_actor().signed_in or half_sign_in() is not None:
        return landing(target)
    return _page(SignInForm(next=target), LinkForm(next=target))


@bp.post("/sign-in")
@requires(anyone)
def sign_in_with_password() -> BaseResponse:
    form = SignInForm()
    if not form.validate():
        return _page(form, LinkForm(formdata=None, next=form.next.data), INVALID)
    try:
        entered = enter_with_password(form.email.data, form.password.data)
    except TooManyTries as refusal:
        form.form_errors.append(say(reader_language(), refusal.sentence))
        form.form_errors.append(
            _("You can still sign in with a link by e-mail: ask for one below.")
        )
        answer = _page(
            form, LinkForm(formdata=None, link_email=form.email.data, next=form.next.data), TOO_MANY
        )
        answer.headers["Retry-After"] = str(refusal.seconds)
        return answer
    if not entered:
        form.form_errors.append(
            _("The e-mail address or the password is wrong. Check both and try again.")
        )
        return _page(form, LinkForm(formdata=None, next=form.next.data), INVALID)
    if is_tried_first(form.password.data):
        flash(
            _("Your password is on the lists of stolen passwords. Please change it now."), "warning"
        )
        return landing(url_for("identity.security", change=1), code=303)
    return landing(safe_next(form.next.data))


@bp.post("/sign-in/link")
@requires(anyone)
def ask_for_link() -> BaseResponse:
    form = LinkForm()
    if not form.validate():
        return _page(SignInForm(formdata=None, next=form.next.data), form, INVALID)
    email = form.link_email.data
    counted_at = () if device_of(account_mark(email)) else (address_door("link-"),)
    with transaction() as db:
        count_try(db, doors=counted_at, now=clock.now())
        request_sign_in_link(db, email=email, now=clock.now())
    session[RETURN] = safe_next(form.next.data)
    return redirect(url_for("identity.link_sent"))


@bp.get("/sign-in/link-sent")
@requires(anyone)
def link_sent() -> str:
    return render_template("people/identity/link_sent.html", leaves=letters_can_leave())


@bp.get("/sign-in/link/<token>")
@requires(anyone)
def link(token: str) -> Response:
    """Shows only a button: mail scanners fetch every link in a letter, and fetching must not use it
    up.
    """
    with reading() as db:
        standing = queries.link_standing(db, token=token, now=clock.now())
    if standing.state is not LinkState.WORKS:
        return _link_gone(standing)
    return _unkept(render_template("people/identity/link.html", token=token))


@bp.post("/sign-in/link/<token>")
@requires(anyone)
def sign_in_with_link(token: str) -> BaseResponse:
    try:
        with transaction() as db:
            account_id = use_sign_in_link(db, token=token, now=clock.now())
    except LinkNotValid:
        with reading() as db:
            return _link_gone(queries.link_standing(db, token=token, now=clock.now()))
    target = safe_next(
        session.get(RETURN)
    )  # of this browser; in another one, what was being written is found
    enter(account_id, SignInWay.LINK)
    return landing(target or page_of_latest_form(account_id))


@bp.post("/sign-in/demo/<persona>")
@requires(anyone)
def sign_in_as_persona(persona: str) -> BaseResponse:
    known = next((one for one in PERSONAS if one.slug == persona), None)
    if known is None or not is_demo():
        raise NotFound
    with reading() as db:
        account = queries.account_by_email(db, known.email)
        account_id = account.id if account else 0
    if not account_id:
        raise NotFound
    enter(account_id, SignInWay.DEMO)
    return redirect(safe_next(request.form.get("next")) or "/")


@bp.post("/sign-out")
@requires(anyone)
def sign_out() -> BaseResponse:
    """Ends the session, and has the browser drop what it holds of this site beside cookies: pages,
    lessons for reading offline, answers. On a shared computer nothing of it is left to the next.
    """
    leave(current_actor())
    flash(_("You have signed out."), "success")
    answer = redirect(url_for("identity.sign_in"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _link_gone(standing: LinkStanding) -> Response:
    return _unkept(render_template("people/identity/link_gone.html", standing=standing), GONE)


def _page(form: SignInForm, link_form: LinkForm, status: int = 200) -> Response:
    target = safe_next(form.next.data)
    html = render_template(
        "people/identity/sign_in.html",
        form=form,
        link_form=link_form,
        personas=_personas(),
        provider_name=platform().settings.sso_name,
        target=target,
        is_form_kept=f"{KEPT}=" in target,
        leaves=letters_can_leave(),
        page_has_errors=bool(form.errors or link_form.errors),
    )
    return _unkept(html, status)


def _personas() -> list[tuple[str, str, str]]:
    """Returns short name, role and name of the personas that are loaded; none outside the
    demonstration.
    """
    if not is_demo():
        return []
    with reading() as db:
        names = queries.names_of(db, [one.email for one in PERSONAS])
    return [(one.slug, _(one.label), names[one.email]) for one in PERSONAS if one.email in names]


def _unkept(html: str, status: int = 200) -> Response:
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    return response


# The link in a letter of invitation: shown by GET, used up by POST.


@bp.get("/invited/<token>")
@requires(anyone)
def invitation(token: str) -> BaseResponse:
    """Shows only a button: mail scanners fetch every link in a letter, and fetching must not use it
    up.
    """
    return _invitation_page(token)


@bp.post("/invited/<token>")
@requires(anyone)
def accept_invitation(token: str) -> BaseResponse:
    try:
        with transaction() as db:
            account_id = inviting.use_invitation(db, token=token, now=clock.now())
    except InvitationNotValid:
        return _invitation_page(token)
    enter(account_id, SignInWay.LINK)
    return landing(url_for("home.home"), code=303)


def _invitation_page(token: str) -> BaseResponse:
    with reading() as db:
        standing = queries.invitation_standing(db, token=token, now=clock.now())
    works = standing.state is LinkState.WORKS
    answer = make_response(
        render_template(
            "people/identity/invited.html",
            standing=standing,
            token=token,
            role_names=ROLE_NAMES,
        ),
        200 if works else GONE,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


# Confirms who somebody is before what cannot be undone: by password, by a fresh link, or by a
# press in the demo.

CONFIRMED_AT = "confirmed_at"


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
    if has_second_factor():
        return redirect(url_for("factors.confirm", next=target or None))
    return _confirm_page(ConfirmForm(formdata=None, next=target))


@bp.post("/account/confirm")
@requires(signed_in)
def confirm_with_password() -> BaseResponse:
    form = ConfirmForm()
    if has_second_factor():
        raise NotAllowed  # a password that was guessed, or seen, is not enough
    if not form.validate():
        return _confirm_page(form, INVALID)
    with reading() as db:
        email = queries.own_words(db, current_actor().account_id)[0]
        stored = queries.password_hash_of(db, current_actor().account_id)
    counted_at = doors(email)
    try:
        with transaction() as db:
            tries = count_try(db, doors=counted_at, now=clock.now())
    except TooManyTries as refusal:
        form.password.errors = [say(reader_language(), refusal.sentence)]
        return _confirm_page(form, TOO_MANY)
    if not accounts.is_password(form.password.data, stored):
        tell_refused_password(current_actor().account_id)
        form.password.errors = [_("This is not your current password.")]
        return _confirm_page(form, INVALID)
    with transaction() as db:
        forget_try(db, ids=tries)
    return confirmed(form.next.data)


@bp.post("/account/confirm/link")
@requires(signed_in)
def confirm_by_link() -> BaseResponse:
    """Sends a letter to the account's own address. Whoever opens its link signs in again and comes
    back.
    """
    if has_second_factor():
        raise NotAllowed
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
    return confirmed(request.form.get("next"))


def has_second_factor() -> bool:
    """Returns True where the second factor is asked for instead of a password."""
    if present_sign_in().way is SignInWay.DEMO:
        return False
    with reading() as db:
        return second_factors().has(db, current_actor().account_id)


def confirmed(target: str | None) -> BaseResponse:
    """Remembers in the session that its owner confirmed who they are, under a new key, and goes on to
    the target.
    """
    renew_key()
    session[CONFIRMED_AT] = clock.now().isoformat()
    return redirect(safe_next(target) or "/", 303)


def _confirm_page(form: ConfirmForm, status: int = 200) -> Response:
    with reading() as db:
        email = queries.own_words(db, current_actor().account_id)[0]
        has_password = queries.password_hash_of(db, current_actor().account_id) is not None
    html = render_template(
        "people/identity/confirm.html",
        form=form,
        email=email,
        has_password=has_password,
        leaves=letters_can_leave(),
        target=safe_next(form.next.data),
        is_persona=is_demo() and present_sign_in().way is SignInWay.DEMO,
        page_has_errors=bool(form.errors),
    )
    answer = make_response(html, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


# The first sign-in of somebody whom another person wrote down: is this you, and do you serve
# here?

OPEN_BEFORE = {
    "identity.confirm_identity",
    "identity.answer_identity",
    "identity.sign_out",
    "static",
}
YES, MISTAKE, NO = "yes", "mistake", "no"


@bp.before_app_request
def _ask_first() -> BaseResponse | None:
    """Leads to the question until it is answered. Requests of the API pass: only somebody who has
    answered can make its tokens.
    """
    if (
        request.endpoint is None
        or request.endpoint in OPEN_BEFORE
        or request.path.startswith("/api/")
    ):
        return None
    if not _is_asked():
        return None
    target = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(
        url_for("identity.confirm_identity", next=target if target != "/" else None), 303
    )


@bp.get("/account/confirmation")
@requires(signed_in)
def confirm_identity() -> BaseResponse | tuple[str, int]:
    target = safe_next(request.args.get("next"))
    if not _is_asked():
        return redirect(target or "/")
    return _question_page(target)


@bp.post("/account/confirmation")
@requires(signed_in)
def answer_identity() -> BaseResponse | tuple[str, int]:
    target, answer = safe_next(request.form.get("next")), request.form.get("answer")
    if not _is_asked():
        return redirect(target or "/", 303)
    if answer not in (YES, MISTAKE, NO):
        return _question_page(target, 422)
    actor = current_actor()
    if answer == NO:
        with transaction() as db:
            accounts.deny_identity(db, actor=actor, now=clock.now())
        leave(actor)
        flash(_("Thank you. The account is closed, and the secretariat has been told."), "success")
        return redirect(url_for("identity.sign_in"), 303)
    with transaction() as db:
        accounts.confirm_identity(db, actor=actor, now=clock.now())
    if answer == MISTAKE:
        return redirect(url_for("access.correction"), 303)
    return redirect(target or "/", 303)


def _is_asked() -> bool:
    sign_in: OpenSignIn | None = g.get("open_sign_in")
    return sign_in is not None and sign_in.confirmation == Confirmation.ASKED


def _question_page(target: str, status: int = 200) -> tuple[str, int]:
    actor = current_actor()
    with reading() as db:
        person = queries.person_written_down(db, actor=actor, today=clock.today(actor.timezone))
    html = render_template(
        "people/identity/confirmation.html",
        person=person,
        target=target,
        is_unanswered=status != 200,  # noqa: PLR2004
    )
    return html, status
