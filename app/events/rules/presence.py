"""Whether somebody was there: for a session, an event, or a series as the sum of its events; pure."""

from enum import StrEnum

THRESHOLD = 0.8


class Presence(StrEnum):
    PRESENT = "present"
    PARTLY = "partly"
    ABSENT = "absent"


def present(minutes: int, span_minutes: int, share: float = THRESHOLD) -> bool:
    """At least `share` of the time. Of what has no length nobody was present."""
    return span_minutes > 0 and minutes >= share * span_minutes - 1e-9


def presence(minutes: int | None, span_minutes: int) -> Presence:
    """None and 0 are absent: nobody wrote down that they were there."""
    if not minutes:
        return Presence.ABSENT
    return Presence.PRESENT if present(minutes, span_minutes) else Presence.PARTLY
