"""Pages of figures: my country, one country, the region, and for authors how far learners come."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.body import counted_course
from app.infra.database import reading, transaction
from app.infra.language import say
from app.infra.platform import platform
from app.kernel.actor import Role
from app.kernel.refusal import Kind, NotFound, Refusal
from app.kernel.small_numbers import SMALLEST_TOLD, is_small, may_split
from app.kernel.text import N_, LocalizedText
from app.participation.invitations.queries.nominations import asked_of
from app.participation.invitations.services.nominating import nominate
from app.people.directory.forms import RosterForm
from app.people.directory.policy import may_choose_names, may_keep_institutions
from app.people.directory.queries import roster
from app.people.directory.queries.roster import countries
from app.people.directory.values import SharedFigures
from app.people.directory.views.reading import note_roster_read
from app.people.directory.wording import KINDS
from app.planning.arranging.views.event import groups_shown
from app.planning.programme.rules import monday_of, mondays
from app.training.learning.policy import may_publish
from app.training.national.policy import may_check
from app.training.national.queries import pages_to_see_to
from app.training.national.values import PageState
from app.training.turnover import policy, wording
from app.training.turnover.queries import figures
from app.training.turnover.queries.funnel import course_funnel
from app.training.turnover.rules import drawing, forecast, survival
from app.training.turnover.rules.funnel import GOAL, GOAL_DAYS, GoalFigure
from app.training.turnover.rules.offices import at_risk
from app.training.turnover.values import CourseName, Coverage, CoveragePart
from app.training.turnover.views.asked import course_asked, course_kept, day_asked
from app.training.turnover.views.offices import (
    FIRST_NAMED,
    office_lines,
    tell_enrolled,
    tell_renewed,
)
from app.web.errors import STATUS
from app.web.fields import numbers_in, uuid_in
from app.web.guards import current_actor, requires, signed_in
from app.web.kept_forms import typed_fields
from app.web.locale import reader_language
from app.web.mistakes import refused
from app.web.paging import addresses, page_asked
from app.web.sent import flash_sent

bp = Blueprint("turnover", __name__)


@dataclass(frozen=True)
class CountryPort:
    """What the page of a country shows of packages above. `matrix_waits` says where its focal point
    stands in answering the matrix, "" where nothing waits.
    """

    matrix_waits: Callable[[Session, str], str]


CHART, SPARK = (400, 110), (130, 34)
WEEKS_AHEAD = 12
AHEAD = 100
"""How far the drawing of a country goes on beyond today, in its units: six months."""
AUDIENCES = {
    "newcomers": ("untrained",),
    "not-certified": ("untrained", "underway"),
    "underway": ("underway",),
    "lapsing": ("lapsing",),
    "certified-left": ("left",),
}
"""To whom a letter to those ticked on a list goes, as letters of a country name them."""


bp.add_app_template_global(counted_course)


@bp.app_template_global()
def own_coverage(course: str) -> figures.OwnCoverage | None:
    """Returns the coverage of the reader's country, for the page of a course that is done: it
    counts them by now.
    """
    actor = current_actor()
    with reading() as db:
        return figures.own_coverage(db, actor=actor, on=clock.today(actor.timezone), course=course)


@bp.app_template_global()
def declared_words(coverage: Coverage | None) -> str:
    return wording.declared_words(coverage, reader_language())


def no_names_page(code: str) -> tuple[str, int]:
    """Returns the page that stands where one about the people of a country would, of one that gives
    no names. The caller made sure that the reader may know this.
    """
    with reading() as db:
        country = roster.country_of(db, code)
    may_declare = policy.may_declare(current_actor(), code)
    html = render_template(
        "training/turnover/no_names.html", country=country, may_declare=may_declare
    )
    return html, STATUS[Kind.MISSING]


@bp.get("/my-country")
@requires(signed_in)
def my_country() -> BaseResponse | str:
    """Redirects to the country whose focal point the reader is; shows a sentence to everybody else."""
    codes = sorted(current_actor().scopes(Role.FOCAL_POINT))
    if len(codes) == 1:
        return redirect(url_for("turnover.country", code=codes[0]))
    return render_template("training/turnover/my_country.html", codes=codes)


@bp.get("/countries/<code>")
@requires(policy.may_see_region)
def country(code: str) -> str:
    return country_page(code)


def country_page(code: str, form: RosterForm | None = None, refusal: Refusal | None = None) -> str:
    """Renders the page of a country; `form` and `refusal`: the answers that it could not save, and
    why.
    """
    actor, language, course = current_actor(), reader_language(), course_asked()
    form = form or RosterForm(typed_fields(url_for("directory.answer_roster", code=code)))
    today = clock.today(actor.timezone)
    on, mistake = day_asked()
    is_past = on < today
    with reading() as db:
        report = figures.country_report(db, actor=actor, country_code=code, on=on, course=course)
        counted = _counted_course(db, course)
        waits = platform().port(CountryPort).matrix_waits(db, code) if report.is_inside else ""
        page_to_see_to = _page_to_see_to(db, report)
        to_confirm = () if is_past else _to_confirm(db, report)
        if to_confirm:
            form.keep({row.appointment_id: row.choice for row in to_confirm})
            note_roster_read(db, code)
    may_act = report.is_inside and policy.may_answer_for(actor, code) and not is_past
    institutions = at_risk(report.institutions or ())
    return render_template(
        "training/turnover/country.html",
        report=report,
        receives=False,
        country_code=code,
        marked=_people_ticked(code),
        counted=counted,
        waits=waits,
        page_to_see_to=page_to_see_to,
        to_confirm=to_confirm,
        form=form,
        errors={name: say(language, sentence) for name, sentence in form.errors.items()},
        refusal=say(language, refusal.sentence) if refusal and not form.errors else "",
        missing=forecast.missing_to_floor(report.coverage) if report.coverage else None,
        may_act=may_act,
        may_answer=bool(to_confirm),
        today=today,
        on=on,
        is_past=is_past,
        day_mistake=mistake and _(mistake),
        offices=office_lines(institutions[:FIRST_NAMED], code, on, may_act=may_act),
        offices_in_all=len(report.institutions or ()),
        ahead_month=wording.month_name(forecast.months_ahead(on), language),
        floor=forecast.FLOOR,
        plan_url=url_for(
            "turnover.forecast_page",
            code=code,
            course=course_kept(),
        )
        if policy.may_plan_for(actor, code)
        and report.shared is SharedFigures.ALL
        and not report.gives_no_names
        and not is_past
        else "",
        ahead=AHEAD,
        chart=drawing.trend(report.series, *CHART),
        minimum=survival.MIN_DEPARTURES,
        percent=wording.percent,
        coverage_texts=lambda now: wording.coverage_texts(now, language),
        parts=_parts(report.parts or ()),
        may_add_institution=may_keep_institutions(actor, code),
        may_choose_names=may_choose_names(actor, code) and not is_past,
        may_declare=policy.may_declare(actor, code) and not is_past,
        years=lambda number: wording.decimal(number, language),
        month=lambda on: wording.month_name(on, language),
        short_day=lambda on: wording.short_day(on, language),
    )


@bp.get("/countries/<code>/lists/<name>")
@requires(policy.may_have_country)
def act_list(code: str, name: str) -> str:
    """Lists everybody on one of the lists that the country's page begins."""
    actor, language, course = current_actor(), reader_language(), course_asked()
    with reading() as db:
        found = figures.act_list(
            db,
            actor=actor,
            country_code=code,
            on=clock.today(actor.timezone),
            name=name.replace("-", "_"),
            number=page_asked(),
            course=course,
        )
        note_roster_read(db, code)
        may_act = policy.may_answer_for(actor, code)
        asked = asked_of(db, actor=actor, now=clock.now()) if may_act else ()
    return render_template(
        "training/turnover/act_list.html",
        found=found,
        receives=True,
        country_code=code,
        marked=_people_ticked(code),
        name=name.replace("-", "_"),
        course=course,
        may_act=may_act,
        to_nominate=[one for one in asked if one.country_code == code],
        address=addresses("course"),
        short_day=lambda on: wording.short_day(on, language),
    )


