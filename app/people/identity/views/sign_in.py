"""Signing in with a password, with a link, or as somebody invented in the demonstration; signing
out.
"""

from flask import (
    Response,
    flash,
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
from app.kernel.refusal import NotFound
from app.people.identity import queries
from app.people.identity.forms import LinkForm, SignInForm
from app.people.identity.rules import LinkNotValid, TooManyTries, safe_next
from app.people.identity.services.sign_in import count_try, request_sign_in_link, use_sign_in_link
from app.people.identity.values import PERSONAS, LinkStanding, LinkState, SignInWay
from app.people.identity.views.devices import account_mark, device_of
from app.people.identity.views.door import (
    address_door,
    bp,
    enter,
    enter_with_password,
    is_demo,
    leave,
)
from app.people.identity.views.kept import page_of_latest_form
from app.web.form_token import KEPT
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language

INVALID, GONE, TOO_MANY = 422, 410, 429
RETURN = "return_to"


@bp.get("/sign-in")
@requires(anyone)
def sign_in() -> BaseResponse:
    target = safe_next(request.args.get("next"))
    if current_actor().signed_in:
        return redirect(target or "/")
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
    return redirect(safe_next(form.next.data) or "/")


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
    return redirect(target or page_of_latest_form(account_id) or "/")


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
    leave(current_actor())
    flash(_("You have signed out."), "success")
    return redirect(url_for("identity.sign_in"))


def _link_gone(standing: LinkStanding) -> Response:
    return _unkept(render_template("people/identity/link_gone.html", standing=standing), GONE)


def _page(form: SignInForm, link_form: LinkForm, status: int = 200) -> Response:
    target = safe_next(form.next.data)
    html = render_template(
        "people/identity/sign_in.html",
        form=form,
        link_form=link_form,
        personas=_personas(),
        target=target,
        is_form_kept=f"{KEPT}=" in target,
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
