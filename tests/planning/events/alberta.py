"""Alberta, whose government changed its clocks.

It keeps UTC−6 all year from November 2026 (tzdata 2026f). Zones are given by name, so no test hangs
on which version is installed: `OLD` is Alberta as it was before (tzdata 2026b).
"""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from tests.planning.events.planning_builders import HOUR

EDMONTON = "America/Edmonton"
OLD, NEW = ZoneInfo("America/Denver"), ZoneInfo("Etc/GMT+6")
NINE_OLD = datetime(2027, 1, 12, 16, tzinfo=UTC)
"""09:00 in Alberta as it was; 09:00 as it is now comes an hour earlier."""
NINE_NEW = NINE_OLD - HOUR


def today(timezone: str) -> tzinfo:
    return NEW if timezone == EDMONTON else ZoneInfo(timezone)
