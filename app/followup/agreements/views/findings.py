"""Findings of a congress's tables, for organizers and each table's rapporteur."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.followup.agreements import policy
from app.followup.agreements.forms import FindingForm, blank_finding
from app.followup.agreements.queries.findings import findings_of
from app.followup.agreements.queries.parts import sections
from app.followup.agreements.services.findings import record_finding, remove_finding
from app.followup.agreements.views import bp
from app.followup.agreements.views.shown import WORDS, Answer, sections_of
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import Refusal
from app.web.guards import current_actor, requires
from app.web.mistakes import show_refusal


@bp.get("/editions/<slug>/findings")
@requires(policy.may_read)
def findings(slug: str) -> str:
    return _findings_page(slug, None)


@bp.post("/editions/<slug>/findings")
@requires(policy.may_read)
def add_finding(slug: str) -> Answer:
    with reading() as db:
        tables = {table.id for table in findings_of(db, actor=current_actor(), slug=slug).tables}
        form = FindingForm(request.form).offer(sections_of(sections(db)))
    if not form.validate():
        return _findings_page(slug, form), 422
    try:
        with transaction() as db:
            record_finding(
                db,
                actor=current_actor(),
                work_table_id=form.table_id if form.table_id in tables else 0,
                draft=form.draft(),
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _findings_page(slug, form), status
    flash(_("Recorded."), "success")
    return redirect(
        url_for("agreements.findings", slug=slug, _anchor=f"table-{form.table_id}"), 303
    )


@bp.post("/findings/<int:finding_id>/removal")
@requires(policy.may_read)
def take_out_finding(finding_id: int) -> Answer:
    with transaction() as db:
        slug = remove_finding(db, actor=current_actor(), finding_id=finding_id, now=clock.now())
    flash(_("Removed."), "success")
    return redirect(url_for("agreements.findings", slug=slug), 303)


def _findings_page(slug: str, refused: FindingForm | None) -> str:
    """Returns the page. `refused`: the form of one table; the other tables have fresh ones."""
    with reading() as db:
        edition = findings_of(db, actor=current_actor(), slug=slug)
        offered = sections_of(sections(db))
    forms = {
        table.id: refused
        if refused is not None and refused.table_id == table.id
        else blank_finding(table.id, offered)
        for table in edition.tables
        if table.may_write
    }
    return render_template(
        "followup/agreements/findings.html",
        edition=edition,
        forms=forms,
        refused=refused,
        **WORDS,
    )
