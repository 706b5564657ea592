"""Pages of figures: my country, one country, the region."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading
from app.kernel.actor import Role
from app.turnover import policy, queries, rules, wording
from app.web.guards import current_actor, requires, signed_in
from app.web.locale import reader_language

bp = Blueprint("turnover", __name__)
CHART, SPARK = (480, 140), (120, 32)


@bp.get("/my-country")
@requires(signed_in)
def my_country() -> BaseResponse | str:
    """To the country whose focal point the reader is; a sentence for everybody else."""
    mine = sorted(current_actor().scopes(Role.FOCAL_POINT))
    if len(mine) == 1:
        return redirect(url_for("turnover.country", code=mine[0]))
    return render_template("turnover/my_country.html", mine=mine)


@bp.get("/countries/<code>")
@requires(policy.may_see_region)
def country(code: str) -> str:
    actor, language = current_actor(), reader_language()
    with reading() as db:
        report = queries.country_report(db, actor=actor, country_code=code, on=clock.today(actor.timezone))
    return render_template(
        "turnover/country.html",
        report=report,
        chart=rules.trend(report.series, *CHART),
        minimum=rules.MIN_DEPARTURES,
        percent=wording.percent,
        years=lambda number: wording.decimal(number, language),
        month=lambda on: wording.month_name(on, language),
        short_day=lambda on: wording.short_day(on, language),
    )


@bp.get("/region")
@requires(policy.may_see_region)
def region() -> str:
    actor = current_actor()
    with reading() as db:
        countries = queries.region(db, actor=actor, on=clock.today(actor.timezone))
    return render_template(
        "turnover/region.html",
        countries=countries,
        sparks={each.code: rules.trend(each.series, *SPARK) for each in countries},
        hides_small=not policy.sees_all_small_cells(actor),
        may_open={each.code for each in countries if policy.may_see_country(actor, each.code)},
        percent=wording.percent,
    )
