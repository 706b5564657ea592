"""Reads of season planning, for organizers and the presidency only."""

from app.planning.seasons.queries.merging import Merged, MergedWish, merged
from app.planning.seasons.queries.problems import ProblemContext, problem_as_it_is, problem_to_solve
from app.planning.seasons.queries.seasons import (
    SeasonDetail,
    SeasonNames,
    SeasonSummary,
    WishDetail,
    names,
    season_of,
    seasons,
)

__all__ = [
    "Merged",
    "MergedWish",
    "ProblemContext",
    "SeasonDetail",
    "SeasonNames",
    "SeasonSummary",
    "WishDetail",
    "merged",
    "names",
    "problem_as_it_is",
    "problem_to_solve",
    "season_of",
    "seasons",
]
