"""Drafts of courses, their parts, and when a course is reviewed. Unlike an edition, all of it may
change.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId


class CourseDraft(Base):
    """What authors work on: at most one open draft of a course. `base_edition_id` is what it was
    copied from, `edition_id` what it became; a draft closed without an edition was discarded.
    """

    __tablename__ = "course_draft"
    __table_args__ = (
        Index(
            "uq_course_draft_open",
            "slug",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # And no course_id: the draft of a first edition has no course yet.
    slug: Mapped[str] = mapped_column(String(60))
    base_edition_id: Mapped[int | None] = mapped_column(ForeignKey("course_edition.id"))
    started_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    started_at: Mapped[datetime]
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("course_edition.id"))
    closed_at: Mapped[datetime | None]


class DraftPart(Base):
    """A node of a draft: the course, a module, a lesson, a screen, a question… (`CoursePartKind`).

    `data` holds its fields by name, `marks` which translations are out of date, `position` its
    place among the parts of its kind under the same parent. A part that was removed can come back
    until the draft is closed.
    """

    __tablename__ = "draft_part"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("course_draft.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("draft_part.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    position: Mapped[int]
    data: Mapped[dict[str, Any]]
    marks: Mapped[dict[str, Any]]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class CourseReview(Base):
    """When a published course is read through again. Without a row nobody has set a day.

    `opened_at` is when somebody opened the review that is due; None again once it ended.
    """

    __tablename__ = "course_review"

    course_id: Mapped[int] = mapped_column(
        ForeignKey("course.id"), primary_key=True, autoincrement=False
    )
    due_on: Mapped[date]
    opened_at: Mapped[datetime | None]
