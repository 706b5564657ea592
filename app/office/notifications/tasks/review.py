"""Focal points hear that a review of the Guidelines asks for their country's answers."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.followup.review.queries import guidelines_review
from app.followup.review.values import ReviewState
from app.infra import clock
from app.infra.body import current_body
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM
from app.office.notifications.queries import focal_points
from app.office.notifications.tasks.letters import write
from app.office.notifications.wording.letters import compose


def on_review_opened(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to the focal points of every country; nothing where the review is closed already. The
    entry said again sends nothing twice.
    """
    today, review_id = clock.today(), entry.payload["review_id"]
    review = guidelines_review(db, actor=SYSTEM, review_id=review_id, today=today)
    if review.state is not ReviewState.OPEN:
        return
    letters = [
        (
            to,
            compose(
                "guidelines-review",
                to,
                version=review.version_label,
                challenges=tuple(one.words for one in review.challenges),
                until=review.answers_until,
                url=f"{site_address()}/guidelines/review/{review.id}",
            ),
        )
        for to in focal_points(db, tuple(current_body().country_names), on=today)
    ]
    write(db, entry, letters, now=now)
