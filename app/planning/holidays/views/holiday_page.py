"""Putting the pages of holidays together: a year by months, and one country's list with its
form.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from babel.dates import format_date, format_skeleton
from flask import render_template, request

from app.infra import clock
from app.infra.database import reading
from app.infra.language import say, translate
from app.kernel.refusal import InvalidInput, Refusal
from app.kernel.text import N_, Language, LocalizedText, date_locale
from app.people.directory.queries.roster import CountryName
from app.planning.holidays import policy
from app.planning.holidays.forms import HolidayForm
from app.planning.holidays.queries import holidays as queries
from app.planning.holidays.queries.holidays import HolidayEntry
from app.planning.holidays.rules import years_open
from app.planning.holidays.values import HolidayScope
from app.web.fields import number_in
from app.web.guards import current_actor
from app.web.locale import reader_language

FIRST_YEAR, LAST_YEAR = 1990, 2100
SCOPES = {
    HolidayScope.NATIONAL: N_("The whole country"),
    HolidayScope.REGIONAL: N_("Only the capital or a part"),
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
        _day(on, tuple(found), countries, language)
        for on, found in groupby(entries, key=lambda e: e.on)
    ]
    months = groupby(days, key=lambda day: day.on.month)
    return [(_month_name(month, language), list(found)) for month, found in months]


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
    """ "jue, 25 mar", "Thu, Mar 25"."""
    return str(format_skeleton("MMMEd", on, locale=date_locale(language)))


def chosen_year(today: date) -> int:
    """Returns the year in the address, else this one; in December the next, which is what is being
    planned.
    """
    asked = number_in(request.args.get("year", ""), LAST_YEAR)
    if asked is not None and asked >= FIRST_YEAR:
        return asked
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
    """One country's list with what may be done to each day, and the form for one more."""
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
