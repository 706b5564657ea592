"""A country and the region as PDF and as a spreadsheet. By POST, because taking a copy is recorded."""

from dataclasses import astuple
from datetime import date

from flask import Response, current_app
from flask_babel import gettext as _

from app.infra import clock
from app.infra.database import transaction
from app.infra.language import date_text
from app.infra.pdf import pdf_of
from app.kernel.small_numbers import is_small
from app.kernel.text import N_, name_key
from app.training.turnover import exports, policy, services, wording
from app.training.turnover.queries.brief import CountryBrief, RegionBrief
from app.training.turnover.rules import drawing, forecast
from app.training.turnover.rules.offices import at_risk
from app.training.turnover.views.asked import course_asked
from app.training.turnover.views.figures import CHART, bp
from app.training.turnover.views.offices import FIRST_NAMED
from app.web.downloads import XLSX, copy_mark, name_file
from app.web.guards import current_actor, requires
from app.web.limits import EXPORT, PDF
from app.web.locale import reader_language

STEPS = (N_("Enrolled"), N_("Began it"), N_("Half of the course"), N_("Completed it"))


@bp.post("/countries/<code>/report.pdf")
@requires(policy.may_see_region, costs=PDF)
def country_pdf(code: str) -> Response:
    """Sends a country's page of figures as PDF, for who decides."""
    brief, language = _country(code), reader_language()
    report = brief.report
    return _pdf(
        "training/turnover/print_country.html",
        f"{code.lower()}-{brief.on.isoformat()}-{language}.pdf",
        brief=brief,
        lead=exports.country_lead(brief, language),
        figures=exports.country_figures(brief, language),
        acts=exports.acts_to_do(report, language),
        offices=at_risk(report.institutions or ())[:FIRST_NAMED],
        reasons=lambda state: exports.office_reasons(state, brief.on, language),
        chart=drawing.trend(report.series, *CHART),
        missing=forecast.missing_to_floor(report.coverage) if report.coverage else None,
        parts=[
            (wording.mandate_part(part.mandate, language), part.coverage)
            for part in report.parts or ()
        ],
        **_shared(brief.on),
    )


@bp.post("/countries/<code>/report.xlsx")
@requires(policy.may_see_region, costs=EXPORT)
def country_sheet(code: str) -> Response:
    """Sends a country's figures as a spreadsheet, with what they mean."""
    brief, language = _country(code), reader_language()
    content = exports.sheet_of_country(
        brief, language=language, made_at=clock.now(), mark=copy_mark()
    )
    return _sent(content, XLSX, f"{code.lower()}-{brief.on.isoformat()}-{language}.xlsx")


@bp.post("/region.pdf")
@requires(policy.may_see_region, costs=PDF)
def region_pdf() -> Response:
    """Sends the region's figures as PDF, as they may be handed on."""
    brief, language = _region(), reader_language()
    left = {country.code: gone for country, gone in brief.movement.countries}
    return _pdf(
        "training/turnover/print_region.html",
        f"region-{brief.on.isoformat()}-{language}.pdf",
        lead=exports.region_lead(brief, language),
        figures=exports.movement_figures(brief.movement.whole, language),
        countries=sorted(
            brief.coverage.countries, key=lambda one: name_key(one.name.in_(language))
        ),
        left=left,
        steps=[
            (_(words), None if is_small(count) else count)
            for words, count in zip(STEPS, astuple(brief.steps), strict=True)
        ],
        **_shared(brief.on),
    )


@bp.post("/region.xlsx")
@requires(policy.may_see_region, costs=EXPORT)
def region_sheet() -> Response:
    """Sends the region's figures as a spreadsheet, with what they mean."""
    brief, language = _region(), reader_language()
    content = exports.sheet_of_region(
        brief, language=language, made_at=clock.now(), mark=copy_mark()
    )
    return _sent(content, XLSX, f"region-{brief.on.isoformat()}-{language}.xlsx")


def _country(code: str) -> CountryBrief:
    actor = current_actor()
    with transaction() as db:
        return services.export_country(
            db,
            actor=actor,
            country_code=code,
            course=course_asked(),
            today=clock.today(actor.timezone),
            now=clock.now(),
        )


def _region() -> RegionBrief:
    actor = current_actor()
    with transaction() as db:
        return services.export_region(
            db,
            actor=actor,
            course=course_asked(),
            today=clock.today(actor.timezone),
            now=clock.now(),
        )


def _shared(on: date) -> dict[str, object]:
    language = reader_language()
    return {
        "lang": language,
        "day": date_text(language, on),
        "floor": forecast.FLOOR,
        "percent": wording.percent,
        "coverage_texts": lambda now: wording.coverage_texts(now, language),
        "ahead_month": wording.month_name(forecast.months_ahead(on), language),
        "month": lambda day: wording.month_name(day, language),
        "day_of": lambda day: date_text(language, day),
        "said": lambda line: exports.figure_words(line, language),
        "meanings": wording.meanings(language),
        "mark": copy_mark(),
        "declared": lambda now: wording.declared_words(now, language),
    }


def _pdf(template: str, name: str, **words: object) -> Response:
    html = current_app.jinja_env.get_template(template).render(**words)
    return _sent(pdf_of(html), "application/pdf", name)


def _sent(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    name_file(answer, name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
