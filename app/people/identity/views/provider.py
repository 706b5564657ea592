"""Signing in with the institution's own single sign-on, where the settings name one; and linking it
to the own account.
"""

from flask import (
    Response,
    current_app,
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
from app.infra.installation import site_address
from app.infra.language import say
from app.infra.openid import (
    ProvenIdentity,
    Provider,
    ProviderFailed,
    ProviderQuestion,
    address_to_ask,
    identity_of,
    new_question,
    provider_of,
)
from app.infra.platform import platform
from app.kernel.refusal import NotFound
from app.people.identity import queries
from app.people.identity.rules import LinkedElsewhere, safe_next
from app.people.identity.services.providers import link_provider, unlink_provider
from app.people.identity.values import SignInWay
from app.people.identity.views.door import bp, enter, landing
from app.web.guards import (
    ForeignOrigin,
    anyone,
    current_actor,
    require_confirmation,
    requires,
    signed_in,
)
from app.web.locale import reader_language

ASKED, FOUND = "asked_of_provider", "found_at_provider"
"""In the session: the question that waits for its answer, and whom the answer named, until they are
linked.
"""
FAILED = 502


@bp.get("/sign-in/provider")
@requires(anyone)
def ask_provider() -> BaseResponse:
    """Leads to the provider. A link and not a form, because forms of these pages lead nowhere
    else; so another site's link is refused here: the provider may let its owner in without a press.
    """
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        raise ForeignOrigin
    provider = _provider()
    asked = new_question()
    try:
        address = address_to_ask(provider, asked, comes_back_to=_back())
    except ProviderFailed as failed:
        return _failed(provider, failed)
    session[ASKED] = {
        "state": asked.state,
        "nonce": asked.nonce,
        "verifier": asked.verifier,
        "next": safe_next(request.args.get("next")),
    }
    return redirect(address, 303)


@bp.get("/sign-in/provider/return")
@requires(anyone)
def answered_by_provider() -> BaseResponse:
    """Reads the provider's answer to the question of this browser, once. Somebody who is signed in
    is asked whether to link it; somebody else enters the account that it is linked to.
    """
    provider = _provider()
    try:
        identity, target = _answer(provider)
    except ProviderFailed as failed:
        return _failed(provider, failed)
    if current_actor().signed_in:
        session[FOUND] = {"subject": identity.subject, "email": identity.email}
        return redirect(url_for("identity.found_at_provider"), 303)
    with reading() as db:
        account_id = queries.account_linked_to(db, issuer=identity.issuer, subject=identity.subject)
    if account_id is None:
        return _page("unlinked", provider)
    enter(account_id, SignInWay.PROVIDER, is_proven=identity.is_two_factor)
    return landing(target, code=303)


@bp.get("/account/security/provider")
@requires(signed_in)
def found_at_provider() -> BaseResponse:
    """Asks whether whom the provider named may sign in here: without the question, another site
    could lead to an answer that its reader never wanted.
    """
    provider = _provider()
    if FOUND not in session:
        return redirect(url_for("identity.ask_provider"), 303)
    return _page("found", provider)


@bp.post("/account/security/provider")
@requires(signed_in)
def link_found() -> BaseResponse:
    provider = _provider()
    require_confirmation()
    found = session.pop(FOUND, None)
    if found is None:
        return redirect(url_for("identity.security"), 303)
    try:
        with transaction() as db:
            link_provider(
                db,
                actor=current_actor(),
                issuer=provider.issuer,
                subject=found["subject"],
                now=clock.now(),
            )
    except LinkedElsewhere as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
    else:
        flash(_("From now on you can sign in with %(name)s.", name=provider.name), "success")
    return redirect(url_for("identity.security"), 303)


@bp.post("/account/security/provider/end")
@requires(signed_in)
def unlink() -> BaseResponse:
    """Removes the link, also where single sign-on was switched off since."""
    actor = current_actor()
    with transaction() as db:
        unlink_provider(db, account_id=actor.account_id, actor=actor, now=clock.now())
    flash(_("The link is removed. You go on signing in as before."), "success")
    return redirect(url_for("identity.security"), 303)


def _provider() -> Provider:
    provider = provider_of(platform().settings)
    if provider is None:
        raise NotFound
    return provider


def _back() -> str:
    return site_address() + url_for("identity.answered_by_provider")


def _answer(provider: Provider) -> tuple[ProvenIdentity, str]:
    """Returns who is there and the page they wanted."""
    asked, sent = session.pop(ASKED, None), request.args
    if asked is None or sent.get("state") != asked["state"]:
        raise ProviderFailed("the answer belongs to no question of this browser")
    if sent.get("iss", provider.issuer) != provider.issuer:
        raise ProviderFailed("the answer comes from another issuer")
    if "code" not in sent:
        raise ProviderFailed(f"the provider said {sent.get('error', '')[:40]!r}")
    identity = identity_of(
        provider,
        ProviderQuestion(asked["state"], asked["nonce"], asked["verifier"]),
        code=sent["code"],
        comes_back_to=_back(),
        now=clock.now(),
    )
    return identity, asked["next"]


def _failed(provider: Provider, failed: ProviderFailed) -> Response:
    current_app.logger.warning("single sign-on: %s", failed)
    return _page("failed", provider, FAILED)


def _page(state: str, provider: Provider, status: int = 200) -> Response:
    html = render_template(
        "people/identity/provider.html",
        state=state,
        name=provider.name,
        found=session.get(FOUND, {}),
    )
    answer = make_response(html, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
