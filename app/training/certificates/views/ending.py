"""Ending a certificate at the screen, by two people, and the letter about it once more."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import transaction
from app.kernel.refusal import InvalidInput, Sentence
from app.training.certificates import policy, rules
from app.training.certificates.forms import RevocationForm
from app.training.certificates.services.ending import (
    confirm_revocation,
    propose_revocation,
    send_letter_again,
    withdraw_proposal,
)
from app.training.certificates.values import RevocationReason
from app.training.certificates.views import bp
from app.web.guards import current_actor, require_confirmation, requires
from app.web.sent import flash_sent


@bp.post("/certificates/<code>/revocation")
@requires(policy.may_propose_revocation)
def propose(code: str) -> Response:
    stored = rules.stored_code(code)
    form = RevocationForm(request.form).offer()
    if not form.validate():
        raise InvalidInput({name: Sentence(str(said[0])) for name, said in form.errors.items()})
    with transaction() as db:
        propose_revocation(
            db,
            actor=current_actor(),
            now=clock.now(),
            code=stored,
            reason=RevocationReason(form.reason.data),
            note=form.note.data or "",
        )
    flash(_("The revocation is proposed. The certificate stands until somebody else confirms it."))
    return redirect(in_register(stored), 303)


@bp.post("/certificates/<code>/revocation/confirmation")
@requires(policy.may_propose_revocation)
def confirm(code: str) -> Response:
    """Ends the certificate, which cannot be undone: the actor confirms first who they are."""
    stored = rules.stored_code(code)
    require_confirmation()
    with transaction() as db:
        confirm_revocation(
            db,
            actor=current_actor(),
            now=clock.now(),
            code=stored,
            seen=request.form.get("seen", ""),
        )
    flash_sent(_("The certificate is revoked, and its holder is told by letter."))
    return redirect(in_register(stored), 303)


@bp.post("/certificates/<code>/revocation/withdrawal")
@requires(policy.may_propose_revocation)
def withdraw(code: str) -> Response:
    stored = rules.stored_code(code)
    with transaction() as db:
        withdraw_proposal(db, actor=current_actor(), now=clock.now(), code=stored)
    flash(_("The proposal is withdrawn; nothing changed."), "success")
    return redirect(in_register(stored), 303)


@bp.post("/certificates/<code>/letter")
@requires(policy.may_write_about_some)
def write_again(code: str) -> Response:
    stored = rules.stored_code(code)
    actor = current_actor()
    with transaction() as db:
        country = send_letter_again(db, actor=actor, now=clock.now(), code=stored)
    flash_sent(_("The letter is on its way once more."), _("The letter is written once more."))
    if policy.may_see_register(actor):
        return redirect(in_register(stored), 303)
    return redirect(
        url_for("certificates.country_certificates", country_code=country, text=stored), 303
    )


def in_register(code: str) -> str:
    return url_for("certificates.office_register", text=code, _anchor=code)
