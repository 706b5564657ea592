"""The countries' holidays: for everybody to read, for a country's focal point to keep. Works
without scripts.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal
from app.kernel.seen import ChangedMeanwhile
from app.planning.holidays import policy
from app.planning.holidays.forms import HolidayForm, HolidayNameForm, answers_of_name
from app.planning.holidays.queries import holidays as queries
from app.planning.holidays.rules import HolidayExists
from app.planning.holidays.services import keeping
from app.planning.holidays.values import HolidayScope
from app.planning.holidays.views import bp
from app.planning.holidays.views.holiday_page import (
    by_month,
    chosen_year,
    country_page,
    scope_words,
    sentence_of,
)
from app.web.errors import STATUS
from app.web.fields import day_in
from app.web.form_token import press_once
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.mistakes import show_refusal

Answer = Response | tuple[str, int]


@bp.get("/holidays")
@requires(anyone)
def holidays() -> str:
    year = chosen_year(clock.today(reader_timezone()))
    with reading() as db:
        countries, years = queries.countries(db), queries.years_listed(db)
        chosen = next((c for c in countries if c.code == request.args.get("country")), None)
        found = queries.holidays_of_year(
            db, year=year, country_code=chosen.code if chosen else None
        )
    mine = [
        country for country in countries if policy.may_keep_holidays(current_actor(), country.code)
    ]
    return render_template(
        "planning/holidays/holidays.html",
        year=year,
        years=sorted({*years, year}),
        countries=countries,
        chosen=chosen,
        months=by_month(found, len(countries), reader_language()),
        mine=mine,
    )


@bp.get("/countries/<country_code>/holidays")
@requires(policy.may_keep_some_holidays)
def country_holidays(country_code: str) -> Answer:
    return country_page(country_code, None)


@bp.post("/countries/<country_code>/holidays")
@requires(policy.may_keep_some_holidays)
def change_holiday(country_code: str) -> Answer:
    """One of the buttons in the list: its name is what to do, its value the day."""
    policy.require_may_keep_holidays(current_actor(), country_code)
    chosen = next((name for name in ACTIONS if name in request.form), None)
    on = day_in(request.form[chosen]) if chosen else None
    if chosen is None or on is None:
        return redirect(url_for("holidays.country_holidays", country_code=country_code), 303)
    try:
        _write(ACTIONS[chosen], country_code, on)
    except Refusal as refusal:
        if refusal.kind not in (Kind.CONFLICT, Kind.INVALID):
            raise
        return country_page(
            country_code,
            None,
            year=on.year,
            refusals=sentence_of(refusal),
            status=STATUS[refusal.kind],
        )
    flash(_("The list of holidays is changed."), "success")
    return _to_list(country_code, on)


@bp.post("/countries/<country_code>/holidays/new")
@requires(policy.may_keep_some_holidays)
def add_holiday(country_code: str) -> Answer:
    form = HolidayForm(request.form)
    form.offer(scope_words(reader_language()))
    if not form.validate():
        return country_page(country_code, form, status=STATUS[Kind.INVALID])
    try:
        press_once(lambda db, _now: _add(db, country_code, form))
    except (InvalidInput, HolidayExists) as refusal:
        status = show_refusal(form, refusal)
        return country_page(country_code, form, status=status)
    flash(_("The holiday is in the list. It warns whoever plans on that day."), "success")
    return _to_list(country_code, form.on.data)


def _add(db: Session, country_code: str, form: HolidayForm) -> str:
    keeping.add_holiday(
        db,
        actor=current_actor(),
        country_code=country_code,
        on=form.on.data,
        name=form.name.data,
        scope=HolidayScope(form.scope.data),
        now=clock.now(),
    )
    return f"{country_code} {form.on.data}"


@bp.get("/countries/<country_code>/holidays/<on>")
@requires(policy.may_keep_some_holidays)
def holiday(country_code: str, on: str) -> Answer:
    return _name_page(country_code, on, None)


@bp.post("/countries/<country_code>/holidays/<on>")
@requires(policy.may_keep_some_holidays)
def rename_holiday(country_code: str, on: str) -> Answer:
    form, day = HolidayNameForm(request.form), _day_in_address(on)
    if not form.validate():
        return _name_page(country_code, on, form, status=STATUS[Kind.INVALID])
    try:
        _write(
            keeping.rename_holiday,
            country_code,
            day,
            name=form.name.data,
            seen=form.seen.data or "",
        )
    except (InvalidInput, ChangedMeanwhile) as refusal:
        stored = url_for("holidays.holiday", country_code=country_code, on=on)
        status = show_refusal(form, refusal, stored=stored)
        return _name_page(country_code, on, form, status=status)
    flash(_("The holiday has its new name."), "success")
    return _to_list(country_code, day)


ACTIONS: dict[str, Callable[..., None]] = {
    "strike-out": keeping.strike_out_holiday,
    "bring-back": keeping.bring_back_holiday,
    "bind": partial(keeping.set_binding, is_binding=True),
    "unbind": partial(keeping.set_binding, is_binding=False),
}


def _write(service: Callable[..., None], country_code: str, on: date, **given: Any) -> None:
    with transaction() as db:
        service(
            db, actor=current_actor(), country_code=country_code, on=on, now=clock.now(), **given
        )


def _day_in_address(on: str) -> date:
    day = day_in(on)
    if day is None:
        raise NotFound
    return day


def _to_list(country_code: str, on: date) -> Response:
    return redirect(
        url_for("holidays.country_holidays", country_code=country_code, year=on.year), 303
    )


def _name_page(
    country_code: str,
    on: str,
    form: HolidayNameForm | None,
    *,
    status: int = 200,
) -> tuple[str, int]:
    policy.require_may_keep_holidays(current_actor(), country_code)
    with reading() as db:
        entry = queries.holiday_of(db, country_code=country_code, on=_day_in_address(on))
    form = form or HolidayNameForm(data=answers_of_name(entry.name))
    html = render_template(
        "planning/holidays/holiday.html",
        entry=entry,
        form=form,
        page_has_errors=status >= 400,  # noqa: PLR2004 - HTTP's own border
    )
    return html, status
