"""Agreements of all meetings: filters, export and follow-up."""

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.followup.agreements import policy, wording
from app.followup.agreements.exports import sheet_of
from app.followup.agreements.forms import read_filters, read_ids
from app.followup.agreements.queries.agreements import (
    AgreementFilters,
    agreements_page,
    all_agreements,
    editions_with_agreements,
)
from app.followup.agreements.queries.choices import countries
from app.followup.agreements.services.exporting import note_export
from app.followup.agreements.services.following import follow_up_agreements
from app.followup.agreements.views import bp
from app.followup.agreements.views.shown import WORDS, Answer
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import Refusal
from app.planning.events import policy as events_policy
from app.web.downloads import XLSX, name_file
from app.web.guards import current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.locale import reader_language
from app.web.mistakes import refused
from app.web.paging import page_asked


@bp.get("/agreements")
@requires(policy.may_read)
def agreements() -> str:
    return _list_page(read_filters(request.args))


@bp.post("/agreements/export")
@requires(policy.may_read)
def export() -> FlaskResponse:
    """Returns the filtered list as XLSX. A POST, because taking a copy is recorded."""
    actor, today, now = current_actor(), clock.today(), clock.now()
    with reading() as db:
        found = all_agreements(db, actor=actor, filters=read_filters(request.form), today=today)
    content = sheet_of(
        found, language=reader_language(), today=today, made_at=now, made_for=actor.name
    )
    with transaction() as db:
        note_export(db, actor=actor, rows=len(found), now=now)
    name = _("agreements")
    answer = FlaskResponse(content, mimetype=XLSX, headers={"Cache-Control": "private, no-store"})
    name_file(answer, f"{name}-{today.isoformat()}.xlsx")
    return answer


@bp.post("/agreements/follow-up")
@requires(events_policy.may_plan)
def follow_up() -> Answer:
    """Makes a draft webinar about the ticked agreements, with the countries that are responsible
    (R18).
    """
    try:
        with transaction() as db:
            event_id = follow_up_agreements(
                db,
                actor=current_actor(),
                ids=read_ids(request.form.getlist("agreement")),
                now=clock.now(),
            )
    except Refusal as refusal:
        sentence, status = refused(refusal)
        return _list_page(read_filters(request.form), sentence), status
    flash(
        _("A draft is ready and holds its time. Check it, complete it and publish it."), "success"
    )
    return redirect(url_for("events.edit", event_id=event_id), 303)


def _list_page(filters: AgreementFilters, refusal: str = "") -> str:
    actor, today = current_actor(), clock.today()
    with reading() as db:
        page = agreements_page(db, actor=actor, filters=filters, today=today, number=page_asked())
        editions, states = editions_with_agreements(db, actor=actor), countries(db)
    return render_template(
        "followup/agreements/list.html",
        page=page,
        filters=filters,
        editions=editions,
        countries=states,
        refusal=refusal,
        which=wording.WHICH,
        may_follow_up=events_policy.may_plan(actor),
        ticked=_ticked(),
        address=lambda number: url_for(
            "agreements.agreements",
            page=number,
            which=filters.which,
            country=filters.country or None,
            edition=filters.edition or None,
        ),
        **WORDS,
    )


def _ticked() -> frozenset[int]:
    return read_ids(typed_fields().getlist("agreement"))
