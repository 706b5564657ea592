"""What an event's agreed hours come to under the zone rules of today; pure.

People agree on wall times in a zone. Governments change zones at short notice (Alberta and Manitoba
keep one hour all year from November 2026), so instants that were computed under an older tzdata are
computed anew.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from uuid import UUID

from app.kernel.timespan import Timespan
from app.planning.arranging.rules.clock import instants_of

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
    """Of an hour that comes twice the one nearest to `near`; one that the clocks jump over moves on
    by the jump.
    """
    found = instants_of(wall, zone)
    if not found:
        return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return min(found, key=lambda instant: abs(instant - near))
