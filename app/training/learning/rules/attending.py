"""When having been at a webinar counts for a course."""

from datetime import datetime, timedelta

DAYS_BEFORE = timedelta(days=365)
"""What somebody attended up to a year before they began the course counts too."""
ENOUGH, PER_CENT, SECONDS = 80, 100, 60


def enough(minutes: int, lasted: int | None, percent: int) -> bool:
    """Returns True for so many per cent of the minutes that a webinar lasted; where nobody knows
    how long it was, for whoever is marked present.
    """
    if not lasted:
        return minutes > 0
    return minutes * PER_CENT >= lasted * percent


def minutes_between(starts_at: datetime | None, ends_at: datetime | None) -> int | None:
    """Returns whole minutes; None where the hours are not known."""
    if starts_at is None or ends_at is None:
        return None
    return int((ends_at - starts_at).total_seconds() // SECONDS)


def is_recent(held_at: datetime | None, started_at: datetime) -> bool:
    """Returns True for what was held in the year before somebody enrolled, or after."""
    return held_at is None or held_at >= started_at - DAYS_BEFORE
