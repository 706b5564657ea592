"""Official holidays of the Member Countries: dates from the library `holidays`, which follows the
decrees; names from `reference/holiday_names.csv`.

The library gives Mexico the seven days of its labour law; the two of Holy Week on which offices
close all the same stand here. What only the capital keeps is regional. A row that a person has
changed is never changed by loading, and one that was struck out does not return.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

import holidays
from dateutil.easter import easter
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.body import current_body
from app.kernel.reference import FOLDER
from app.kernel.text import LocalizedText, in_every_language
from app.people.directory.queries.reference import country_codes
from app.planning.holidays.models import CountryHoliday
from app.planning.holidays.values import HolidayScope

PUBLIC = ("public",)
CATEGORIES = {
    "CA": ("public", "government"),  # what the federal government keeps, not the provinces
    "CR": ("public", "optional"),  # unpaid ones close offices too
    "PA": ("public", "bank"),  # Carnival Monday and the day of the flag
    "US": ("government",),  # without election days
}
CAPITALS = {"CA": "ON", "NI": "MN", "SV": "SS", "US": "DC"}
OFFICES_CLOSE = {  # by custom, without a law: days from Easter Sunday
    "MX": (
        (-3, LocalizedText(es="Jueves Santo", en="Maundy Thursday")),
        (-2, LocalizedText(es="Viernes Santo", en="Good Friday")),
    )
}
REST_DAY = LocalizedText(es="%s (día de descanso)", en="%s (observed)")
MARKS_OF_REST = (" (observed)", " (puente)")  # as the library writes it
LIBRARY, CUSTOM = "python-holidays", "custom"
FORMER_SOURCE = "national labour law, general list"  # of rows loaded before the library was used


@dataclass(frozen=True)
class OfficialHoliday:
    """`source` is the library with its version, or custom; people read it beside the holiday."""

    country: str
    on: date
    name: LocalizedText
    scope: HolidayScope
    source: str


Names = dict[tuple[str, str], tuple[LocalizedText, HolidayScope]]
"""By country ("" for all) and the library's name: our name, and who keeps the day."""


def load_official_holidays(db: Session, *, years: range) -> None:
    """Adds the official holidays that are missing. Rows loaded before and not changed by a person
    follow the library: they are renamed, or removed when it no longer has them.
    """
    rows = {(row.country_code, row.on): row for row in db.scalars(select(CountryHoliday))}
    countries = country_codes(db)  # an office may have left one out
    official = {
        (holiday.country, holiday.on): holiday
        for holiday in official_holidays(years)
        if holiday.country in countries
    }
    for key, holiday in official.items():
        row = rows.get(key)
        if row is None:
            row = CountryHoliday(country_code=holiday.country, on=holiday.on)
            db.add(row)
        elif not _follows_the_library(row) or (row.name, row.scope) == (
            holiday.name,
            holiday.scope,
        ):
            continue
        row.name, row.scope, row.source = holiday.name, holiday.scope, holiday.source
    for key, row in rows.items():
        if key not in official and row.on.year in years and _follows_the_library(row):
            db.delete(row)
    db.flush()


def _follows_the_library(row: CountryHoliday) -> bool:
    is_loaded = row.source in (CUSTOM, FORMER_SOURCE) or row.source.startswith(LIBRARY)
    return row.changed_at is None and is_loaded


def official_holidays(years: Iterable[int]) -> Iterator[OfficialHoliday]:
    """Yields the holidays of the body's countries, one for each country and day."""
    names = names_in(FOLDER / "holiday_names.csv")
    yielded = set()
    for country in current_body().countries:
        for holiday in _of_country(country.code, tuple(years), names):
            if (holiday.country, holiday.on) not in yielded:
                yielded.add((holiday.country, holiday.on))
                yield holiday


def _of_country(code: str, years: tuple[int, ...], names: Names) -> Iterator[OfficialHoliday]:
    categories = CATEGORIES.get(code, PUBLIC)
    yield from _from_library(code, years, names, categories=categories)
    for days, name in OFFICES_CLOSE.get(code, ()):
        for year in years:
            on = easter(year) + timedelta(days=days)
            yield OfficialHoliday(
                country=code, on=on, name=name, scope=HolidayScope.NATIONAL, source=CUSTOM
            )
    if code in CAPITALS:
        with_capital = tuple(dict.fromkeys((*categories, *PUBLIC)))
        for holiday in _from_library(
            code, years, names, categories=with_capital, capital=CAPITALS[code]
        ):
            if holiday.scope is HolidayScope.REGIONAL:
                yield holiday


def _from_library(
    code: str,
    years: tuple[int, ...],
    names: Names,
    *,
    categories: tuple[str, ...],
    capital: str | None = None,
) -> Iterator[OfficialHoliday]:
    source = f"{LIBRARY} {version('holidays')}"
    tables = [
        holidays.country_holidays(
            code, subdiv=capital, years=years, categories=categories, language=language
        )
        for language in _languages(code)
    ]
    for on, library_name in sorted(tables[0].items()):
        name, scope = named(code, library_name, tables[-1][on], names)
        yield OfficialHoliday(country=code, on=on, name=name, scope=scope, source=source)


def _languages(code: str) -> tuple[str | None, ...]:
    """Returns the language that the library writes the country's holidays in, and English after it
    where that is Spanish.

    Always given: without one the library takes the language of the machine's environment.
    """
    country = holidays.country_holidays(code)
    return ("es", "en_US") if "es" in country.supported_languages else (country.default_language,)


def named(
    code: str, library_name: str, english: str, names: Names
) -> tuple[LocalizedText, HolidayScope]:
    """Returns name and scope of a day of the library, whose name may join two holidays and days of
    rest. One that is not among `names` keeps the library's words and is national.
    """
    parts = [_named_part(code, part, names) for part in library_name.split("; ")]
    if any(part is None for part in parts):
        return LocalizedText(es=library_name, en=english), HolidayScope.NATIONAL
    texts = [part[0] for part in parts if part]
    is_regional = all(part[1] is HolidayScope.REGIONAL for part in parts if part)
    name = in_every_language(lambda language: "; ".join(text[language] for text in texts))
    return name, HolidayScope.REGIONAL if is_regional else HolidayScope.NATIONAL


def _named_part(
    code: str, library_name: str, names: Names
) -> tuple[LocalizedText, HolidayScope] | None:
    base = library_name
    for mark in MARKS_OF_REST:
        base = base.removesuffix(mark)
    known = names.get((code, base)) or names.get(("", base))
    if known is None or base == library_name:
        return known
    name, scope = known
    return LocalizedText(
        {language: REST_DAY[language] % text for language, text in name.items()}
    ), scope


def names_in(path: Path) -> Names:
    """Returns the names of a table in UTF-8 with the columns country, found, name_es, name_en and
    scope.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (row["country"], row["found"]): (
                LocalizedText(es=row["name_es"], en=row["name_en"]),
                HolidayScope(row["scope"]),
            )
            for row in csv.DictReader(file)
        }
