"""How far an activity is, as it is projected; pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from app.followup.agreements.values import AgreementView, Status
from app.followup.congress.values import ActivityProgress
from app.followup.matrix.rules import status_told
from app.followup.matrix.values import RowView

PROGRESS = {
    Status.OPEN: ActivityProgress.NOT_BEGUN,
    Status.IN_PROGRESS: ActivityProgress.UNDER_WAY,
    Status.DONE: ActivityProgress.DONE,
    Status.NO_LONGER_APPLICABLE: ActivityProgress.DROPPED,
}


def progress_of(activity: AgreementView, rows: Iterable[RowView], today: date) -> ActivityProgress:
    """Returns how far an activity is. `rows`: the newest of each country."""
    told = replace(activity, status=status_told(activity, rows))
    return ActivityProgress.OVERDUE if told.is_overdue(today) else PROGRESS[told.status]
