"""Holidays that bind, for events whose time zones changed."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.people.directory.models import Country
from app.planning.holidays.models import CountryHoliday


def binding_holidays(db: Session, *, since: date) -> Sequence[Row[str, str, date]]:
    """Country, its time zone and the day of each binding holiday from that day on."""
    query = (
        select(Country.code, Country.timezone, CountryHoliday.on)
        .join(Country, Country.code == CountryHoliday.country_code)
        .where(CountryHoliday.is_binding, CountryHoliday.is_observed, CountryHoliday.on >= since)
    )
    return db.execute(query).all()
