"""What stands in the calendar of record, and the rule book as it is set."""

from app.scheduling.queries.calendar import (
    ALL_LANES,
    NOBODYS_LANE,
    Key,
    engagement_of,
    engagements_during,
    findings_for,
    free_slots,
    resources_of,
    standing_around,
    terms_of,
)
from app.scheduling.queries.findings import Question, answer, slots

__all__ = [
    "ALL_LANES", "NOBODYS_LANE", "Key", "Question", "answer", "engagement_of", "engagements_during", "findings_for",
    "free_slots", "resources_of", "slots", "standing_around", "terms_of",
]  # fmt: skip
