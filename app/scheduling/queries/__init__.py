"""What stands in the calendar of record, and the rule book as it is set."""

from app.scheduling.queries.calendar import (
    ALL_LANES,
    NOBODYS_LANE,
    Key,
    engagement_of,
    findings_for,
    free_slots,
    resources_of,
    standing_around,
)

__all__ = [
    "ALL_LANES", "NOBODYS_LANE", "Key", "engagement_of", "findings_for", "free_slots", "resources_of",
    "standing_around",
]  # fmt: skip
