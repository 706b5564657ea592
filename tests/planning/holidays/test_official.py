"""Where the eleven countries' holidays come from, and that what a focal point said stays said."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.infra.database import reading, transaction
from app.kernel.text import LocalizedText
from app.people.directory.services.reference import seed_reference
from app.planning.holidays.models import CountryHoliday
from app.planning.holidays.services.official import (
    FORMER_SOURCE,
    OfficialHoliday,
    load_official_holidays,
    named,
    official_holidays,
)
from tests.support.body import MEMBER_COUNTRIES

YEARS = range(2025, 2041)
HOLIDAYS = tuple(official_holidays(YEARS))


def holiday_of(country: str, on: date) -> OfficialHoliday | None:
    return next((seed for seed in HOLIDAYS if (seed.country, seed.on) == (country, on)), None)


def test_every_member_country_has_its_holidays_each_year_once_for_a_day() -> None:
    found = Counter((seed.country, seed.on.year) for seed in HOLIDAYS)
    assert set(found) == {(country.code, year) for country in MEMBER_COUNTRIES for year in YEARS}
    assert all(9 <= count <= 19 for count in found.values()), found
    assert len({(seed.country, seed.on) for seed in HOLIDAYS}) == len(HOLIDAYS)


def test_every_name_is_in_both_languages_and_in_our_words() -> None:
    for seed in HOLIDAYS:
        assert seed.name["es"], seed
        assert seed.name["en"], seed
        assert "(puente)" not in seed.name["es"], seed
        assert seed.name["es"].count("; ") == seed.name["en"].count("; "), seed
        if seed.country in ("BZ", "CA", "US"):  # the library has no Spanish for these three
            assert "Day" not in seed.name["es"], seed


@pytest.mark.parametrize(
    ("country", "on", "es", "scope"),
    [
        (
            "MX",
            date(2027, 3, 25),
            "Jueves Santo",
            "national",
        ),  # no statutory day, but offices close
        ("MX", date(2027, 3, 26), "Viernes Santo", "national"),
        ("DO", date(2026, 5, 4), "Día del Trabajo", "national"),  # moved to Monday by law
        ("CA", date(2027, 7, 1), "Día de Canadá", "national"),
        ("BZ", date(2027, 8, 2), "Día de la Emancipación (día de descanso)", "national"),
        ("US", date(2027, 7, 5), "Día de la Independencia (día de descanso)", "national"),
        ("GT", date(2026, 8, 15), "Virgen de la Asunción (ciudad de Guatemala)", "regional"),
        ("CA", date(2027, 2, 15), "Día de la Familia", "regional"),
        ("SV", date(2026, 8, 6), "Fiestas del Divino Salvador del Mundo", "national"),
        ("SV", date(2026, 8, 5), "Fiestas de San Salvador", "regional"),
    ],
)
def test_holidays_of_the_eleven_countries_have_name_and_scope(
    country: str, on: date, es: str, scope: str
) -> None:
    seed = holiday_of(country, on)
    assert seed is not None
    assert (seed.name["es"], seed.scope) == (es, scope)


def test_election_days_and_provincial_ones_are_no_holidays_of_the_country() -> None:
    assert holiday_of("US", date(2026, 11, 3)) is None
    assert holiday_of("DO", date(2026, 5, 1)) is None
    assert holiday_of("CA", date(2026, 6, 24)) is None


def test_a_name_without_words_of_ours_stays_as_the_library_gives_it() -> None:
    assert named("NI", "Día nuevo", "New day", {}) == (
        LocalizedText(es="Día nuevo", en="New day"),
        "national",
    )


@pytest.mark.both_databases
def test_loading_again_keeps_what_a_person_said_and_mends_what_nobody_touched(
    app_context: Flask,
) -> None:
    years = range(2026, 2028)
    with transaction() as db:
        seed_reference(db)
        db.add(
            CountryHoliday(
                country_code="DO",
                on=date(2026, 5, 1),
                source=FORMER_SOURCE,
                name=LocalizedText(es="Día del Trabajo", en="Labour Day"),
            )
        )
        db.add(
            CountryHoliday(
                country_code="HN",
                on=date(2027, 4, 14),
                source=FORMER_SOURCE,
                name=LocalizedText(es="Día viejo", en="Old day"),
            )
        )
        db.add(
            CountryHoliday(
                country_code="HN", on=date(2027, 9, 1), name=LocalizedText(es="Local", en="Local")
            )
        )
        db.flush()
        load_official_holidays(db, years=years)
    with transaction() as db:
        assert db.get(CountryHoliday, ("DO", date(2026, 5, 1))) is None, "the decree moved it"
        struck, renamed = (
            db.get_one(CountryHoliday, ("HN", on)) for on in (date(2027, 4, 14), date(2027, 9, 15))
        )
        assert struck.name == LocalizedText(es="Día de las Américas", en="Pan American Day")
        struck.is_observed, renamed.name = (
            False,
            LocalizedText(es="Fiesta patria", en="National feast"),
        )
        struck.changed_at = renamed.changed_at = datetime(2026, 11, 24, tzinfo=UTC)
        before = db.scalar(select(func.count()).select_from(CountryHoliday))
        db.flush()
        load_official_holidays(db, years=years)
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(CountryHoliday)) == before
        assert not db.get_one(CountryHoliday, ("HN", date(2027, 4, 14))).is_observed
        assert db.get_one(CountryHoliday, ("HN", date(2027, 9, 15))).name["es"] == "Fiesta patria"
        assert db.get_one(CountryHoliday, ("HN", date(2027, 9, 1))).name["es"] == "Local"
