"""What the matrix does by itself: rows for what is agreed while a period is open, and its closing."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.followup.matrix.queries import periods
from app.followup.matrix.services import close_periods, prefill_rows
from app.followup.matrix.values import PeriodState
from app.infra import clock
from app.infra.database import transaction
from app.infra.journal import JournalEntry


def on_agreed(db: Session, _entry: JournalEntry, *, now: datetime) -> None:
    """Gives the countries rows for what was agreed or validated since a period was opened, also one
    in which nobody writes yet.
    """
    for period in periods(db, today=clock.today()):
        if period.state in (PeriodState.COMING, PeriodState.OPEN):
            prefill_rows(db, period_id=period.id, now=now)


def close_over() -> None:
    """Closes the period whose last day has passed; a day that was missed is made up for."""
    with transaction() as db:
        close_periods(db, now=clock.now())
