"""The steps of a proposal in the background, each in a short transaction. A run after which a new
one was asked for writes nothing more.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, selectinload

from app.infra import journal
from app.kernel.actor import SYSTEM
from app.kernel.text import N_
from app.planning.seasons.facts import SeasonFailed, SeasonProposed
from app.planning.seasons.models import Season
from app.planning.seasons.rules.planning import Proposal
from app.planning.seasons.values import SeasonState

WORKING = (SeasonState.QUEUED, SeasonState.SOLVING)
NOTHING_FITS = N_(
    "None of these webinars fits into the season. Give them more days, or the season more room."
)


class Overtaken(Exception):
    """Raised where the season is gone, accepted or planned again: this run is over."""


LOCKED = select(Season).where(Season.id == bindparam("season_id")).with_for_update()
LOCKED_WITH_WISHES = LOCKED.options(selectinload(Season.wishes))


def note_progress(db: Session, *, season_id: UUID, run: int, percent: int) -> None:
    """Stores how far the run is, in per cent. Raises Overtaken."""
    season = _season(db, season_id, run, LOCKED)
    season.state, season.progress = SeasonState.SOLVING, percent


def keep_proposal(
    db: Session, *, season_id: UUID, run: int, proposal: Proposal, now: datetime
) -> None:
    """Stores the place of each wish, or the time that came nearest. Raises Overtaken."""
    season = _season(db, season_id, run, LOCKED_WITH_WISHES)
    for wish in season.wishes:
        wish.proposed_at = proposal.plan.get(wish.position)
        wish.refused_at = proposal.nearest.get(wish.position)
    season.progress, season.cost, season.solved_at = 100, proposal.cost, now
    if any(wish.proposed_at or wish.chosen_at for wish in season.wishes):
        season.state = SeasonState.PROPOSED
        fact: SeasonProposed | SeasonFailed = SeasonProposed(season.id, run, proposal.cost)
    else:
        season.state, season.error = SeasonState.FAILED, NOTHING_FITS
        fact = SeasonFailed(season.id, run)
    db.flush()
    journal.record(db, fact, actor=SYSTEM, now=now)


def _season(db: Session, season_id: UUID, run: int, asked: Select[Season]) -> Season:
    season = db.scalar(asked, {"season_id": season_id})
    if season is None or season.options["run"] != run or season.state not in WORKING:
        raise Overtaken
    return season
