"""What the tables of a congress found, for those who plan and for each table's rapporteur."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.followup.agreements import policy
from app.followup.agreements.forms import read_finding
from app.followup.agreements.queries.choices import NamedChoice
from app.followup.agreements.queries.findings import findings_of
from app.followup.agreements.queries.parts import sections
from app.followup.agreements.services.findings import record_finding, remove_finding
from app.followup.agreements.views import bp
from app.followup.agreements.views.shown import WORDS, Answer
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import Refusal
from app.web.guards import current_actor, requires
from app.web.mistakes import UNTOUCHED, Mistakes, mistakes_of


@bp.get("/editions/<slug>/findings")
@requires(policy.may_read)
def findings(slug: str) -> str:
    return _page(slug)


@bp.post("/editions/<slug>/findings")
@requires(policy.may_read)
def add_finding(slug: str) -> Answer:
    with reading() as db:
        tables = {table.id for table in findings_of(db, actor=current_actor(), slug=slug).tables}
    try:
        table_id, draft = read_finding(request.form)
        with transaction() as db:
            record_finding(
                db,
                actor=current_actor(),
                work_table_id=table_id if table_id in tables else 0,
                draft=draft,
                now=clock.now(),
            )
    except Refusal as refusal:
        mistakes, status = mistakes_of(refusal, request.form.get("table", "")[:20])
        return _page(slug, mistakes), status
    flash(_("Recorded."), "success")
    return redirect(url_for("agreements.findings", slug=slug, _anchor=f"table-{table_id}"), 303)


@bp.post("/findings/<int:finding_id>/removal")
@requires(policy.may_read)
def take_out_finding(finding_id: int) -> Answer:
    with transaction() as db:
        slug = remove_finding(db, actor=current_actor(), finding_id=finding_id, now=clock.now())
    flash(_("Removed."), "success")
    return redirect(url_for("agreements.findings", slug=slug), 303)


def _page(slug: str, mistakes: Mistakes = UNTOUCHED) -> str:
    with reading() as db:
        edition = findings_of(db, actor=current_actor(), slug=slug)
        offered = tuple(NamedChoice(code, title) for code, title in sections(db).items())
    return render_template(
        "followup/agreements/findings.html",
        edition=edition,
        mistakes=mistakes,
        sections=offered,
        **WORDS,
    )