@bp.post("/countries/<code>/enrolments")
@requires(policy.may_enrol_some)
def enrol(code: str) -> BaseResponse:
    """Enrols the ticked officials in the counted course; each is told by letter."""
    tell_enrolled(code, _people_ticked(code), request.form.get("list", ""))
    return redirect(url_for("turnover.country", code=code, course=course_kept()), 303)


@bp.post("/countries/<code>/lists/<name>/letters")
@requires(policy.may_enrol_some)
def write_to_ticked(code: str, name: str) -> BaseResponse:
    """Opens a letter to those ticked on a list."""
    people = _ticked_by(code)
    if not people or name not in AUDIENCES:
        return _nobody_ticked(code, name)
    return redirect(
        url_for("writing.new_country_letter", code=code, to=AUDIENCES[name], person=sorted(people)),
        303,
    )


@bp.post("/countries/<code>/lists/<name>/renewals")
@requires(policy.may_enrol_some)
def renew_ticked(code: str, name: str) -> BaseResponse:
    """Enrols those ticked on a list in the renewal of their certificate; each is told by letter."""
    people = _ticked_by(code)
    if not people:
        return _nobody_ticked(code, name)
    tell_renewed(code, people)
    return redirect(_list_address(code, name), 303)


@bp.post("/countries/<code>/lists/<name>/nominations")
@requires(policy.may_enrol_some)
def nominate_ticked(code: str, name: str) -> BaseResponse:
    """Nominates those ticked on a list for an event that asked the country for names; shows it
    afterwards, where a nomination can be withdrawn.
    """
    actor, people = current_actor(), _ticked_by(code)
    if not people:
        return _nobody_ticked(code, name)
    event_id = uuid_in(request.form.get("event", ""))
    if event_id is None:
        raise NotFound
    try:
        with transaction() as db:
            made = nominate(
                db,
                actor=actor,
                event_id=event_id,
                country_code=code,
                person_ids=people,
                today=clock.today(actor.timezone),
                now=clock.now(),
            )
    except Refusal as refusal:
        flash(refused(refusal)[0], "warning")
        return redirect(_list_address(code, name), 303)
    if made:
        flash_sent(
            ngettext(
                "One person was nominated and will hear of it by mail.",
                "%(num)s people were nominated and will hear of it by mail.",
                len(made),
            )
        )
    else:
        flash(_("Those you ticked are already nominated."), "success")
    return redirect(url_for("invitations.nominations", event_id=event_id, country=code), 303)


