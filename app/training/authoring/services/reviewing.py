"""A review is set for a day, opened once it is due, and ended by the edition that comes of it."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.reference import reference_day
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.text import N_
from app.training.authoring.facts import CourseReviewOpened, CourseReviewSet
from app.training.authoring.models import CourseReview
from app.training.authoring.policy import require_author
from app.training.authoring.rules.drafting import DraftIsOpen
from app.training.authoring.rules.reviewing import (
    ReviewIsOpen,
    ReviewNotDue,
    is_due,
    next_review,
)
from app.training.authoring.services.starting import draft_from_edition
from app.training.authoring.values import NextReview
from app.training.learning.queries.catalogue import locked_course

IN_THE_PAST = N_("This day is in the past. Choose today or a later day.")


def _review_of(db: Session, slug: str) -> tuple[int, CourseReview | None]:
    """Returns the course's id and its review, both locked. Raises NotFound for an unknown
    course.
    """
    course_id = locked_course(db, slug)
    if course_id is None:
        raise NotFound
    return course_id, db.get(CourseReview, course_id, populate_existing=True)


def set_review(db: Session, *, actor: Actor, slug: str, due_on: date, now: datetime) -> None:
    """Sets the day of the next review, counted in the reference zone. Raises InvalidInput for a day
    in the past, ReviewIsOpen while the review is open.
    """
    require_author(actor)
    course_id, row = _review_of(db, slug)
    if row is not None and row.opened_at is not None:
        raise ReviewIsOpen
    if due_on < reference_day(now):
        raise InvalidInput({"due_on": Sentence(IN_THE_PAST)})
    if row is None:
        db.add(CourseReview(course_id=course_id, due_on=due_on))
    else:
        row.due_on = due_on
    db.flush()
    journal.record(db, CourseReviewSet(slug, due_on.isoformat()), actor=actor, now=now)


def open_review(db: Session, *, actor: Actor, slug: str, now: datetime) -> int:
    """Opens the review that is due: returns the id of the course's open draft, or of a new one made
    from its present edition. Again it returns the same. Raises ReviewNotDue.
    """
    require_author(actor)
    _course_id, row = _review_of(db, slug)
    is_open = row is not None and row.opened_at is not None
    if row is None or not (is_open or is_due(NextReview(row.due_on), reference_day(now))):
        raise ReviewNotDue
    try:
        draft_id = draft_from_edition(db, actor=actor, slug=slug, now=now)
    except DraftIsOpen as refusal:
        draft_id = refusal.draft_id
    if not is_open:
        row.opened_at = now
        db.flush()
        journal.record(db, CourseReviewOpened(slug, draft_id), actor=actor, now=now)
    return draft_id


def end_review(db: Session, *, actor: Actor, slug: str, now: datetime) -> None:
    """Sets the day of the next review after an edition was published from a draft, where a review
    was open or due. A day that is still to come stays: small corrections do not put it off.
    """
    _course_id, row = _review_of(db, slug)
    if row is None or (row.opened_at is None and row.due_on > reference_day(now)):
        return
    row.due_on, row.opened_at = next_review(reference_day(now)), None
    db.flush()
    journal.record(db, CourseReviewSet(slug, row.due_on.isoformat()), actor=actor, now=now)
