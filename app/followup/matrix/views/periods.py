"""The office's page of periods: open one, set its days, close it, and see which countries are silent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.followup.matrix import policy, queries, services, wording
from app.followup.matrix.forms import PeriodForm
from app.followup.matrix.values import CountryProgress, Period, PeriodState
from app.followup.matrix.views import bp
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput, Refusal
from app.people.directory.queries.roster import countries
from app.planning.cycles.queries import editions_for
from app.web.form_token import press_once
from app.web.forms import one_of_many
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import refused, show_refusal

Answer = Response | str | tuple[str, int]
PROPOSED = timedelta(days=30)
"""How long countries write, where the office does not say otherwise."""


@dataclass(frozen=True)
class PeriodCard:
    """A period with how far each country is; `begun` names those that wrote and have not sent,
    `silent` those without a single answer. `form` is None once it is closed.
    """

    period: Period
    months: str
    state: str
    progress: Sequence[tuple[str, CountryProgress]]
    begun: Sequence[str]
    silent: Sequence[str]
    sent: int
    form: PeriodForm | None


@bp.get("/matrix/periods")
@requires(policy.may_run_matrix)
def periods() -> str:
    return _page()


@bp.post("/matrix/periods")
@requires(policy.may_run_matrix)
def open_period() -> Answer:
    form = _opening_form(typed=True)
    if not form.validate():
        return _page(opening=form), 422
    try:
        press_once(
            lambda db, now: services.open_period(
                db, actor=current_actor(), draft=form.draft(), now=now
            )
        )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _page(opening=form), status
    flash(
        _("The period is set up, with a row for everything that each country has open."), "success"
    )
    return redirect(url_for("matrix.periods"), 303)


@bp.post("/matrix/periods/<int:period_id>/days")
@requires(policy.may_run_matrix)
def move_period(period_id: int) -> Answer:
    with reading() as db:
        period = queries.period_of(db, period_id=period_id, today=clock.today())
    form = _days_form(period, typed=True)
    if not form.validate():
        return _page(moving=(period_id, form)), 422
    try:
        with transaction() as db:
            services.move_period(
                db,
                actor=current_actor(),
                period_id=period_id,
                draft=replace(form.draft(), edition=period.edition_slug),
                now=clock.now(),
            )
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return _page(moving=(period_id, form)), status
    except Refusal as refusal:
        sentence, status = refused(refusal)
        return _page(refusal=sentence), status
    flash(_("The days of the period are changed."), "success")
    return redirect(url_for("matrix.periods"), 303)


@bp.post("/matrix/periods/<int:period_id>/closing")
@requires(policy.may_run_matrix)
def close_period(period_id: int) -> Answer:
    with transaction() as db:
        services.close_period(db, actor=current_actor(), period_id=period_id, now=clock.now())
    flash(_("The period is closed. What was not sent is carried over to the next one."), "success")
    return redirect(url_for("matrix.periods"), 303)


def _page(
    *,
    opening: PeriodForm | None = None,
    moving: tuple[int, PeriodForm] | None = None,
    refusal: str = "",
) -> str:
    actor, today, language = current_actor(), clock.today(), reader_language()
    with reading() as db:
        all_periods = queries.periods(db, today=today)
        names = {one.code: one.name.in_(language) for one in countries(db)}
        begun = queries.last_period(db, today=today)
        far = queries.progress(db, actor=actor, period_id=begun.id) if begun else ()
    cards = [_card(one, far if one == begun else (), names, moving) for one in all_periods]
    wrong = opening or (moving[1] if moving else None)
    return render_template(
        "followup/matrix/periods.html",
        cards=cards,
        opening=opening or _opening_form(newest=all_periods[0] if all_periods else None),
        wrong=wrong,
        refusal=refusal,
        page_has_errors=bool(wrong or refusal),
    )


def _card(
    period: Period,
    far: Sequence[CountryProgress],
    names: Mapping[str, str],
    moving: tuple[int, PeriodForm] | None,
) -> PeriodCard:
    is_closed = period.state in (PeriodState.CLOSED, PeriodState.PUBLISHED)
    form = None if is_closed else _days_form(period)
    if moving is not None and moving[0] == period.id:
        form = moving[1]
    named = sorted(((names.get(one.country, one.country), one) for one in far), key=lambda p: p[0])
    return PeriodCard(
        period=period,
        months=wording.months_text(period, reader_language()),
        state=_(wording.PERIOD_STATES[period.state]),
        progress=named,
        begun=[name for name, one in named if not one.is_sent and one.answered + one.new],
        silent=[name for name, one in named if one.agreed and not one.answered + one.new],
        sent=sum(one.is_sent for one in far),
        form=form,
    )


def _days_form(period: Period, typed: bool = False) -> PeriodForm:
    url = url_for("matrix.move_period", period_id=period.id)
    data = {
        "edition": period.edition_slug,
        "covers_from": period.covers_from,
        "opens_on": period.opens_on,
        "closes_on": period.closes_on,
    }
    form = PeriodForm(request.form if typed else None, data=data, meta=one_of_many(url))
    form.edition.choices = [(period.edition_slug, period.edition_slug)]
    if typed:
        form.edition.data = period.edition_slug
    for field in form:
        field.id = f"{field.name}-{period.id}"
    return form


def _opening_form(newest: Period | None = None, typed: bool = False) -> PeriodForm:
    """Returns the form of a new period: it goes on where the last one ended."""
    today = clock.today()
    opens_on = max(today, newest.closes_on + timedelta(days=1)) if newest else today
    data = {
        "covers_from": newest.closes_on + timedelta(days=1) if newest else today - PROPOSED * 6,
        "opens_on": opens_on,
        "closes_on": opens_on + PROPOSED,
    }
    with reading() as db:
        offered = editions_for(db, actor=current_actor())
    form = PeriodForm(
        request.form if typed else None, data=data, meta=one_of_many(url_for("matrix.open_period"))
    )
    form.edition.choices = [(one.slug, one.label) for one in offered]
    return form
