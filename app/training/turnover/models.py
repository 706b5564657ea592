"""The table of the courses that posts ask for."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base


class PostCourse(Base):
    """A course that is asked of whoever holds the post, beside the counted course, which every
    target post asks for (`Post.is_target`).
    """

    __tablename__ = "post_course"

    # A post that was written down wrongly is taken out with what it asked for.
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
