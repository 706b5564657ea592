"""Reads of season planning, for organizers and the presidency only."""

from app.planning.seasons.queries.board import board_of
from app.planning.seasons.queries.merging import Merged, MergedWish, PlanClash, merged
from app.planning.seasons.queries.seasons import (
    SeasonDetail,
    SeasonSummary,
    WishDetail,
    names_of_groups,
    season_of,
    seasons,
)

__all__ = [
    "Merged",
    "MergedWish",
    "PlanClash",
    "SeasonDetail",
    "SeasonSummary",
    "WishDetail",
    "board_of",
    "merged",
    "names_of_groups",
    "season_of",
    "seasons",
]
