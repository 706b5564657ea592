"""A day plan without its date: from sessions to minutes after the start on the wall clock, and
back; pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.cycles.rules.editions import CongressTooShort

Held = tuple[str, LocalizedText, int | None, datetime, datetime]
"""Kind, title, work table and the instants of a session that was held."""


@dataclass(frozen=True)
class OutlineItem:
    """A session without date and people; minutes are wall time after the congress's start."""

    kind: str
    title: LocalizedText
    after_minutes: int
    minutes: int
    work_table_id: int | None = None


def outlined(
    sessions: Iterable[Held], starts_at: datetime, zone: ZoneInfo
) -> tuple[OutlineItem, ...]:
    """In order of time. A session that an agenda holds before the congress's start is not among
    them.
    """
    first = starts_at.astimezone(zone).replace(tzinfo=None)
    found = []
    for kind, title, table, begins, ends in sessions:
        start = begins.astimezone(zone).replace(tzinfo=None)
        after, lasting = _minutes(start - first), _minutes(ends - begins)
        if after >= 0 and lasting > 0:
            found.append(OutlineItem(kind, title, after, lasting, table))
    return tuple(sorted(found, key=lambda one: (one.after_minutes, one.minutes)))


def laid_out(
    sittings: Sequence[OutlineItem], starts_at: datetime, ends_at: datetime, zone: ZoneInfo
) -> tuple[tuple[OutlineItem, Timespan], ...]:
    """Returns each with its instants.

    Refuses CongressTooShort when one would end after the congress.
    """
    first = starts_at.astimezone(zone).replace(tzinfo=None)
    placed = []
    for one in sittings:
        begins = (
            (first + timedelta(minutes=one.after_minutes))
            .replace(tzinfo=zone)
            .astimezone(starts_at.tzinfo)
        )
        placed.append((one, Timespan(begins, begins + timedelta(minutes=one.minutes))))
    if any(span.ends_at > ends_at for _one, span in placed):
        hours, minutes = divmod(max(one.after_minutes + one.minutes for one in sittings), 60)
        raise CongressTooShort(length=f"{hours}:{minutes:02d}")
    return tuple(placed)


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
