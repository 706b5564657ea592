"""Another day and hour for an event as long as it was; pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.kernel.timespan import Timespan
from app.planning.arranging.rules.clock import span_of_instants, span_of_wall

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
    """As long before the start as it was, by the clocks of the two starts' own zones. Where a start
    is not known, before or now, the deadline stays.
    """
    if closes_at is None or was is None or becomes is None:
        return closes_at
    before = was.replace(tzinfo=None) - closes_at.astimezone(was.tzinfo).replace(tzinfo=None)
    return (becomes.replace(tzinfo=None) - before).replace(tzinfo=becomes.tzinfo).astimezone(UTC)
