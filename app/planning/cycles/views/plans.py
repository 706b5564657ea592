"""Pages of the annual plan: its entries, the events held under them, its approval and its
amendments.
"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput, Kind, Refusal
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.planning.arranging.queries import plans as queries
from app.planning.arranging.queries.planning import groups_for
from app.planning.cycles.forms import ApprovalForm, EntryForm, entry_answers
from app.planning.cycles.services import plans as services
from app.planning.cycles.views import bp
from app.planning.events import policy
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal

Answer = Response | tuple[str, int]


@bp.get("/annual-plans")
@requires(policy.may_plan)
def annual_plans() -> Response:
    return redirect(url_for("cycles.annual_plan", year=clock.today().year))


@bp.get("/annual-plans/<int:year>")
@requires(policy.may_plan)
def annual_plan(year: int) -> Answer:
    return _plan_page(year, ApprovalForm())


@bp.post("/annual-plans/<int:year>/approve")
@requires(policy.may_approve_plans)
def approve_plan(year: int) -> Answer:
    form = ApprovalForm(request.form)
    if not form.validate():
        return _plan_page(year, form, status=STATUS[Kind.INVALID])
    try:
        with transaction() as db:
            services.approve_plan(
                db,
                actor=current_actor(),
                year=year,
                decision_ref=form.decision_ref.data,
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except (InvalidInput, ChangedMeanwhile) as refusal:
        status = show_refusal(form, refusal, stored=url_for("cycles.annual_plan", year=year))
        return _plan_page(year, form, status=status)
    except Refusal as refusal:
        return _refused(refusal, year)
    flash(
        _(
            "The plan is approved. Events of that year are now published under it, or by a Decision."
        ),
        "success",
    )
    return _to_plan(year)


@bp.get("/annual-plans/<int:year>/entries/new")
@requires(policy.may_keep_editions)
def new_entry(year: int) -> Answer:
    return _entry_page(year, None, EntryForm())


@bp.post("/annual-plans/<int:year>/entries/new")
@requires(policy.may_keep_editions)
def add_entry(year: int) -> Answer:
    return _saved(year, None)


@bp.get("/annual-plans/<int:year>/entries/<int:entry_id>")
@requires(policy.may_keep_editions)
def plan_entry(year: int, entry_id: int) -> Answer:
    with reading() as db:
        draft = queries.entry_draft(db, year=year, entry_id=entry_id)
    return _entry_page(year, entry_id, EntryForm(data=entry_answers(draft)))


@bp.post("/annual-plans/<int:year>/entries/<int:entry_id>")
@requires(policy.may_keep_editions)
def change_entry(year: int, entry_id: int) -> Answer:
    return _saved(year, entry_id)


@bp.post("/annual-plans/<int:year>/entries/<int:entry_id>/remove")
@requires(policy.may_keep_editions)
def remove_entry(year: int, entry_id: int) -> Answer:
    try:
        with transaction() as db:
            services.remove_entry(
                db, actor=current_actor(), year=year, entry_id=entry_id, now=clock.now()
            )
    except Refusal as refusal:
        return _refused(refusal, year)
    flash(_("The entry is removed."), "success")
    return _to_plan(year)


def _saved(year: int, entry_id: int | None) -> Answer:
    form = EntryForm(request.form)
    _offer(form)
    if not form.validate():
        return _entry_page(year, entry_id, form, status=STATUS[Kind.INVALID])
    given: dict[str, Any] = {
        "actor": current_actor(),
        "year": year,
        "draft": form.draft(),
        "now": clock.now(),
    }
    try:
        with transaction() as db:
            if entry_id is None:
                services.add_entry(db, **given)
            else:
                services.change_entry(db, entry_id=entry_id, seen=form.seen.data or "", **given)
    except (InvalidInput, ChangedMeanwhile) as refusal:
        stored = url_for("cycles.plan_entry", year=year, entry_id=entry_id) if entry_id else ""
        status = show_refusal(form, refusal, stored=stored)
        return _entry_page(year, entry_id, form, status=status)
    except Refusal as refusal:
        return _refused(refusal, year)
    flash(_("The plan is changed."), "success")
    return _to_plan(year)


def _to_plan(year: int) -> Response:
    return redirect(url_for("cycles.annual_plan", year=year), 303)


def _refused(refusal: Refusal, year: int) -> Answer:
    """Shows the plan again with the sentence of a conflict. Raises other refusals again, for the
    error page.
    """
    if refusal.kind is not Kind.CONFLICT:
        raise refusal
    said = say(reader_language(), refusal.sentence)
    return _plan_page(year, ApprovalForm(), status=STATUS[refusal.kind], refusals=(said,))


def _plan_page(
    year: int, form: ApprovalForm, *, status: int = 200, refusals: tuple[str, ...] = ()
) -> Answer:
    actor = current_actor()
    with reading() as db:
        form.seen.data = form.seen.data or mark_of(queries.entries_of(db, year=year))
        plan = queries.plan_of(db, actor=actor, year=year)
        years = sorted(
            {*queries.years_planned(db), clock.today().year, clock.today().year + 1, year}
        )
    html = render_template(
        "planning/cycles/annual_plan.html",
        plan=plan,
        years=years,
        form=form,
        refusals=refusals,
        may_add=policy.may_keep_editions(actor),
        may_approve=policy.may_approve_plans(actor),
        may_change=policy.may_approve_plans(actor)
        or (policy.may_keep_editions(actor) and not plan.is_approved),
        page_has_errors=status >= 400,  # noqa: PLR2004 - HTTP's own border
    )
    return html, status


def _offer(form: EntryForm) -> None:
    with reading() as db:
        groups = [
            (one.slug, one.name.in_(reader_language()))
            for one in groups_for(db, actor=current_actor())
        ]
    quarters = [(str(number), _("Quarter %(number)s", number=number)) for number in range(1, 5)]
    form.offer([("", _("The whole region")), *groups], [("", _("Any time of the year")), *quarters])


def _entry_page(
    year: int,
    entry_id: int | None,
    form: EntryForm,
    *,
    status: int = 200,
) -> Answer:
    _offer(form)
    with reading() as db:
        plan = queries.plan_of(db, actor=current_actor(), year=year)
    form.decision_ref.flags.required = plan.is_approved and entry_id is None
    html = render_template(
        "planning/cycles/plan_entry.html",
        plan=plan,
        entry_id=entry_id,
        form=form,
        page_has_errors=status >= 400,  # noqa: PLR2004 - HTTP's own border
    )
    return html, status
