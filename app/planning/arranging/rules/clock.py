"""From wall times to instants, and what the office clock of a country says of them; pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_
from app.kernel.timespan import Timespan
from app.planning.scheduling.rules.clock import OFFICE_OPENS, within_office_hours, zone_of

LONGEST = timedelta(days=45)
FIRST_YEAR, LAST_YEAR = 1990, 2100
JOIN_OPENS_BEFORE = timedelta(minutes=30)

ENDS_BEFORE_START = N_("It must end after it starts.")
TOO_LONG = N_("An event lasts at most 45 days. Please plan each part as an event of its own.")
OUT_OF_YEARS = N_("Choose a date between the years 1990 and 2100.")
UNKNOWN_ZONE = N_("This time zone is not known. For example: America/Costa_Rica.")
WHOLE_MINUTES = N_("Write the time in whole minutes.")
IN_A_GAP = N_(
    "This time does not exist that day in %(zone)s: the clocks skip it. Choose another time."
)


@cache
def known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def instants_of(wall: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Returns when the clocks of a zone show a naive wall time: once, twice in autumn, or never in
    spring.
    """
    found = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(
        sorted(
            instant for instant in found if instant.astimezone(zone).replace(tzinfo=None) == wall
        )
    )


def instant_of(wall: datetime, timezone: str) -> datetime:
    """Returns the instant of a naive wall time in a known zone; of an hour that comes twice, the
    first.

    Refuses with ValueError an hour that the clocks jump over.
    """
    found = instants_of(wall, ZoneInfo(timezone))
    if not found:
        raise ValueError("this wall time does not exist")
    return found[0]


def span_of_wall(
    starts: datetime, ends: datetime, timezone: str, *, near: Timespan | None = None
) -> Timespan:
    """From what people agreed on (naive wall times in a zone) to instants; refuses in words, at the
    field.

    Of hours that come twice it means the first, or those nearest to `near`: where the event stood
    before.
    """
    if timezone not in known_zones():
        raise InvalidInput({"timezone": Sentence(UNKNOWN_ZONE)})
    found = []
    for field, wall in (("starts_at", starts), ("ends_at", ends)):
        require_in_years(field, wall)
        instants = instants_of(wall, ZoneInfo(timezone))
        if not instants:
            raise InvalidInput({field: Sentence(IN_A_GAP, {"zone": timezone})})
        found.append(instants)
    return span_of_instants(*_meant(*found, near=near))


def _meant(
    starts: Sequence[datetime], ends: Sequence[datetime], *, near: Timespan | None
) -> tuple[datetime, datetime]:
    """An end that was not changed keeps its instant; otherwise it goes with the start."""
    if near is None:
        return starts[0], ends[0]
    starts_at = min(starts, key=lambda instant: abs(instant - near.starts_at))
    return starts_at, near.ends_at if near.ends_at in ends else ends[
        -1 if starts_at != starts[0] else 0
    ]


def span_of_instants(starts_at: datetime, ends_at: datetime) -> Timespan:
    """From aware datetimes; refuses in words, at the field."""
    for field, instant in (("starts_at", starts_at), ("ends_at", ends_at)):
        require_in_years(field, instant)
        if instant.second or instant.microsecond:
            raise InvalidInput({field: Sentence(WHOLE_MINUTES)})
    if ends_at <= starts_at:
        raise InvalidInput({"ends_at": Sentence(ENDS_BEFORE_START)})
    if ends_at - starts_at > LONGEST:
        raise InvalidInput({"ends_at": Sentence(TOO_LONG)})
    return Timespan(starts_at, ends_at)


def require_in_years(field: str, moment: datetime) -> None:
    if not is_in_years(moment):
        raise InvalidInput({field: Sentence(OUT_OF_YEARS)})


def is_in_years(moment: datetime) -> bool:
    """Far enough from the ends of the calendar for every zone, and near enough to be meant."""
    return FIRST_YEAR <= moment.year <= LAST_YEAR


def join_link_is_due(span: Timespan, now: datetime) -> bool:
    """From half an hour before the start until the end."""
    return span.starts_at - JOIN_OPENS_BEFORE <= now < span.ends_at


class DayPart(StrEnum):
    """What a country's office clock says of a slot."""

    OPEN = "open"
    EARLY = "early"
    LATE = "late"
    HOLIDAY = "holiday"


def day_part(span: Timespan, timezone: str, is_holiday: bool) -> DayPart:
    """Office hours are 08:00–17:00 local; of several days the first opening and the last closing
    count.
    """
    if is_holiday:
        return DayPart.HOLIDAY
    if span.starts_at.astimezone(zone_of(timezone)).time() < OFFICE_OPENS:
        return DayPart.EARLY
    return DayPart.OPEN if within_office_hours(span, timezone) else DayPart.LATE
