"""The page that a congress projects: what tables promised, what was done, what is open, and what the
tables find now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.followup.agreements.forms import Choices
from app.followup.agreements.policy import may_open_findings
from app.followup.agreements.queries.agreements import sections
from app.followup.agreements.queries.events import findings_of, rapporteurs_of
from app.followup.agreements.values import EditionFindings
from app.followup.agreements.wording import FINDING_KINDS
from app.followup.congress import queries, services, wording
from app.followup.congress.forms import LiveFindingForm, TakingForm
from app.followup.congress.values import CongressProgress
from app.followup.plans.policy import may_read_plans
from app.followup.plans.services import take_findings
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import NotAllowed, Refusal
from app.web.fields import Typed, number_in
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import refused, show_refusal

bp = Blueprint("congress", __name__)
Answer = Response | tuple[str, int]


@dataclass(frozen=True)
class SpacePage:
    """`findings` is None for who may not open them. `activities` says by finding which number it has
    in its table's plan; `plans` names the tables whose plan the reader may add to.
    """

    progress: CongressProgress
    findings: EditionFindings | None
    activities: Mapping[int, int]
    plans: frozenset[int]
    sections: Choices

    @property
    def tables(self) -> list[tuple[str, str]]:
        """Returns the choices of the tables that the reader may write for."""
        return [
            (str(one.id), one.theme.in_(reader_language()))
            for one in (self.findings.tables if self.findings else ())
            if one.may_write
        ]


@bp.get("/editions/<slug>/progress")
@requires(may_read_plans)
def progress(slug: str) -> str:
    return _shown(slug)


@bp.post("/editions/<slug>/progress")
@requires(may_read_plans)
def note(slug: str) -> Answer:
    """Notes a finding of a table that sits; the second button makes an activity of it too."""
    with reading() as db:
        page = _page_of(db, slug)
    if not page.tables:
        raise NotAllowed
    form = _form(page, request.form)
    if not form.validate():
        return _shown(slug, form), 422
    try:
        with transaction() as db:
            services.note_finding(
                db,
                actor=current_actor(),
                work_table_id=form.table_id,
                draft=form.draft(),
                is_activity=request.form.get("action") == "activity",
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _shown(slug, form), status
    flash(_("Recorded."), "success")
    return _back(slug, form.table_id)


@bp.post("/editions/<slug>/progress/activities")
@requires(may_read_plans)
def take(slug: str) -> Answer:
    """Makes a draft activity of a finding that was noted before."""
    form = TakingForm(request.form)
    table = number_in(form.table.data or "") or 0
    finding = number_in(form.finding.data or "") or 0
    with reading() as db:
        page = _page_of(db, slug)
    if not page.plans:
        raise NotAllowed
    if table not in page.plans:
        flash(_("Nothing was changed."), "warning")
        return redirect(url_for("congress.progress", slug=slug), 303)
    try:
        with transaction() as db:
            made = take_findings(
                db,
                actor=current_actor(),
                work_table_id=table,
                finding_ids=frozenset({finding}),
                now=clock.now(),
            )
    except Refusal as refusal:
        flash(refused(refusal)[0], "warning")
    else:
        flash(
            _("It is in the plan of the table now.") if made else _("Nothing was changed."),
            "success",
        )
    return _back(slug, table)


def _shown(slug: str, form: LiveFindingForm | None = None) -> str:
    """Returns the page. `form`: what was refused."""
    with reading() as db:
        page = _page_of(db, slug)
    return render_template(
        "followup/congress/progress.html",
        page=page,
        progress=page.progress,
        form=form or _form(page, None),
        is_refused=form is not None,
        words=wording.PROGRESS,
        shapes=wording.SHAPES,
        finding_kinds=FINDING_KINDS,
    )


def _page_of(db: Session, slug: str) -> SpacePage:
    actor = current_actor()
    shown = queries.congress_progress(db, actor=actor, slug=slug, today=clock.today())
    if not may_open_findings(actor, rapporteurs_of(db, slug=slug)):
        return SpacePage(shown, findings=None, activities={}, plans=frozenset(), sections=())
    findings = findings_of(db, actor=actor, slug=slug)
    return SpacePage(
        progress=shown,
        findings=findings,
        activities=queries.activity_numbers(
            db, [one.id for table in findings.tables for one in table.findings]
        ),
        plans=queries.plans_to_add_to(db, actor=actor, slug=slug),
        sections=[
            (code, f"{code} · {title.in_(reader_language())}")
            for code, title in sections(db).items()
        ],
    )


def _form(page: SpacePage, typed: Typed | None) -> LiveFindingForm:
    form = LiveFindingForm(typed)
    form.offer(page.sections)
    return form.offer_tables(page.tables)


def _back(slug: str, table: int) -> Response:
    return redirect(url_for("congress.progress", slug=slug, _anchor=f"found-{table}"), 303)


def progress_url(slug: str) -> str:
    """Returns where the congress's space for progress is, for who may read it; "" for others."""
    return url_for("congress.progress", slug=slug) if may_read_plans(current_actor()) else ""


@bp.app_context_processor
def _inserts() -> dict[str, Any]:
    return {"progress_url": progress_url}
