"""Work that follows from a request: the season is planned, outside any transaction, and the
proposal kept.
"""

from datetime import datetime
from uuid import UUID

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM
from app.kernel.refusal import NotFound
from app.planning.seasons import queries, services
from app.planning.seasons.rules import propose

STEP = 3
"""By how many per cent a run is further when it is told again. A run that has been overtaken ends
there.
"""


def on_season_requested(entry: JournalEntry, *, now: datetime) -> None:
    """Plans a season. Idempotent: a run that was killed begins again, one that is finished or
    overtaken is left alone.
    """
    season_id, run = UUID(entry.payload["season_id"]), int(entry.payload["run"])
    told = -STEP

    def tell(percent: int) -> None:
        nonlocal told
        if percent >= told + STEP:
            with transaction() as db:
                services.note_progress(db, season_id=season_id, run=run, percent=percent)
            told = percent

    try:
        tell(0)
        with reading() as db:
            season = queries.season_of(db, actor=SYSTEM, season_id=season_id)
            board = queries.board_of(db, season, now=now)
        proposal = propose(board, tell=tell)
        with transaction() as db:
            services.keep_proposal(
                db, season_id=season_id, run=run, proposal=proposal, now=clock.now()
            )
    except (services.Overtaken, NotFound):
        return
