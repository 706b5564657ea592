"""Typed hours and their zones, moves to another hour, and what new rules of a zone make of the old ones."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import cache
from uuid import UUID
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
    instants = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(
        sorted(
            instant for instant in instants if instant.astimezone(zone).replace(tzinfo=None) == wall
        )
    )


def instant_of(wall: datetime, timezone: str) -> datetime:
    """Returns the instant of a naive wall time in a known zone; of an hour that comes twice, the
    first.

    Refuses with ValueError an hour that the clocks jump over.
    """
    instants = instants_of(wall, ZoneInfo(timezone))
    if not instants:
        raise ValueError("this wall time does not exist")
    return instants[0]


def span_of_wall(
    starts: datetime, ends: datetime, timezone: str, *, near: Timespan | None = None
) -> Timespan:
    """Returns the instants of what people agreed on, naive wall times in a zone; refuses in words,
    at the field.

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
    """Returns the instants that are meant: an end that was not changed keeps its instant, otherwise
    it goes with the start.
    """
    if near is None:
        return starts[0], ends[0]
    starts_at = min(starts, key=lambda instant: abs(instant - near.starts_at))
    return starts_at, near.ends_at if near.ends_at in ends else ends[
        -1 if starts_at != starts[0] else 0
    ]


def span_of_instants(starts_at: datetime, ends_at: datetime) -> Timespan:
    """Returns the span between aware datetimes; refuses in words, at the field."""
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
    """Returns True far enough from the ends of the calendar for every zone, and near enough to be
    meant.
    """
    return FIRST_YEAR <= moment.year <= LAST_YEAR


def join_link_is_due(span: Timespan, now: datetime) -> bool:
    """Returns True from half an hour before the start until the end."""
    return span.starts_at - JOIN_OPENS_BEFORE <= now < span.ends_at


class DayPart(StrEnum):
    """What a country's office clock says of a slot."""

    OPEN = "open"
    EARLY = "early"
    LATE = "late"
    HOLIDAY = "holiday"


def day_part(span: Timespan, timezone: str, is_holiday: bool) -> DayPart:
    """Returns what part of the day it is in a zone.

    Office hours are 08:00–17:00 local; of several days the first opening and the last closing
    count.
    """
    if is_holiday:
        return DayPart.HOLIDAY
    if span.starts_at.astimezone(zone_of(timezone)).time() < OFFICE_OPENS:
        return DayPart.EARLY
    return DayPart.OPEN if within_office_hours(span, timezone) else DayPart.LATE


MIDNIGHT = time()


def moved_span(
    span: Timespan, *, on: date, start: time, typed_in: str, timezone: str, is_all_day: bool = False
) -> Timespan:
    """Returns the span moved to that day and hour of the zone they were `typed_in`; minutes stay as
    many as they were.

    An event of whole days has no hour: it keeps its days as counted where it is held (`timezone`),
    though the clocks change among them. Refuses with InvalidInput, at the field, an hour that does
    not exist and years far away.
    """
    if not is_all_day:
        first = datetime.combine(on, start)
        starts_at = span_of_wall(first, first + timedelta(days=1), typed_in).starts_at
        return span_of_instants(starts_at, starts_at + span.duration)
    zone = ZoneInfo(timezone)
    starts, ends = (
        at.astimezone(zone).replace(tzinfo=None) for at in (span.starts_at, span.ends_at)
    )
    moved = datetime.combine(on, starts.time())
    return span_of_wall(moved, moved + (ends - starts), timezone)


def carried_deadline(
    closes_at: datetime | None, was: datetime | None, becomes: datetime | None
) -> datetime | None:
    """Returns a deadline as long before the start as it was, by the clocks of the two starts' own
    zones. Where a start is not known, before or now, the deadline stays.
    """
    if closes_at is None or was is None or becomes is None:
        return closes_at
    before = was.replace(tzinfo=None) - closes_at.astimezone(was.tzinfo).replace(tzinfo=None)
    return (becomes.replace(tzinfo=None) - before).replace(tzinfo=becomes.tzinfo).astimezone(UTC)


# What an event's agreed hours come to under the zone rules of today.
#
# People agree on wall times in a zone. Governments change zones at short notice (Alberta and Manitoba
# keep one hour all year from November 2026), so instants that were computed under an older tzdata are
# computed anew.

ZoneOf = Callable[[str], tzinfo]


@dataclass(frozen=True)
class Agreed:
    """`starts` and `ends` are naive wall times in `timezone`; `span` is what they came to when last
    computed.
    """

    event_id: UUID
    starts: datetime
    ends: datetime
    timezone: str
    span: Timespan


def moved_by_zone_rules(events: Iterable[Agreed], zone_of: ZoneOf) -> dict[UUID, Timespan]:
    """Returns those whose instants are others today, with their new span.

    A zone that is gone leaves its events alone.
    """
    spans = {event.event_id: (span_today(event, zone_of), event.span) for event in events}
    return {event_id: today for event_id, (today, before) in spans.items() if today != before}


def span_today(agreed: Agreed, zone_of: ZoneOf) -> Timespan:
    try:
        zone = zone_of(agreed.timezone)
    except (KeyError, ValueError, OSError):  # ZoneInfo's ways to say that it knows no such zone
        return agreed.span
    starts_at = instant_today(agreed.starts, zone, near=agreed.span.starts_at)
    ends_at = instant_today(agreed.ends, zone, near=agreed.span.ends_at)
    if ends_at <= starts_at:  # a gap swallowed it: it lasts as long as it did
        ends_at = starts_at + agreed.span.duration
    return Timespan(starts_at, ends_at)


def instant_today(wall: datetime, zone: tzinfo, *, near: datetime) -> datetime:
    """Returns the instant of a wall time under the zone's rules of today.

    Of an hour that comes twice it is the one nearest to `near`; one that the clocks jump over moves
    on by the jump.
    """
    instants = instants_of(wall, zone)
    if not instants:
        return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return min(instants, key=lambda instant: abs(instant - near))
