"""Tables of deadlines. Dates are local calendar dates."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId


class CourseDeadline(Base):
    """How many days a course gives those who enter a post. `kinds`: of institutions; an empty list
    means every post that counts for coverage.
    """

    __tablename__ = "course_deadline"

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    # From the day on which the post is entered, weekends and holidays too.
    days: Mapped[int]
    kinds: Mapped[list[Any]]


class CourseDue(Base):
    """The day by which one person is to finish a course, from an appointment. It does not follow a
    later change of the rule. `told` is the last letter that was queued, `digest_at` when the focal
    point was told.
    """

    __tablename__ = "course_due"
    __table_args__ = (UniqueConstraint("appointment_id", "course_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"))
    # The day of entry, or the day on which that was written down where it is later.
    starts_on: Mapped[date]
    # The last day that is in time.
    due_on: Mapped[date]
    given_at: Mapped[datetime]
    told: Mapped[str] = mapped_column(String(10), default="")
    digest_at: Mapped[datetime | None]
