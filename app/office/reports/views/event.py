"""The report of an event as a page and as a PDF."""

from uuid import UUID

from flask import Response, render_template, request

from app.followup.agreements.wording import BODIES, STATUSES, VERBS
from app.infra import clock
from app.infra.database import reading
from app.infra.files import files
from app.office.reports import queries
from app.office.reports.tasks import drawn
from app.office.reports.values import Audience
from app.office.reports.views import bp
from app.participation.surveys.wording import OPEN_QUESTION, QUESTIONS
from app.web.downloads import name_file
from app.web.guards import current_actor, requires, signed_in
from app.web.locale import reader_language


@bp.get("/events/<uuid:event_id>/report")
@requires(signed_in)
def event_report(event_id: UUID) -> str:
    """With every figure, since its readers hold the names; those that a copy to hand on does not
    show are marked.
    """
    with reading() as db:
        report = queries.event_report(
            db,
            actor=current_actor(),
            event_id=event_id,
            today=clock.today(),
            audience=Audience.OFFICE,
        )
        kept = queries.report_file(db, event_id=event_id, language=reader_language())
    return render_template(
        "office/reports/event_report.html",
        report=report,
        event=report.event,
        kept=kept,
        verbs=VERBS,
        statuses=STATUSES,
        bodies=BODIES,
        questions=QUESTIONS,
        open_question=OPEN_QUESTION,
        is_to_come=report.event.starts_at is not None and report.event.starts_at > clock.now(),
    )


@bp.get("/events/<uuid:event_id>/report.pdf")
@requires(signed_in)
def event_report_pdf(event_id: UUID) -> Response:
    """To hand on: as it was kept when the event was closed; before that, or when that file is lost,
    as it stands now. With `?for=office`, every figure as it stands now, for those who hold the
    names.
    """
    is_for_office = request.args.get("for") == Audience.OFFICE
    audience = Audience.OFFICE if is_for_office else Audience.HANDED_ON
    with reading() as db:
        report = queries.event_report(
            db, actor=current_actor(), event_id=event_id, today=clock.today(), audience=audience
        )
        kept = (
            None
            if is_for_office
            else queries.report_file(db, event_id=event_id, language=reader_language())
        )
    try:
        content = files().get(kept.file_key) if kept else None
    except FileNotFoundError:
        content = None
    content = content or drawn(report, language=reader_language(), made_at=clock.now())
    answer = Response(content, mimetype="application/pdf")
    complete = "-complete" if is_for_office else ""
    name_file(answer, f"report-{event_id}{complete}-{reader_language()}.pdf", inline=True)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
