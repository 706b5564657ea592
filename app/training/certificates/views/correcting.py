"""Certificates whose words are wrong, on the page of the record that was corrected."""

from collections.abc import Sequence

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.people.directory.queries.people import waiting_of
from app.people.directory.services.people import settle_correction
from app.people.directory.values import CorrectionDecision
from app.training.certificates import policy, rules
from app.training.certificates.queries.corrections import Misprint, misprints
from app.training.certificates.services.correcting import (
    correct_certificates,
    issue_in_place_of_revoked,
    propose_successor,
)
from app.training.certificates.tasks import place_of
from app.training.certificates.views import bp
from app.training.certificates.views.ending import in_register
from app.web.guards import current_actor, requires
from app.web.sent import flash_sent


@bp.app_template_global()
def certificates_to_correct(person_id: int) -> Sequence[Misprint]:
    """Returns the certificates that print a record otherwise, for the page of that record, which
    shows them to whoever may correct it.
    """
    with reading() as db:
        return misprints(db, person_id, today=clock.today())


@bp.app_template_filter("grouped")
def grouped(code: str) -> str:
    return rules.grouped(code)


@bp.post("/people/<int:person_id>/certificates")
@requires(policy.may_write_about_some)
def correct(person_id: int) -> Response:
    actor, now = current_actor(), clock.now()
    with transaction() as db:
        codes = correct_certificates(
            db, actor=actor, now=now, person_id=person_id, place=place_of(db)
        )
        wish = waiting_of(db, person_id)
        if wish is not None and wish.asks_for_certificates_alone:
            settle_correction(
                db,
                actor=actor,
                person_id=person_id,
                decision=CorrectionDecision.CORRECTED,
                now=now,
            )
    if codes:
        flash_sent(
            ngettext(
                "%(num)s certificate was issued anew; its holder is told by letter.",
                "%(num)s certificates were issued anew; their holder is told by letter.",
                len(codes),
            )
        )
    else:
        flash(_("The certificates print the record as it is."), "success")
    return redirect(url_for("access.person", person_id=person_id), 303)


@bp.post("/certificates/<code>/successor")
@requires(policy.may_propose_revocation)
def propose_in_place(code: str) -> Response:
    """Proposes to mend a revocation that was a mistake."""
    stored = rules.stored_code(code)
    with transaction() as db:
        propose_successor(db, actor=current_actor(), now=clock.now(), code=stored)
    flash(_("A new certificate is proposed. It is issued once somebody else confirms it."))
    return redirect(in_register(stored), 303)


@bp.post("/certificates/<code>/successor/confirmation")
@requires(policy.may_propose_revocation)
def issue_in_place(code: str) -> Response:
    stored = rules.stored_code(code)
    with transaction() as db:
        new = issue_in_place_of_revoked(
            db,
            actor=current_actor(),
            now=clock.now(),
            code=stored,
            place=place_of(db),
            seen=request.form.get("seen", ""),
        )
    flash_sent(_("A new certificate is issued in its place; its holder is told by letter."))
    return redirect(in_register(new), 303)
