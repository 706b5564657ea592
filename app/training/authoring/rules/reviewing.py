"""When a course is reviewed: the day that we propose, and when a review is due."""

from calendar import monthrange
from datetime import date

from app.kernel.refusal import Refusal
from app.kernel.text import N_
from app.training.authoring.values import NextReview

MONTHS_BETWEEN_REVIEWS = 24
"""Our proposal: as long as the certificate of the Guidelines is valid."""


class ReviewNotDue(Refusal):
    rule = "review-not-due"
    msgid = N_("The review of this course is not due yet.")


class ReviewIsOpen(Refusal):
    rule = "review-open"
    msgid = N_("The review is open. The next day is set when its edition is published.")


def next_review(published_on: date) -> date:
    """Returns the same day of the month, so many months later, or the last day of a shorter month."""
    months = published_on.year * 12 + published_on.month - 1 + MONTHS_BETWEEN_REVIEWS
    year, month = divmod(months, 12)
    return date(year, month + 1, min(published_on.day, monthrange(year, month + 1)[1]))


def is_due(review: NextReview, today: date) -> bool:
    """Returns True while it waits for somebody to open it. A day that is only proposed binds nobody."""
    return not review.is_proposed and review.opened_at is None and review.due_on <= today
