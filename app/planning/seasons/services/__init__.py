"""Use cases of season planning. Until a season is accepted it holds no time; then its events claim
theirs.
"""

from app.planning.seasons.services.accepting import (
    SeasonDoesNotFit,
    WishMisfit,
    accept_season,
    ask_for_place,
    choose_place,
)
from app.planning.seasons.services.creating import create_season, request_proposal
from app.planning.seasons.services.proposing import Overtaken, keep_proposal, note_progress

__all__ = [
    "Overtaken",
    "SeasonDoesNotFit",
    "WishMisfit",
    "accept_season",
    "ask_for_place",
    "choose_place",
    "create_season",
    "keep_proposal",
    "note_progress",
    "request_proposal",
]
