"""How far an activity is, as it is projected; pure."""

from datetime import date

from app.followup.agreements.values import AgreementView, Status
from app.followup.congress.values import ActivityProgress

PROGRESS = {
    Status.OPEN: ActivityProgress.NOT_BEGUN,
    Status.IN_PROGRESS: ActivityProgress.UNDER_WAY,
    Status.DONE: ActivityProgress.DONE,
    Status.NO_LONGER_APPLICABLE: ActivityProgress.DROPPED,
}


def progress_of(activity: AgreementView, today: date) -> ActivityProgress:
    """Returns how far an activity is."""
    return ActivityProgress.OVERDUE if activity.is_overdue(today) else PROGRESS[activity.status]
