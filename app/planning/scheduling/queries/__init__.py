"""What stands in the calendar of record, and the rule book as it is set."""

from app.planning.scheduling.queries.calendar import (
    ALL_LANES,
    NOBODYS_LANE,
    Key,
    engagement_of,
    engagements_during,
    findings_for,
    resources_of,
    standing_around,
    terms_of,
)
from app.planning.scheduling.queries.findings import answer, slots
from app.planning.scheduling.rules.judging import Question
from app.planning.scheduling.rules.slots import Search

__all__ = [
    "ALL_LANES",
    "NOBODYS_LANE",
    "Key",
    "Question",
    "Search",
    "answer",
    "engagement_of",
    "engagements_during",
    "findings_for",
    "resources_of",
    "slots",
    "standing_around",
    "terms_of",
]
