"""The rule book: `book` about engagements that overlap, `clock` about hours and holidays, `slots` about free time."""

from app.scheduling.rules.book import RULES, clashes, in_order
from app.scheduling.rules.clock import on_holiday, outside_hours, remarks
from app.scheduling.rules.refusals import LONGEST, Clash, TooLong, require_bounded, require_free
from app.scheduling.rules.slots import best, free, grid, nearest_first, search_window

__all__ = [
    "LONGEST", "RULES", "Clash", "TooLong", "best", "clashes", "free", "grid", "in_order",
    "nearest_first", "on_holiday", "outside_hours", "remarks", "require_bounded", "require_free", "search_window",
]  # fmt: skip
