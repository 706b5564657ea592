"""The general plan of an edition: a page, a sheet, a PDF, and an activity that becomes a webinar."""

from datetime import date

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.followup.agreements.queries.agreements import activity_of_webinar
from app.followup.agreements.services.activities import plan_webinar
from app.followup.agreements.values import UNSETTLED, AgreementView, Status
from app.followup.general_plan import exports
from app.followup.general_plan.queries import GeneralPlanPage, general_plan_page
from app.followup.general_plan.rules import partners_of, progress_of
from app.followup.general_plan.services import export_general_plan
from app.followup.plans.exports import period_of
from app.followup.plans.policy import may_read_plans
from app.followup.plans.queries import general_plan
from app.followup.plans.values import PlannedActivity, PlanState
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import site_address
from app.infra.pdf import pdf_of
from app.kernel.refusal import NotFound, Refusal
from app.kernel.text import Language, languages
from app.people.identity.policy import leads_the_region
from app.planning.arranging.wording import GENDER_MARKERS
from app.planning.cycles.queries import edition_of
from app.planning.events import policy as events_policy
from app.planning.events.values import EventDetail, LinkRole
from app.planning.scheduling.wording import sentence
from app.web.downloads import XLSX, copy_mark, name_file
from app.web.fields import number_in
from app.web.guards import current_actor, requires
from app.web.limits import EXPORT, PDF
from app.web.locale import language_name, reader_language, reader_timezone
from app.web.mistakes import refused
from app.web.render import short_day_text

bp = Blueprint("general_plan", __name__)
Answer = Response | tuple[str, int]

MOST_COLUMNS = 4
"""Validated tables that get a column each; more of them share one."""
BAR = 400
"""Length of the whole bar of progress, in units of its drawing."""
LOOKS = 4
"""How many colours there are for tables."""


@bp.get("/editions/<slug>/general-plan")
@requires(may_read_plans)
def plan(slug: str) -> str:
    return _page(slug)


@bp.get("/editions/<slug>/general-plan.pdf")
@requires(may_read_plans, costs=PDF)
def pdf(slug: str) -> FlaskResponse:
    """Returns the plan as it is now, in the reader's language or in the one of `?in=`."""
    asked = request.args.get("in", "")
    language = asked if asked in languages() else reader_language()
    today = clock.today()
    with reading() as db:
        edition = edition_of(db, actor=current_actor(), slug=slug)
        shown = general_plan(db, actor=current_actor(), slug=slug)
    template = current_app.jinja_env.get_template("followup/general_plan/print.html")
    paper = exports.paper_of_plan(
        shown, edition, language=language, today=today, address=site_address()
    )
    answer = FlaskResponse(pdf_of(template.render(paper)), mimetype="application/pdf")
    name_file(answer, f"{_file_name(slug, language)}.pdf", inline=True)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/editions/<slug>/general-plan/sheet")
@requires(may_read_plans, costs=EXPORT)
def sheet(slug: str) -> FlaskResponse:
    """Returns XLSX, or CSV where that was pressed. A POST, because taking a copy is recorded."""
    actor, now, language = current_actor(), clock.now(), reader_language()
    with transaction() as db:
        shown = export_general_plan(db, actor=actor, slug=slug, now=now)
    is_csv = request.form.get("format") == "csv"
    if is_csv:
        content = exports.csv_of_plan(shown, language=language, mark=copy_mark())
    else:
        content = exports.sheet_of_plan(shown, language=language, made_at=now, mark=copy_mark())
    answer = FlaskResponse(content, mimetype="text/csv" if is_csv else XLSX)
    name_file(answer, f"{_file_name(slug, language)}.{'csv' if is_csv else 'xlsx'}")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/editions/<slug>/general-plan/webinars")
