"""What stands in the calendar of record, and the rule book as it is set."""

from app.planning.scheduling.queries.answers import findings, slots
from app.planning.scheduling.queries.calendar import (
    ALL_LANES,
    NOBODYS_LANE,
    Key,
    engagement_of,
    engagements_during,
    resources_of,
    standing_around,
    terms_of,
)
from app.planning.scheduling.rules.question import Question
from app.planning.scheduling.rules.slots import Search

__all__ = [
    "ALL_LANES",
    "NOBODYS_LANE",
    "Key",
    "Question",
    "Search",
    "engagement_of",
    "engagements_during",
    "findings",
    "resources_of",
    "slots",
    "standing_around",
    "terms_of",
]
