"""Pages of figures: my country, one country, the region."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading
from app.kernel.actor import Role
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory.services.lookup import record_roster_read
from app.training.turnover import policy, queries, rules, wording
from app.training.turnover.values import COUNTED_COURSE, CourseName
from app.web.guards import current_actor, requires, signed_in
from app.web.locale import reader_language
from app.web.looking import record_when_sent
from app.web.paging import addresses, page_asked

bp = Blueprint("turnover", __name__)
CHART, SPARK = (480, 140), (120, 32)


@bp.get("/my-country")
@requires(signed_in)
def my_country() -> BaseResponse | str:
    """To the country whose focal point the reader is; a sentence for everybody else."""
    mine = sorted(current_actor().scopes(Role.FOCAL_POINT))
    if len(mine) == 1:
        return redirect(url_for("turnover.country", code=mine[0]))
    return render_template("training/turnover/my_country.html", mine=mine)


@bp.get("/countries/<code>")
@requires(policy.may_see_region)
def country(code: str) -> str:
    actor, language, course = current_actor(), reader_language(), _course()
    with reading() as db:
        report = queries.country_report(
            db, actor=actor, country_code=code, on=clock.today(actor.timezone), course=course
        )
        counted = _counted(db, course)
    return render_template(
        "training/turnover/country.html",
        report=report,
        counted=counted,
        chart=rules.trend(report.series, *CHART),
        minimum=rules.MIN_DEPARTURES,
        percent=wording.percent,
        years=lambda number: wording.decimal(number, language),
        month=lambda on: wording.month_name(on, language),
        short_day=lambda on: wording.short_day(on, language),
    )


@bp.get("/countries/<code>/lists/<name>")
@requires(policy.may_have_country)
def act_list(code: str, name: str) -> str:
    """Everybody on one of the lists that the country's page begins."""
    actor, language, course = current_actor(), reader_language(), _course()
    with reading() as db:
        found = queries.act_list(
            db,
            actor=actor,
            country_code=code,
            on=clock.today(actor.timezone),
            name=name.replace("-", "_"),
            number=page_asked(),
            course=course,
        )
    now = clock.now()
    record_when_sent(lambda db: record_roster_read(db, actor=actor, country_code=code, now=now))
    return render_template(
        "training/turnover/act_list.html",
        found=found,
        name=name.replace("-", "_"),
        course=course,
        address=addresses("course"),
        short_day=lambda on: wording.short_day(on, language),
    )


@bp.get("/region")
@requires(policy.may_see_region)
def region() -> str:
    actor, course = current_actor(), _course()
    with reading() as db:
        countries = queries.region(db, actor=actor, on=clock.today(actor.timezone), course=course)
        counted = _counted(db, course)
    return render_template(
        "training/turnover/region.html",
        countries=countries,
        counted=counted,
        sparks={each.code: rules.trend(each.series, *SPARK) for each in countries},
        hides_small=not policy.sees_all_small_cells(actor),
        may_open={each.code for each in countries if policy.may_see_country(actor, each.code)},
        percent=wording.percent,
    )


@dataclass(frozen=True)
class CountedCourse:
    """The course whose certificates are counted, what each stands for, and the others that can be
    asked for.
    """

    slug: str
    title: LocalizedText
    extents: Sequence[str]
    others: Sequence[CourseName]


def _course() -> str:
    return request.args.get("course", COUNTED_COURSE)


def _counted(db: Session, slug: str) -> CountedCourse:
    courses = queries.courses(db)
    title = next((course.title for course in courses if course.slug == slug), None)
    if title is None and slug != COUNTED_COURSE:
        raise NotFound
    extents = [wording.extent_text(one, reader_language()) for one in queries.extents_of(db, slug)]
    return CountedCourse(
        slug,
        title or LocalizedText(),
        extents,
        [course for course in courses if course.slug != slug],
    )
