"""Tables of what a country asked for, of whom, and what came of it."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId


class SuccessorRequest(Base):
    """A letter that asked an institution who takes over vacant posts; `post_ids` are those posts, a
    list of numbers. `answered_on`: when the focal point said that an answer came.
    """

    __tablename__ = "successor_request"

    # No number: one that was undone must not be taken for the next one while its letter waits.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    post_ids: Mapped[list[Any]]
    asked_on: Mapped[date]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_on: Mapped[date | None]


class WebinarRequest(Base):
    """A webinar on a course that a country wishes for. `event_id`: its draft, which may have been
    deleted since; no foreign key, so that the draft goes as any other does. `declined_on` and
    `answer` are the secretariat's.
    """

    __tablename__ = "webinar_request"
    __table_args__ = (Index("ix_webinar_request_country_code", "country_code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    event_id: Mapped[UUID] = mapped_column(unique=True)
    wish: Mapped[str] = mapped_column(String(500))
    asked_on: Mapped[date]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    declined_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(String(500), default="", server_default="")
