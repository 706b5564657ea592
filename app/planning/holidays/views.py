"""The countries' holidays: for everybody to read, for a country's focal point to keep. Works without scripts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import groupby
from typing import Any

from babel.dates import format_date, format_skeleton
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say, translate
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal
from app.kernel.seen import ChangedMeanwhile
from app.kernel.text import N_, Language, LocalizedText, date_locale
from app.people.directory.queries.roster import CountryName
from app.planning.holidays import policy, queries
from app.planning.holidays.forms import HolidayForm, HolidayNameForm, answers_of_name
from app.planning.holidays.queries import HolidayEntry
from app.planning.holidays.rules import HolidayExists, years_open
from app.planning.holidays.services import keeping
from app.planning.holidays.values import HolidayScope
from app.web.errors import STATUS
from app.web.fields import day_in, number_in
from app.web.form_token import press_once
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.mistakes import show_refusal

bp = Blueprint("holidays", __name__)


# Putting the pages of holidays together: a year by months, and one country's list with its
# form.

FIRST_YEAR, LAST_YEAR = 1990, 2100
SCOPES = {
    HolidayScope.NATIONAL: N_("The whole country"),
    HolidayScope.REGIONAL: N_("Only the capital or a part"),
    HolidayScope.ELECTION: N_("Election day: courses end before it"),
}
SOURCES = {
    "focal-point": N_("The country's focal point"),
    "secretariat": N_("The secretariat"),
    "custom": N_("Offices close by custom"),
}


@dataclass(frozen=True)
class Shared:
    """A holiday of one day with the countries that keep it alike."""

    name: LocalizedText
    countries: tuple[CountryName, ...]
    is_regional: bool
    is_binding: bool


@dataclass(frozen=True)
class HolidayDay:
    on: date
    text: str
    holidays: tuple[Shared, ...]
    is_everybody: bool

    @property
    def count(self) -> int:
        return len({country.code for holiday in self.holidays for country in holiday.countries})


def by_month(
    entries: Iterable[HolidayEntry], countries: int, language: Language
) -> list[tuple[str, list[HolidayDay]]]:
    """Returns the months that have holidays, each with its days; `countries` is how many there are
    in all.
    """
    days = [
        _day(on, tuple(entries_of_day), countries, language)
        for on, entries_of_day in groupby(entries, key=lambda e: e.on)
    ]
    months = groupby(days, key=lambda day: day.on.month)
    return [(_month_name(month, language), list(days_of_month)) for month, days_of_month in months]


def _month_name(month: int, language: Language) -> str:
    name = str(format_date(date(2000, month, 1), "LLLL", locale=date_locale(language)))
    return name[:1].upper() + name[1:]


def _day(
    on: date, entries: Sequence[HolidayEntry], countries: int, language: Language
) -> HolidayDay:
    alike: dict[tuple[LocalizedText, bool, bool], list[CountryName]] = {}
    for entry in entries:
        key = (entry.name, entry.scope is HolidayScope.REGIONAL, entry.is_binding)
        alike.setdefault(key, []).append(entry.country)
    shared = tuple(Shared(name, tuple(who), *marks) for (name, *marks), who in alike.items())
    is_everybody = len(shared) == 1 and len(shared[0].countries) == countries
    return HolidayDay(on, day_text(on, language), shared, is_everybody)


def day_text(on: date, language: Language) -> str:
    """Returns "jue, 25 mar", "Thu, Mar 25"."""
    return str(format_skeleton("MMMEd", on, locale=date_locale(language)))


def chosen_year(today: date) -> int:
    """Returns the year in the address, else this one; in December the next, which is what is being
    planned.
    """
    year = number_in(request.args.get("year", ""), LAST_YEAR)
    if year is not None and year >= FIRST_YEAR:
        return year
    return (today + timedelta(days=31)).year


def scope_words(language: Language) -> dict[str, str]:
    return {scope.value: translate(language, msgid) for scope, msgid in SCOPES.items()}


def sentence_of(refusal: Refusal) -> list[str]:
    """Returns what is wrong, in the reader's language."""
    language = reader_language()
    sentences = refusal.errors.values() if isinstance(refusal, InvalidInput) else [refusal.sentence]
    return [say(language, sentence) for sentence in sentences]


def country_page(
    country_code: str,
    form: HolidayForm | None,
    *,
    year: int | None = None,
    refusals: Sequence[str] = (),
    status: int = 200,
) -> tuple[str, int]:
    """Shows one country's list with what may be done to each day, and the form for one more."""
    policy.require_may_keep_holidays(current_actor(), country_code)
    language = reader_language()
    with reading() as db:
        country = queries.country_called(db, country_code)
        today = clock.today(country.timezone)
        year = year or (form.on.data.year if form and form.on.data else chosen_year(today))
        entries = queries.holidays_of_year(
            db, year=year, country_code=country_code, with_struck_out=True
        )
        years = queries.years_listed(db)
    if form is None:
        form = HolidayForm()
        form.offer(scope_words(language))
    html = render_template(
        "planning/holidays/country_holidays.html",
        country=country,
        entries=entries,
        form=form,
        refusals=refusals,
        today=today,
        year=year,
        years=sorted({*years, *years_open(today), year}),
        page_has_errors=bool(refusals or form.errors),
        day_text=lambda on: day_text(on, language),
        source_text=lambda source: (
            translate(language, SOURCES[source]) if source in SOURCES else source
        ),
    )
    return html, status


# The countries' holidays: for everybody to read, for a country's focal point to keep. Works
# without scripts.

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
    """Takes one of the buttons in the list: its name is what to do, its value the day."""
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