def _ticked_by(code: str) -> set[int]:
    """Returns the people ticked by the country's own focal point; to everybody else nothing is
    there.
    """
    if not policy.may_answer_for(current_actor(), code):
        raise NotFound
    return set(numbers_in(request.form.getlist("person")))


def _nobody_ticked(code: str, name: str) -> BaseResponse:
    flash(_("Tick at least one person."), "warning")
    return redirect(_list_address(code, name), 303)


def _list_address(code: str, name: str) -> str:
    """Returns the address of a list; those who take the course stand on that of the untrained."""
    shown = "not-certified" if name == "underway" else name
    return url_for("turnover.act_list", code=code, name=shown, course=course_kept())


@bp.get("/region")
@requires(policy.may_see_region)
def region() -> str:
    actor, course, language = current_actor(), course_asked(), reader_language()
    on = clock.today(actor.timezone)
    weeks = mondays(monday_of(on), WEEKS_AHEAD)
    with reading() as db:
        coverage_of_region = figures.region(db, actor=actor, on=on, course=course)
        counted = _counted_course(db, course)
        steps = figures.course_steps(
            db, actor=actor, countries=coverage_of_region.countries, course=course
        )
        load = figures.calendar_load(db, actor=actor, mondays=weeks)
        most = figures.group_week_limit(db, on)
    countries, whole = coverage_of_region.countries, coverage_of_region.whole
    named = coverage_of_region.named.whole
    return render_template(
        "training/turnover/region.html",
        countries=countries,
        parts=_parts(coverage_of_region.parts or ()),
        counted=counted,
        sparks={each.code: drawing.trend(each.series, *SPARK) for each in countries},
        hides_small=not policy.sees_all_small_cells(actor),
        may_open={each.code for each in countries if policy.may_see_country(actor, each.code)},
        own=actor.scopes(Role.FOCAL_POINT),
        whole=whole,
        whole_texts=wording.coverage_texts(whole, language) if whole.serving else ("", ""),
        named=named,
        named_certified=wording.coverage_texts(named, language)[0] if named.serving else "0",
        recognised=sum(each.coverage.recognised or 0 for each in countries if each.coverage),
        steps=steps,
        smallest=SMALLEST_TOLD,
        load=load,
        marks={one.group.slug: groups_shown([one.group])[0] for one in load if one.group},
        most=most,
        weeks=[wording.day_of_year(monday, language) for monday in weeks],
        ahead_month=wording.month_name(forecast.months_ahead(on), language),
        floor=forecast.FLOOR,
        percent=wording.percent,
        coverage_texts=lambda now: wording.coverage_texts(now, language),
    )


