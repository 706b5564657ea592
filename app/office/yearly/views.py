"""The year on one page, as PDF and as a spreadsheet."""

import re
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading, transaction
from app.infra.language import date_text
from app.infra.pdf import pdf_of
from app.kernel.actor import Role
from app.kernel.reference import REFERENCE, REFERENCE_ZONE
from app.kernel.text import Language
from app.office.reports.values import Audience
from app.office.yearly import policy, services
from app.office.yearly.exports import sheet_of_year
from app.office.yearly.queries import absent_people, year_report
from app.office.yearly.values import AbsenceKind, CourseOfYear, YearReport
from app.office.yearly.wording import (
    BESIDE_THE_PLAN,
    GOVERNANCE,
    absence_words,
    group_name,
    lead_of,
    months_in,
    told,
)
from app.people.identity.policy import leads_the_region
from app.training.turnover.wording import percent
from app.web.downloads import XLSX, copy_mark, name_file
from app.web.guards import current_actor, requires
from app.web.limits import EXPORT, PDF
from app.web.locale import reader_language
from app.web.render import zone_label

bp = Blueprint("yearly", __name__)
SPEAK_FOR_ONE = {Role.FOCAL_POINT, Role.PRESIDENCY}
FIRST_YEAR = 1996
"""The body's first meeting."""


@bp.get("/year")
@requires(policy.may_read_year)
def year() -> str:
    """Shows this year, or with `?year=2025` another."""
    actor, now = current_actor(), clock.now()
    asked = _asked()
    with reading() as db:
        report = year_report(
            db, actor=actor, year=asked, now=now, audience=policy.audience_of(actor)
        )
        people, missing = absent_people(db, actor=actor, report=report)
    today = now.astimezone(REFERENCE)
    return render_template(
        "office/yearly/year.html",
        **_words(report, reader_language()),
        percent=percent,
        this_month=today.month if report.year == today.year else 0,
        earlier=asked - 1 if asked > FIRST_YEAR else None,
        later=asked + 1 if asked <= today.year else None,
        own={grant.scope for grant in actor.grants if grant.role in SPEAK_FOR_ONE},
        may_write=leads_the_region(actor),
        people=people,
        missing=missing,
        is_whole=policy.audience_of(actor) is Audience.OFFICE,
    )


@bp.post("/year.pdf")
@requires(policy.may_read_year, costs=PDF)
def year_pdf() -> Response:
    """Sends the year as PDF to hand on. By POST, because taking a copy is recorded."""
    language, now = reader_language(), clock.now()
    with transaction() as db:
        report = services.export_year(db, actor=current_actor(), year=_asked(), now=now)
    template = current_app.jinja_env.get_template("office/yearly/print.html")
    html = template.render(**_words(report, language), mark=copy_mark())
    answer = Response(pdf_of(html), mimetype="application/pdf")
    name_file(answer, f"year-{report.year}-{language}.pdf")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/year.xlsx")
@requires(policy.may_read_year, costs=EXPORT)
def year_sheet() -> Response:
    """Sends the year as a spreadsheet to hand on, with what its numbers mean."""
    language, now, actor = reader_language(), clock.now(), current_actor()
    with transaction() as db:
        report = services.export_year(db, actor=actor, year=_asked(), now=now)
    content = sheet_of_year(report, language=language, made_at=now, mark=copy_mark())
    answer = Response(content, mimetype=XLSX)
    name_file(answer, f"year-{report.year}-{language}.xlsx")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _asked() -> int:
    """Returns the year asked for; this one where it is none of the body's."""
    this = clock.now().astimezone(REFERENCE).year
    typed = request.values.get("year", "")
    asked = int(typed) if re.fullmatch("(19|20)[0-9]{2}", typed) else this
    return min(max(asked, FIRST_YEAR), this + 1)


def _words(report: YearReport, language: Language) -> dict[str, Any]:
    looks = {one.slug: f"g{n}" for n, one in enumerate(current_body().working_groups, 1)}
    return {
        "lang": language,
        "report": report,
        "lead": lead_of(report, language),
        "months": months_in(language),
        "told": lambda events: told(events, language),
        "held": CourseOfYear.HELD,
        "cancelled": CourseOfYear.CANCELLED,
        "governance": GOVERNANCE,
        "beside": BESIDE_THE_PLAN,
        "looks": looks,
        "name_of": lambda group: group_name(report, group, language),
        "absent": [(one, *absence_words(one, report, language)) for one in report.absences],
        "gone": (AbsenceKind.NEVER, AbsenceKind.SINCE),
        "day": lambda on: date_text(language, on),
        "zone": zone_label(REFERENCE_ZONE, report.as_of, language),
        "as_of": report.as_of.astimezone(REFERENCE),
    }
