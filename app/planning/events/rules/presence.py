"""Whether somebody was there: for a session, an event, or a series as the sum of its events; pure.

The one definition of "present": every page, list, report and file counts by it.
"""

import math
from datetime import datetime
from enum import StrEnum

THRESHOLD = 0.8


class Presence(StrEnum):
    PRESENT = "present"
    PARTLY = "partly"
    ABSENT = "absent"


def enough_minutes(span_minutes: int, share: float = THRESHOLD) -> int | None:
    """Returns the fewest whole minutes that are `share` of the time; None for what has no length:
    nobody is present at it.
    """
    return math.ceil(share * span_minutes - 1e-9) if span_minutes > 0 else None


def present(minutes: int, span_minutes: int, share: float = THRESHOLD) -> bool:
    """Returns True from `share` of the time on. Of what has no length nobody was present."""
    enough = enough_minutes(span_minutes, share)
    return enough is not None and minutes >= enough


def presence(minutes: int | None, span_minutes: int) -> Presence:
    """Returns how somebody was there; None and 0 are absent: nobody wrote down that they were
    there.
    """
    if not minutes:
        return Presence.ABSENT
    return Presence.PRESENT if present(minutes, span_minutes) else Presence.PARTLY


def most_minutes(starts_at: datetime, ends_at: datetime) -> int:
    """Returns the whole minutes that the event lasts: the most that anybody can have attended."""
    return int((ends_at - starts_at).total_seconds() // 60)
