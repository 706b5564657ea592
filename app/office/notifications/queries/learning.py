"""What letters about the course name."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.training.learning.models import Course, CourseEdition


def course_taken(db: Session, edition_id: int) -> tuple[str, LocalizedText]:
    """Returns the course's slug and the title of its edition."""
    asked = (
        select(Course.slug, CourseEdition.title)
        .join(CourseEdition, CourseEdition.course_id == Course.id)
        .where(CourseEdition.id == edition_id)
    )
    slug, title = db.execute(asked).one()
    return slug, title
