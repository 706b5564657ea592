"""What closes calendars besides events, and what other processes do meanwhile: one statement each."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import Country
from app.planning.holidays.models import CountryHoliday
from app.planning.scheduling.models import Engagement
from app.planning.scheduling.values import Nature

OF_EVENTS = "event:"


@dataclass(frozen=True)
class BindingHoliday:
    """A day on which a country's calendar is closed."""

    on: date
    name: LocalizedText
    country: LocalizedText


@dataclass(frozen=True)
class Process:
    """A meeting of another process, read from its calendar. A confidential one has no title here."""

    title: LocalizedText
    span: Timespan
    timezone: str


def binding_holidays(db: Session, *, first: date, last: date) -> tuple[BindingHoliday, ...]:
    """Returns the binding holidays from `first` to `last`, both included."""
    holidays = (
        select(CountryHoliday, Country.name)
        .join(Country, Country.code == CountryHoliday.country_code)
        .where(
            CountryHoliday.on.between(first, last),
            CountryHoliday.is_binding,
            CountryHoliday.is_observed,
        )
        .order_by(CountryHoliday.on, Country.code)
    )
    return tuple(BindingHoliday(row.on, row.name, country) for row, country in db.execute(holidays))


def processes_between(
    db: Session, *, starts_at: datetime, ends_at: datetime
) -> tuple[Process, ...]:
    """Returns the soft engagements of other processes. Busy hours of people are private and left
    out; events of the kind "external" are in the programme already.
    """
    engagements = (
        select(Engagement)
        .where(Engagement.nature == Nature.EXTERNAL, Engagement.holder.not_like(f"{OF_EVENTS}%"))
        .where(Engagement.starts_at < ends_at, Engagement.ends_at > starts_at)
        .order_by(Engagement.starts_at, Engagement.id)
    )
    return tuple(
        Process(
            LocalizedText() if row.is_confidential else row.title,
            Timespan(row.starts_at, row.ends_at),
            row.timezone,
        )
        for row in db.scalars(engagements)
    )
