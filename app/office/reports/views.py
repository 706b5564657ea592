"""Reports as pages, PDF and spreadsheets: of an event, and of what a source of funds paid for."""

import re
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from app.followup.agreements.wording import BODIES, STATUSES, VERBS
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.files import files
from app.infra.sheets import SheetPage, workbook
from app.kernel.reference import REFERENCE
from app.kernel.text import N_
from app.office.reports import policy, queries, services
from app.office.reports.tasks import drawn
from app.office.reports.values import Audience, DonorReport
from app.office.reports.wording import when_words
from app.participation.surveys.wording import OPEN_QUESTION, QUESTIONS
from app.planning.events.queries.events import sources
from app.web.downloads import XLSX, copy_mark, name_file
from app.web.guards import Policy, current_actor, requires, signed_in
from app.web.limits import EXPORT, PDF
from app.web.locale import reader_language
from app.web.looking import record_when_sent

bp = Blueprint("reports", __name__)
REPORTS: tuple[tuple[str, str, str, Policy], ...] = (
    (
        N_("Reports to donors"),
        N_("What each source paid for, and who came, by country and without names."),
        "reports.donors",
        policy.may_report_to_donors,
    ),
)
"""The reports that stand on the desk of those who plan, and are found by the search: title, what it
is for, its endpoint and who may read it.
"""


# What a source of funds paid for, year by year: a page, and the same as a spreadsheet.


@bp.get("/funding")
@requires(policy.may_report_to_donors)
def donors() -> str:
    with reading() as db:
        shown = sources(db)
    return render_template("office/reports/donors.html", sources=shown)


@bp.get("/funding/<slug>/report")
@requires(policy.may_report_to_donors)
def donor(slug: str) -> str:
    """Renders every figure, since its readers hold the names, and marks those that the donor's copy
    does not show.
    """
    year = _year(request.args.get("year", ""))
    with reading() as db:
        report = queries.donor_report(
            db, actor=current_actor(), slug=slug, year=year, audience=Audience.OFFICE
        )
    return render_template("office/reports/donor.html", report=report)


@bp.post("/funding/<slug>/report.xlsx")
@requires(policy.may_report_to_donors, costs=EXPORT)
def donor_sheet(slug: str) -> Response:
    """Returns the spreadsheet for the donor. By POST, because taking a copy is recorded."""
    now = clock.now()
    with transaction() as db:
        report = services.export_donor_report(
            db, actor=current_actor(), slug=slug, year=_year(request.form.get("year", "")), now=now
        )
    answer = Response(workbook(_pages(report), made_at=now, mark=copy_mark()), mimetype=XLSX)
    name_file(answer, f"report-{slug}-{report.year}.xlsx")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _year(typed: str) -> int:
    """Returns the year asked for, or this one."""
    this = clock.now().astimezone(REFERENCE).year
    return int(typed) if re.fullmatch("(19|20)[0-9]{2}", typed) else this


def _pages(report: DonorReport) -> list[SheetPage]:
    language = reader_language()
    events = [
        (
            one.title.in_(language),
            when_words(one.starts_at, one.ends_at, one.timezone, language),
            one.placed,
            one.came,
        )
        for one in report.events
    ]
    countries = [
        (
            cell.name.in_(language),
            (_("fewer than 5, or hidden with them") if cell.is_shared else _("not shared"))
            if cell.count is None
            else cell.count,
        )
        for cell in report.countries
    ]
    return [
        SheetPage(
            title=_("Events"),
            heading=(_("Event"), _("When"), _("Had a place"), _("Came")),
            rows=events,
            widths=(60, 60, 12, 12),
        ),
        SheetPage(
            title=_("Countries"),
            heading=(_("Country"), _("Attendances")),
            rows=countries,
            widths=(40, 40),
        ),
    ]


@bp.get("/events/<uuid:event_id>/report")
@requires(signed_in)
def event_report(event_id: UUID) -> str:
    """Renders every figure, since its readers hold the names, and marks those that a copy to hand
    on does not show.
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
@requires(signed_in, costs=PDF)
def event_report_pdf(event_id: UUID) -> Response:
    """Returns the PDF to hand on, as it was kept when the event was closed; before that, or when
    that file is lost, as it is now. With `?for=office`, every figure as it is now, for those who
    hold the names: that copy is recorded, and bears who took it along.
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
    now = clock.now()
    content = content or drawn(
        report,
        language=reader_language(),
        made_at=now,
        mark=copy_mark() if is_for_office else "",
    )
    if is_for_office:
        actor = current_actor()
        record_when_sent(
            lambda db: services.note_complete_report(db, actor=actor, report=report, now=now)
        )
    answer = Response(content, mimetype="application/pdf")
    complete = "-complete" if is_for_office else ""
    name_file(answer, f"report-{event_id}{complete}-{reader_language()}.pdf", inline=True)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
