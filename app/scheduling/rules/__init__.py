"""The rule book: `book` about engagements that overlap, `limits` about what is counted, `clock` about hours and days,
`slots` about free time, `tiles` about what is left beside others, `overrides` about standing against a rule."""

from app.scheduling.rules.book import ORDINARY, SPEAKERS, Terms, clashes, in_order
from app.scheduling.rules.clock import on_holiday, outside_hours, remarks
from app.scheduling.rules.overrides import SHORTEST_REASON, require_reason, with_overrides
from app.scheduling.rules.refusals import LONGEST, Clash, TooLong, require_bounded, require_free
from app.scheduling.rules.settings import RuleBook
from app.scheduling.rules.slots import Burden, best, free, grid, nearest_first, no_burden, search_window

__all__ = [
    "LONGEST", "ORDINARY", "SHORTEST_REASON", "SPEAKERS", "Burden", "Clash", "RuleBook", "Terms", "TooLong", "best",
    "clashes", "free", "grid", "in_order", "nearest_first", "no_burden", "on_holiday", "outside_hours", "remarks",
    "require_bounded", "require_free", "require_reason", "search_window", "with_overrides",
]  # fmt: skip
