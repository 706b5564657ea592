"""The table of training taken elsewhere."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId

STANDS = text("ended_at IS NULL")


class RecognisedTraining(Base):
    """Training taken elsewhere, for one of our courses: brought, and then accepted or declined. It is
    counted apart from certificates and printed on none.

    `completed_on` is the day that the other side states; `last_valid_on` the last day on which it
    counts, null for ever and while it waits. `source` is a RecognisedSource, `source_title` the
    course as it is called there, `hours` decimal text or "". `file_key` is the certificate that was
    uploaded, "" for a row of a list; `batch_id` is the list. What was accepted by `accepted_by` and
    ended afterwards was taken back; what ended without having been accepted was declined. Either
    stays, with its reason.
    """

    __tablename__ = "recognised_training"
    __table_args__ = (
        Index(
            "uq_recognised_training_stands",
            "person_id",
            "course_id",
            "completed_on",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
        Index("ix_recognised_training_country_code", "country_code"),
        CheckConstraint("(accepted_at IS NULL) = (accepted_by IS NULL)", name="accepted_by_one"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_one"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"))
    source: Mapped[str] = mapped_column(String(20))
    source_title: Mapped[str] = mapped_column(String(200), default="")
    completed_on: Mapped[date]
    hours: Mapped[str] = mapped_column(String(8), default="")
    last_valid_on: Mapped[date | None]
    file_key: Mapped[str] = mapped_column(String(80), default="")
    media_type: Mapped[str] = mapped_column(String(40), default="")
    batch_id: Mapped[UUID | None]
    brought_at: Mapped[datetime]
    brought_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    end_reason: Mapped[str] = mapped_column(String(300), default="")
