"""Asks for the address at which others open this installation, and tries it."""

from urllib.parse import urlsplit

from flask import flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import Installation, SettingSource, installation
from app.infra.language import say
from app.infra.platform import platform
from app.kernel.refusal import NotFound
from app.kernel.text import is_only_here
from app.office.setup import policy, services
from app.office.setup.exports import ANY_NONCE, ask_address, proof_of
from app.office.setup.forms import PublicAddressForm
from app.office.setup.values import AddressAnswer, AddressFinding, SetupStep
from app.office.setup.views.frame import Answer, bp, finish, go_on, step_page
from app.office.setup.wording import ADDRESS_FINDINGS
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
        secret=settings.secret,
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


@bp.get("/setup/address/proof/<nonce>")
@requires(anyone)
@works_without_actor
def address_proof(nonce: str) -> Response:
    """Answers what only this installation can: so it knows itself when it calls its own name."""
    if len(nonce) != len(ANY_NONCE) or not nonce.isalnum() or not nonce.isascii():
        raise NotFound
    answer = Response(proof_of(nonce, secret=_settings().secret), mimetype="text/plain")
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
    form: PublicAddressForm | None = None, *, answer: AddressAnswer | None = None, status: int = 200
) -> Answer:
    known, seen_at = _installation(), _seen_at()
    proposed = "" if is_only_here(urlsplit(seen_at).hostname or "") else seen_at
    entered = known.address if known.address_from is SettingSource.SCREEN else proposed
    return step_page(
        SetupStep.ADDRESS,
        "office/setup/address.html",
        status=status,
        form=form or PublicAddressForm(data={"address": entered}),
        known=known,
        seen_at=seen_at,
        is_proposed=bool(proposed) and entered == proposed,
        answer=answer,
        why=say(reader_language(), answer.why) if answer and answer.why else "",
        sentence=ADDRESS_FINDINGS[answer.finding] if answer else "",
        is_saved=known.address_from is SettingSource.SCREEN,
        page_has_errors=bool(form and form.errors),
    )
