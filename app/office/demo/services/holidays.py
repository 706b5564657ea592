"""The Member Countries' holidays: dates from the library `holidays`, which follows the decrees,
words of our own.

The library gives Mexico the seven days of its labour law; reference/holidays.csv adds the two on which
offices close all the same. What only the capital keeps is regional. Rows that a person has touched
are never changed, and never come back.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import holidays
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.body import current_body
from app.kernel.reference import FOLDER
from app.kernel.text import LocalizedText, in_every_language
from app.office.demo.rules import holiday_date, read_holidays
from app.people.directory.models import Country
from app.planning.holidays.models import CountryHoliday

PUBLIC = ("public",)
CATEGORIES = {
    "CA": ("public", "government"),  # what the federal government keeps, not the provinces
    "CR": ("public", "optional"),  # unpaid ones close offices too
    "PA": ("public", "bank"),  # Carnival Monday and the day of the flag
    "US": ("government",),  # without election days
}
CAPITALS = {"CA": "ON", "NI": "MN", "SV": "SS", "US": "DC"}
REST_DAY = LocalizedText(es="%s (día de descanso)", en="%s (observed)")
MARKS_OF_REST = (" (observed)", " (puente)")
SOURCE, CUSTOM, FORMER_SOURCE = "python-holidays", "custom", "national labour law, general list"


@dataclass(frozen=True)
class SeedHoliday:
    country: str
    on: date
    name: LocalizedText
    scope: str
    source: str


Words = dict[tuple[str, str], tuple[LocalizedText, str]]


def seed_holidays(db: Session, *, years: range) -> None:
    """Adds what is missing; of the rows it wrote itself and nobody touched, mends what the library
    says otherwise.
    """
    known = {(row.country_code, row.on): row for row in db.scalars(select(CountryHoliday))}
    there = set(db.scalars(select(Country.code)))  # an office may have left one out
    wanted = {
        (seed.country, seed.on): seed for seed in national_holidays(years) if seed.country in there
    }
    for key, seed in wanted.items():
        row = known.get(key)
        if row is None:
            row = CountryHoliday(country_code=seed.country, on=seed.on)
            db.add(row)
        elif not _is_own(row) or (row.name, row.scope) == (seed.name, seed.scope):
            continue
        row.name, row.scope, row.source = seed.name, seed.scope, seed.source
    for key, row in known.items():
        if key not in wanted and row.on.year in years and _is_own(row):
            db.delete(row)
    db.flush()


def national_holidays(years: Iterable[int]) -> Iterator[SeedHoliday]:
    """One holiday for each country and day."""
    words, found = words_of(FOLDER / "holiday_names.csv"), set()
    for country in current_body().countries:
        for seed in _of_country(country.code, tuple(years), words):
            if (seed.country, seed.on) not in found:
                found.add((seed.country, seed.on))
                yield seed


def _of_country(code: str, years: tuple[int, ...], words: Words) -> Iterator[SeedHoliday]:
    categories = CATEGORIES.get(code, PUBLIC)
    yield from _from_library(code, years, words, categories=categories)
    for rule in read_holidays(FOLDER / "holidays.csv"):
        if rule.country == code:
            name = LocalizedText(es=rule.name_es, en=rule.name_en)
            for year in years:
                yield SeedHoliday(
                    code, holiday_date(rule.rule, year), name, rule.scope, rule.source
                )
    if code in CAPITALS:
        with_capital = tuple(dict.fromkeys((*categories, *PUBLIC)))
        for seed in _from_library(
            code, years, words, categories=with_capital, capital=CAPITALS[code]
        ):
            if seed.scope == "regional":
                yield seed


def _from_library(
    code: str,
    years: tuple[int, ...],
    words: Words,
    *,
    categories: tuple[str, ...],
    capital: str | None = None,
) -> Iterator[SeedHoliday]:
    source = f"{SOURCE} {version('holidays')}"
    tables = [
        holidays.country_holidays(
            code, subdiv=capital, years=years, categories=categories, language=language
        )
        for language in _languages(code)
    ]
    for on, found in sorted(tables[0].items()):
        name, scope = words_for(code, found, tables[-1][on], words)
        yield SeedHoliday(code, on, name, scope, source)


def _languages(code: str) -> tuple[str | None, ...]:
    """Returns the library's own tongue for the country, and English beside it where that is
    Spanish.

    Named always: a language that is left out is taken from the machine's environment.
    """
    country = holidays.country_holidays(code)
    return ("es", "en_US") if "es" in country.supported_languages else (country.default_language,)


def words_for(code: str, found: str, english: str, words: Words) -> tuple[LocalizedText, str]:
    """Returns name and scope of what the library calls `found`, which may be two holidays of one
    day and days of rest.
    """
    parts = [_word(code, part, words) for part in found.split("; ")]
    if any(part is None for part in parts):
        return LocalizedText(es=found, en=english), "national"
    names = [part[0] for part in parts if part]
    is_regional = all(part[1] == "regional" for part in parts if part)
    name = in_every_language(lambda language: "; ".join(name[language] for name in names))
    return name, "regional" if is_regional else "national"


def _word(code: str, found: str, words: Words) -> tuple[LocalizedText, str] | None:
    base = found
    for mark in MARKS_OF_REST:
        base = base.removesuffix(mark)
    known = words.get((code, base)) or words.get(("", base))
    if known is None or base == found:
        return known
    name, scope = known
    return LocalizedText({code: REST_DAY[code] % text for code, text in name.items()}), scope


def words_of(path: Path) -> Words:
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (row["country"], row["found"]): (
                LocalizedText(es=row["name_es"], en=row["name_en"]),
                row["scope"],
            )
            for row in csv.DictReader(file)
        }


def _is_own(row: CountryHoliday) -> bool:
    is_seeded = row.source in (CUSTOM, FORMER_SOURCE) or row.source.startswith(SOURCE)
    return row.changed_at is None and is_seeded
