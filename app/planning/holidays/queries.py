"""The holidays of the Member Countries. They are public: nothing here is scoped by actor."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, bindparam, func, select
from sqlalchemy.orm import Session

from app.infra.orm import text_in
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText, languages
from app.people.directory.models import Country
from app.people.directory.queries.roster import CountryName
from app.planning.holidays.models import CountryHoliday
from app.planning.holidays.rules import UnknownHoliday, day_named
from app.planning.holidays.values import HolidayScope
from app.planning.scheduling.values import InvitedCountry


@dataclass(frozen=True)
class HolidayEntry:
    """`source` is where it is known from; `is_observed` false: struck out."""

    country: CountryName
    on: date
    name: LocalizedText
    scope: HolidayScope
    source: str
    is_binding: bool
    is_observed: bool


def countries(db: Session) -> tuple[CountryName, ...]:
    return tuple(
        _named(country)
        for country in db.scalars(select(Country).order_by(text_in(Country.name, languages()[0])))
    )


def country_called(db: Session, code: str) -> CountryName:
    """Refuses with NotFound."""
    country = db.get(Country, code)
    if country is None:
        raise NotFound
    return _named(country)


def holidays_of_year(
    db: Session, *, year: int, country_code: str | None = None, with_struck_out: bool = False
) -> tuple[HolidayEntry, ...]:
    """Returns the holidays in order of date, then country; of one country or of all."""
    statement = (
        select(CountryHoliday, Country)
        .join(Country, Country.code == CountryHoliday.country_code)
        .where(CountryHoliday.on.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(CountryHoliday.on, Country.code)
    )
    if country_code is not None:
        statement = statement.where(Country.code == country_code)
    if not with_struck_out:
        statement = statement.where(CountryHoliday.is_observed)
    return tuple(_entry(holiday, _named(country)) for holiday, country in db.execute(statement))


OBSERVED = (
    select(
        Country.code,
        Country.name.label("country"),
        Country.timezone,
        CountryHoliday.on.label("holiday_on"),
        CountryHoliday.name,
        CountryHoliday.scope,
        CountryHoliday.source,
        CountryHoliday.is_binding,
    )
    .join(Country, Country.code == CountryHoliday.country_code)
    .where(
        CountryHoliday.on.between(
            bindparam("first", type_=Date()), bindparam("last", type_=Date())
        ),
        CountryHoliday.is_observed,
    )
    .order_by(CountryHoliday.on, Country.code)
)


def holidays_between(db: Session, *, first: date, last: date) -> tuple[HolidayEntry, ...]:
    """Returns those that are observed from the first day to the last, in order of date, then
    country.
    """
    rows = db.execute(OBSERVED, {"first": first, "last": last})
    return tuple(
        HolidayEntry(
            country=CountryName(row.code, row.country, row.timezone),
            on=row.holiday_on,
            name=row.name,
            scope=HolidayScope(row.scope),
            source=row.source,
            is_binding=row.is_binding,
            is_observed=True,
        )
        for row in rows
    )


def holiday_of(db: Session, *, country_code: str, on: date) -> HolidayEntry:
    """Returns one day of a country. Refuses with UnknownHoliday."""
    holiday = db.get(CountryHoliday, (country_code, on))
    if holiday is None:
        raise UnknownHoliday(on=day_named(on))
    return _entry(holiday, country_called(db, country_code))


def years_listed(db: Session) -> tuple[int, ...]:
    """Returns the years from the first holiday in the list to the last."""
    first = db.scalar(select(func.min(CountryHoliday.on)))
    last = db.scalar(select(func.max(CountryHoliday.on)))
    return tuple(range(first.year, last.year + 1)) if first and last else ()


def _named(country: Country) -> CountryName:
    return CountryName(country.code, country.name, country.timezone)


def _entry(holiday: CountryHoliday, country: CountryName) -> HolidayEntry:
    return HolidayEntry(
        country=country,
        on=holiday.on,
        name=holiday.name,
        scope=HolidayScope(holiday.scope),
        source=holiday.source,
        is_binding=holiday.is_binding,
        is_observed=holiday.is_observed,
    )


# The countries of the region, for whoever plans.

COUNTRIES = select(Country.code, Country.name, Country.timezone).order_by(Country.code)


def invited_countries(db: Session) -> tuple[InvitedCountry, ...]:
    """Returns all countries of the region, each with the time zone of its capital."""
    return tuple(InvitedCountry(*row) for row in db.execute(COUNTRIES))
