"""What a source of funds paid for, year by year: a page, and the same as a spreadsheet."""

import re

from flask import Response, render_template, request
from flask_babel import gettext as _

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import date_text
from app.infra.sheets import SheetPage, workbook
from app.kernel.reference import REFERENCE
from app.office.reports import policy, queries, services
from app.office.reports.values import Audience, DonorReport
from app.office.reports.views import bp
from app.office.reports.wording import when_words
from app.planning.events.queries.events import sources
from app.web.downloads import XLSX, name_file
from app.web.guards import current_actor, requires
from app.web.locale import reader_language


@bp.get("/funding")
@requires(policy.may_report_to_donors)
def donors() -> str:
    with reading() as db:
        found = sources(db)
    return render_template("office/reports/donors.html", sources=found)


@bp.get("/funding/<slug>/report")
@requires(policy.may_report_to_donors)
def donor(slug: str) -> str:
    """With every figure, since its readers hold the names; those that the donor's copy does not
    show are marked.
    """
    year = _year(request.args.get("year", ""))
    with reading() as db:
        report = queries.donor_report(
            db, actor=current_actor(), slug=slug, year=year, audience=Audience.OFFICE
        )
    return render_template("office/reports/donor.html", report=report)


@bp.post("/funding/<slug>/report.xlsx")
@requires(policy.may_report_to_donors)
def donor_sheet(slug: str) -> Response:
    """By POST, because taking a copy is put on record."""
    now = clock.now()
    with transaction() as db:
        report = services.export_donor_report(
            db, actor=current_actor(), slug=slug, year=_year(request.form.get("year", "")), now=now
        )
    answer = Response(workbook(_pages(report), made_at=now), mimetype=XLSX)
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
            _("fewer than 5, or hidden with them") if cell.count is None else cell.count,
        )
        for cell in report.countries
    ]
    footer = _(
        "Exported by %(name)s on %(day)s",
        name=current_actor().name,
        day=date_text(language, clock.today()),
    )
    return [
        SheetPage(
            title=_("Events"),
            heading=(_("Event"), _("When"), _("Had a place"), _("Came")),
            rows=events,
            footer=footer,
            widths=(60, 60, 12, 12),
        ),
        SheetPage(
            title=_("Countries"),
            heading=(_("Country"), _("Attendances")),
            rows=countries,
            footer=footer,
            widths=(40, 40),
        ),
    ]
