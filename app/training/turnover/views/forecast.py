"""A country's plan: what comes if nothing is done, beside what comes with the lines that are ticked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput, NotFound, Refusal
from app.planning.cycles.services.plans import add_entry
from app.training.turnover import policy, wording
from app.training.turnover.queries.outlook import CountryOutlook, outlook
from app.training.turnover.rules import drawing, forecast, planning
from app.training.turnover.rules.planning import Basis
from app.training.turnover.values import Estimate, TrainingPlan
from app.training.turnover.views.asked import course_asked, course_kept
from app.training.turnover.views.figures import bp
from app.web.guards import current_actor, requires
from app.web.locale import reader_language

SIZE = (420, 130)
MONTHS_BACK = 12
LINES = ("renew", "cycle", "name")
TICKED = ("renew", "cycle")
"""What a plan begins with: posts are filled by ministries, not by who plans courses."""


@dataclass(frozen=True)
class TrainingLine:
    """A line of the plan that can be ticked, with what it adds by itself."""

    key: str
    count: int
    adds: int
    is_ticked: bool


@dataclass(frozen=True)
class ForecastSide:
    """One of the two panels. `serving` is the base of its figures."""

    plan: TrainingPlan
    certified: Estimate
    serving: int
    panel: drawing.Panel
    points: Sequence[tuple[float, Estimate]]

    def at(self, months: float) -> Estimate:
        return dict(self.points)[months]


@bp.get("/countries/<code>/forecast")
@requires(policy.may_plan_for_some)
def forecast_page(code: str) -> str:
    """Shows both panels; the ticks of the plan are in the address, and move the right one only."""
    actor, language, today = (
        current_actor(),
        reader_language(),
        clock.today(current_actor().timezone),
    )
    with reading() as db:
        found = outlook(
            db, actor=actor, country_code=code, on=today, now=clock.now(), course=course_asked()
        )
    return render_template(
        "training/turnover/forecast.html",
        found=found,
        course=course_asked(),
        month=wording.month_name(forecast.months_ahead(today), language),
        floor=forecast.FLOOR,
        percent=wording.percent,
        missing=forecast.missing_to_floor(found.now),
        may_plan=policy.may_put_cycles(actor),
        number=lambda value: wording.decimal(value, language),
        short_day=lambda on: wording.short_day(on, language),
        month_of=lambda on: wording.month_name(on, language),
        **_panels(found),
    )


@bp.post("/countries/<code>/cycle")
@requires(policy.may_put_cycles)
def plan_cycle(code: str) -> BaseResponse:
    """Puts the country's next cycle into the annual plan as a draft entry."""
    actor, today = current_actor(), clock.today(current_actor().timezone)
    back = url_for("turnover.forecast_page", code=code, course=course_kept())
    with reading() as db:
        found = outlook(
            db,
            actor=actor,
            country_code=code,
            on=today,
            now=clock.now(),
            course=course_asked(),
            is_tested=False,
        )
    if found.cycle is None:
        raise NotFound
    year = found.cycle.begins_on.year
    plan_page = url_for("cycles.annual_plan", year=year)
    try:
        with transaction() as db:
            add_entry(
                db,
                actor=actor,
                year=year,
                draft=wording.cycle_entry(found.cycle, found.country.name),
                now=clock.now(),
            )
    except InvalidInput:
        # An approved plan takes an amendment only with the Decision that it rests on.
        flash(
            _(
                "The plan of %(year)s is approved. Add the cycle there with its Decision.",
                year=year,
            ),
            "warning",
        )
        return redirect(url_for("cycles.new_entry", year=year), 303)
    except Refusal as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
        return redirect(back, 303)
    flash(
        Markup('{} <a href="{}">{}</a>').format(
            _("The cycle stands in the draft of the plan of %(year)s.", year=year),
            plan_page,
            _("See the plan"),
        ),
        "success",
    )
    return redirect(back, 303)


def _panels(found: CountryOutlook) -> dict[str, object]:
    """Returns the panels, the lines of the plan, and what the ticked ones come to."""
    if found.nothing is None:
        return {"nothing": None}
    today = found.figures.series[-1].on
    basis = Basis(found.now, found.figures.exposure, found.figures.ends, found.prior)
    full = planning.full_plan(
        basis,
        found.cycle,
        today=today,
        vacant=found.vacant,
        completion=found.completion.share,
    )
    seats = request.args.get("seats", type=int)
    if seats is not None:
        full = replace(full, seats=max(0, min(seats, basis.untrained)))
    ticked = request.args.getlist("line") if "planned" in request.args else TICKED
    single = {
        "renew": replace(full, seats=0, named=0),
        "cycle": replace(full, renewed=0, named=0),
        "name": replace(full, renewed=0, seats=0),
    }
    counts = {"renew": full.renewed, "cycle": full.seats, "name": full.named}
    plan = TrainingPlan(
        renewed=full.renewed if "renew" in ticked else 0,
        seats=full.seats if "cycle" in ticked else 0,
        named=full.named if "name" in ticked else 0,
        completion=full.completion,
        certified_in=full.certified_in,
    )
    series = found.figures.series[-MONTHS_BACK - 1 :]
    sides = [(forecast.NOTHING, found.now.serving), (plan, found.now.serving + plan.named)]
    points = [planning.course_of(basis, one, range(forecast.AHEAD_MONTHS + 1)) for one, _n in sides]
    shares = [forecast.FLOOR, *(value for one in series for value in (one.low, one.high) if value)]
    for (_plan, serving), own in zip(sides, points, strict=True):
        shares += [value / serving for _month, at in own for value in (at.low, at.high)]
    scale = drawing.scale_of(shares)
    left, right = (
        ForecastSide(
            plan=one,
            certified=own[-1][1],
            serving=serving,
            panel=drawing.panel(series, own, serving=serving, scale=scale, size=SIZE),
            points=own,
        )
        for (one, serving), own in zip(sides, points, strict=True)
    )
    return {
        "nothing": left,
        "planned": right,
        "lines": [
            TrainingLine(
                key=key,
                count=counts[key],
                adds=round(planning.gain(basis, single[key])),
                is_ticked=key in ticked,
            )
            for key in LINES
            if counts[key] or (key == "cycle" and found.cycle)
        ],
        "reached": planning.reaches_floor(basis, plan, today, forecast.FLOOR),
        "untrained": basis.untrained,
        "ending": basis.ending,
        "first": series[0].on,
    }