@requires(events_policy.may_plan)
def webinar(slug: str) -> Answer:
    """Makes the draft of a webinar of one activity, which holds its time from then on."""
    activity_id = number_in(request.form.get("activity", ""))
    if activity_id is None:
        return _page(slug, _("Choose the activity that becomes a webinar.")), 422
    try:
        with transaction() as db:
            event_id = plan_webinar(
                db,
                actor=current_actor(),
                activity_id=activity_id,
                now=clock.now(),
            )
    except NotFound:
        raise
    except Refusal as refusal:
        sentence, status = refused(refusal)
        return _page(slug, sentence), status
    flash(
        _("A draft is ready and holds its time. Check it, complete it and publish it."), "success"
    )
    return redirect(url_for("events.edit", event_id=event_id), 303)


@bp.app_context_processor
def _inserts() -> dict[str, object]:
    return {"planned_of": planned_of}


def planned_of(event: EventDetail) -> AgreementView | None:
    """Returns the activity that an event was planned of, for those who read plans. Such an event
    follows a congress up.
    """
    is_follow_up = any(link.role is LinkRole.FOLLOW_UP for link in event.links)
    if not is_follow_up or not may_read_plans(current_actor()):
        return None
    with reading() as db:
        return activity_of_webinar(db, actor=current_actor(), event_id=event.id)


def _file_name(slug: str, language: Language) -> str:
    return f"general-plan-{slug}-{language}"


def _page(slug: str, refusal: str = "") -> str:
    actor, today, language = current_actor(), clock.today(), reader_language()
    with reading() as db:
        page = general_plan_page(db, actor=actor, slug=slug, now=clock.now())
    validated = [one for one in page.plan.tables if one.state is PlanState.VALIDATED]
    progress, overdue = progress_of(page.plan, today), page.plan.overdue(today)
    return render_template(
        "followup/general_plan/plan.html",
        page=page,
        refusal=refusal,
        page_has_errors=bool(refusal),
        validated=validated,
        columns=_columns(page),
        progress=progress,
        figures=exports.figures_of(progress),
        period=period_of((one.activity.due for one in page.plan.activities), language),
        this_month=today.replace(day=1),
        today=today,
        meets=partners_of(page.plan.clashes),
        alike=partners_of(page.plan.duplicates),
        overdue=overdue,
        settle_count=sum(
            map(
                len,
                (
                    page.plan.clashes,
                    overdue,
                    page.plan.duplicates,
                    page.foreseen_twice,
                    page.against_weeks,
                ),
            )
        ),
        events=sum(len(month.events) for month in page.months),
        done_width=round(BAR * progress.done / progress.total, 1) if progress.total else 0,
        by_number={one.number: one for one in page.plan.activities},
        looks={
            table.work_table_id: 1 + place % LOOKS for place, table in enumerate(page.plan.tables)
        },
        drafts_of={one.id: one for one in page.drafts.plans},
        open_ones=_to_become_webinars(page, today)
        if events_policy.may_plan(actor)
        else frozenset(),
        other_languages=[one for one in languages() if one != language],
        codes=exports.codes_of,
        done_in=lambda table: sum(
            one.plan.id == table.id and one.activity.status is Status.DONE
            for one in page.plan.activities
        ),
        month_name=lambda on: short_day_text(on, "MMM", language),
        said=lambda finding: sentence(
            finding,
            reader_timezone=reader_timezone(),
            may_see_title=leads_the_region(actor),
        ),
        day_name=lambda on: short_day_text(on, "MMMd", language),
        language_name=language_name,
        markers=GENDER_MARKERS.values(),
    )


def _columns(page: GeneralPlanPage) -> list[frozenset[int]]:
    """Returns the ids of the plans in each column: one each, or all in one where they are many."""
    ids = [one.id for one in page.plan.tables if one.state is PlanState.VALIDATED]
    return [frozenset({one}) for one in ids] if len(ids) <= MOST_COLUMNS else [frozenset(ids)]


def _to_become_webinars(page: GeneralPlanPage, today: date) -> frozenset[int]:
    """Returns the ids of the activities that may become a webinar by one press: open, still to come
    and none yet.
    """

    def is_open(one: PlannedActivity) -> bool:
        return one.activity.status in UNSETTLED and not one.activity.is_overdue(today)

    return frozenset(
        one.activity.id
        for one in page.plan.activities
        if is_open(one) and one.activity.id not in page.webinars
    )
