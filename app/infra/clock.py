"""The one place that asks what time it is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from app.kernel.reference import REFERENCE_ZONE


def now() -> datetime:
    """Returns the present instant, aware, in UTC."""
    return datetime.now(UTC)


def today(timezone: str = REFERENCE_ZONE) -> date:
    """Returns today's date in a zone; the secretariat's by default."""
    return datetime.now(ZoneInfo(timezone)).date()
