"""The rule book: `book` about engagements that overlap, `limits` about what is counted, `clock`
about hours and days, `judging` about all of it at once, `slots` about free time, `tiles` about what
is left beside others, `overrides` about standing against a rule.
"""

from app.planning.scheduling.rules.book import ORDINARY, SPEAKERS, Terms, clashes, in_order
from app.planning.scheduling.rules.clock import on_holiday, outside_hours, remarks
from app.planning.scheduling.rules.overrides import SHORTEST_REASON, require_reason, with_overrides
from app.planning.scheduling.rules.refusals import (
    LONGEST,
    Clash,
    TooLong,
    require_bounded,
    require_free,
)
from app.planning.scheduling.rules.settings import RuleBook
from app.planning.scheduling.rules.slots import best

__all__ = [
    "LONGEST",
    "ORDINARY",
    "SHORTEST_REASON",
    "SPEAKERS",
    "Clash",
    "RuleBook",
    "Terms",
    "TooLong",
    "best",
    "clashes",
    "in_order",
    "on_holiday",
    "outside_hours",
    "remarks",
    "require_bounded",
    "require_free",
    "require_reason",
    "with_overrides",
]
