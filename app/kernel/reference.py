"""The reference zone: the one in which the region counts days, weeks and months."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

REFERENCE_ZONE = "America/Costa_Rica"
"""The secretariat's. Its only home: whoever needs it imports it from here."""
REFERENCE = ZoneInfo(REFERENCE_ZONE)


@lru_cache(maxsize=16_384)
def reference_day(at: datetime) -> date:
    """Returns the day that it is at an instant in the reference zone."""
    return at.astimezone(REFERENCE).date()
