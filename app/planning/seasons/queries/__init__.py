"""Reads of season planning, for organizers and the presidency only."""

from app.planning.seasons.queries.merging import Entry, Merged, merged
from app.planning.seasons.queries.problems import Setting, problem_as_it_is, problem_to_solve
from app.planning.seasons.queries.seasons import (
    Names,
    SeasonDetail,
    SeasonSummary,
    WishDetail,
    names,
    season_of,
    seasons,
)

__all__ = [
    "Entry",
    "Merged",
    "Names",
    "SeasonDetail",
    "SeasonSummary",
    "Setting",
    "WishDetail",
    "merged",
    "names",
    "problem_as_it_is",
    "problem_to_solve",
    "season_of",
    "seasons",
]
