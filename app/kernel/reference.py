"""The reference zone: the one in which the region counts days, weeks and months."""

import os
from contextlib import suppress
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo


def _zone_of_this_process() -> str:
    """The zone named by REFERENCE_TIMEZONE; an unknown one is reported when the settings are
    read.
    """
    with suppress(LookupError, ValueError, OSError):
        return ZoneInfo(os.environ["REFERENCE_TIMEZONE"]).key
    return "America/Costa_Rica"


REFERENCE_ZONE = _zone_of_this_process()
"""The secretariat's. Its only home: whoever needs it imports it from here."""
REFERENCE = ZoneInfo(REFERENCE_ZONE)


@lru_cache(maxsize=16_384)
def reference_day(at: datetime) -> date:
    """Returns the day that it is at an instant in the reference zone."""
    return at.astimezone(REFERENCE).date()


def reference_start(day: date) -> datetime:
    """Returns the instant at which a day begins in the reference zone."""
    return datetime.combine(day, time(), REFERENCE)