def _parts(parts: Sequence[CoveragePart]) -> Sequence[tuple[str, Coverage]]:
    """Returns the parts with their words; none where there is only one, which says what the whole
    does.
    """
    return (
        ()
        if len(parts) == 1
        else [
            (wording.mandate_part(part.mandate, reader_language()), part.coverage) for part in parts
        ]
    )


def _people_ticked(code: str) -> set[int]:
    """Returns the people ticked; what is no number of a person was not on the page, and is left
    out.
    """
    return set(numbers_in(typed_fields(url_for("turnover.enrol", code=code)).getlist("person")))


def _to_confirm(db: Session, report: figures.CountryReport) -> Sequence[roster.RosterRow]:
    """Returns whom the reader can say something about on the country's page, at most a screenful."""
    actor, code = current_actor(), report.country.code
    if not report.to_confirm or not policy.may_answer_for(actor, code):
        return ()
    return roster.roster_to_confirm(
        db,
        actor=actor,
        country_code=code,
        on=clock.today(actor.timezone),
        people=report.to_confirm,
    )


def _page_to_see_to(db: Session, report: figures.CountryReport) -> PageState | None:
    """Returns the own national page where its focal point has something to do on it."""
    code = report.country.code
    if not report.is_inside or not may_check(current_actor(), code):
        return None
    return next(iter(pages_to_see_to(db, codes=(code,), today=clock.today())), None)


@dataclass(frozen=True)
class CountedCourse:
    """The course whose certificates are counted, what each stands for, and the others that can be
    asked for.
    """

    slug: str
    title: LocalizedText
    extents: Sequence[str]
    others: Sequence[CourseName]


def _counted_course(db: Session, slug: str) -> CountedCourse:
    courses, extents = figures.courses_and_extents(db, slug)
    title = next((course.title for course in courses if course.slug == slug), None)
    if title is None and slug != counted_course():
        raise NotFound
    return CountedCourse(
        slug=slug,
        title=title or LocalizedText(),
        extents=[wording.extent_text(one, reader_language()) for one in extents],
        others=[course for course in courses if course.slug != slug],
    )


# The authors' page of learners: how far they come, where they stop, and the goal of ninety days.

STAGES = (
    N_("Enrolled"),
    N_("Read a first screen"),
    N_("Half of the modules"),
    N_("All modules"),
    N_("Certificate"),
)


@bp.get("/courses/<slug>/funnel")
@requires(may_publish)
def funnel(slug: str) -> str:
    """Shows the funnel of the newest edition, or of the one named, for everybody, a country or a
    kind of institution.

    Counts under five of a part are shown to the secretariat alone.
    """
    actor, language = current_actor(), reader_language()
    with reading() as db:
        places = sorted((one.name.in_(language), one.code) for one in countries(db))
        country = _one_of(request.args.get("country", ""), {code for _name, code in places})
        kind = _one_of(request.args.get("kind", ""), KINDS)
        figures = course_funnel(
            db,
            actor=actor,
            slug=slug,
            today=clock.today(),
            label=request.args.get("edition", ""),
            country=country,
            kind=kind,
        )
    hides = bool(country or kind) and not policy.sees_all_small_cells(actor)
    shows_languages = not hides or not any(
        is_small(part.enrolled) for part in figures.by_language.values()
    )
    return render_template(
        "training/turnover/funnel.html",
        slug=slug,
        found=figures,
        stages=[_(name) for name in STAGES],
        languages=list(figures.by_language) if shows_languages else [],
        hides=hides,
        is_small=is_small,
        fewest=SMALLEST_TOLD,
        goal=None if figures.goal is None or (hides and _points_at(figures.goal)) else figures.goal,
        goal_share=GOAL,
        goal_days=GOAL_DAYS,
        places=[(name, code) for name, code in places if code not in figures.left_out],
        not_counted=[name for name, code in places if code in figures.left_out],
        kinds=[(key, _(name)) for key, name in KINDS.items()],
        chosen={"country": country, "kind": kind, "edition": figures.label},
    )


def _one_of(value: str, known: Container[str]) -> str:
    """Returns the value when it is known, "" otherwise: what is not known narrows nothing."""
    return value if value in known else ""


def _points_at(goal: GoalFigure) -> bool:
    """Returns True where the counts tell of single people, or of each of them."""
    return not may_split((goal.done, goal.base - goal.done))
