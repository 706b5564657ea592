"""What the calendar of record holds around a season, and the holidays and capitals that a plan
minds.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import Country as CountryRow
from app.planning.holidays.models import CountryHoliday
from app.planning.scheduling.models import Claim, Engagement, Resource
from app.planning.scheduling.values import Nature, PartyKind
from app.planning.seasons.rules import CountryZone, TakenTime

REACH = timedelta(days=31)
"""A week and a month that the season begins or ends in count whole."""
LAST_LANE = 2**62
Holidays = Mapping[date, frozenset[str]]


def countries(db: Session) -> tuple[CountryZone, ...]:
    rows = db.scalars(select(CountryRow).order_by(CountryRow.code))
    return tuple(CountryZone(row.code, row.timezone) for row in rows)


def holidays(db: Session, first: date, last: date) -> tuple[Holidays, tuple[TakenTime, ...]]:
    """The countries on holiday by day; and those holidays that close a country's calendar, as
    taken.
    """
    rows = db.execute(
        select(CountryHoliday, CountryRow.timezone)
        .join(CountryRow, CountryRow.code == CountryHoliday.country_code)
        .where(CountryHoliday.on.between(first, last), CountryHoliday.is_observed)
        .order_by(CountryHoliday.on, CountryHoliday.country_code)
    )
    by_day: dict[date, set[str]] = defaultdict(set)
    closed = []
    for holiday, timezone in rows:
        if holiday.scope == "national":
            by_day[holiday.on].add(holiday.country_code)
        if holiday.is_binding:
            code = frozenset({holiday.country_code})
            closed.append(
                TakenTime(_whole_day(holiday.on, timezone), "", closed_countries=code, counts=False)
            )
    return {on: frozenset(codes) for on, codes in by_day.items()}, tuple(closed)


def taken(
    db: Session, first: date, last: date, *, now: datetime, leaving_out: Collection[str]
) -> tuple[tuple[TakenTime, ...], dict[str, LocalizedText]]:
    """The engagements around the season but for some holders, and their titles by holder ("" when
    confidential).
    """
    midnight = ZoneInfo("UTC")
    starts_at = datetime.combine(first, time(), midnight) - REACH
    ends_at = datetime.combine(last, time(), midnight) + REACH
    rows = db.execute(
        select(Engagement, Resource.kind, Resource.key, Claim.lane_lo, Claim.lane_hi)
        .join(Claim, Claim.engagement_id == Engagement.id)
        .join(Resource, Resource.id == Claim.resource_id)
        .where(
            Engagement.starts_at < ends_at,
            Engagement.ends_at > starts_at,
            or_(Engagement.expires_at.is_(None), Engagement.expires_at > now),
            Engagement.nature.in_((Nature.EVENT, Nature.SITTING)),
            Engagement.holder.not_in(leaving_out),
            Claim.part != "tile",
        )
        .order_by(Engagement.starts_at, Engagement.id)
    )
    found, titles = [], {}
    for engagement, claims in groupby(rows, key=lambda row: row[0]):
        found.append(
            _taken(
                engagement,
                [(kind, key, lo == 0 and hi == LAST_LANE) for _, kind, key, lo, hi in claims],
            )
        )
        titles[engagement.holder] = (
            LocalizedText() if engagement.is_confidential else engagement.title
        )
    return tuple(found), titles


def _taken(engagement: Engagement, held: list[tuple[str, str, bool]]) -> TakenTime:
    def keys(kind: PartyKind) -> list[str]:
        return [key for name, key, _ in held if name == kind]

    closes = any(kind == PartyKind.REGION and is_exclusive for kind, _, is_exclusive in held)
    return TakenTime(
        Timespan(engagement.starts_at, engagement.ends_at),
        engagement.holder,
        frozenset((*keys(PartyKind.WORKING_GROUP), *keys(PartyKind.CONGRESS))),
        frozenset(int(key) for key in keys(PartyKind.PERSON) if key.isdecimal()),
        frozenset(keys(PartyKind.COUNTRY)),
        closes_region=closes,
        counts=engagement.nature == Nature.EVENT,
    )


def _whole_day(on: date, timezone: str) -> Timespan:
    zone = ZoneInfo(timezone)
    starts, ends = (
        datetime.combine(on, time(), zone),
        datetime.combine(on + timedelta(days=1), time(), zone),
    )
    return Timespan(starts, ends)
