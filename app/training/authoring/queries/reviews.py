"""When courses are reviewed."""

from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.training.authoring.models import CourseReview
from app.training.authoring.policy import may_write_courses
from app.training.authoring.values import DueReview
from app.training.learning.models import Course, CourseEdition

_DUE = (
    select(Course.slug, CourseEdition.title, CourseReview.due_on)
    .join(CourseReview, CourseReview.course_id == Course.id)
    .join(CourseEdition, CourseEdition.course_id == Course.id)
    .where(CourseReview.due_on <= bindparam("today"), CourseReview.opened_at.is_(None))
    .order_by(
        CourseReview.due_on,
        Course.slug,
        CourseEdition.published_at.desc(),
        CourseEdition.id.desc(),
    )
)


def due_reviews(db: Session, *, actor: Actor, today: date) -> tuple[DueReview, ...]:
    """Returns the due reviews that nobody has opened, the longest overdue first; none for those who
    write no courses. A course is called as in its present edition.
    """
    if not may_write_courses(actor):
        return ()
    found: dict[str, DueReview] = {}
    title: LocalizedText
    for slug, title, due_on in db.execute(_DUE, {"today": today}):
        found.setdefault(slug, DueReview(slug, title, due_on))
    return tuple(found.values())
