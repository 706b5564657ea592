"""Tables of refreshers. Everything in them is of one person and goes when that person is erased."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base


class RefresherWish(Base):
    """Whether somebody wants refreshers (on, off, paused), since when, and when the next is due.
    No row: they never said anything, and get none.
    """

    __tablename__ = "refresher_wish"
    __table_args__ = (Index("ix_refresher_wish_state_next_on", "state", "next_on"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    next_on: Mapped[date | None]


class RefresherRow(Base):
    """Questions sent to somebody at once. The link ends at `ends_at`, or before when the next one
    leaves.
    """

    __tablename__ = "refresher"
    __table_args__ = (Index("ix_refresher_person_id_sent_at", "person_id", "sent_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    language: Mapped[str] = mapped_column(String(2))
    sent_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class RefresherItem(Base):
    """A question of a refresher and its one answer: numbers of options, counted from 1."""

    __tablename__ = "refresher_item"

    refresher_id: Mapped[UUID] = mapped_column(ForeignKey("refresher.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    check_id: Mapped[int] = mapped_column(ForeignKey("lesson_check.id"))
    response: Mapped[list[Any]]
    is_correct: Mapped[bool | None]
    answered_at: Mapped[datetime | None]


class ReviewCard(Base):
    """What FSRS knows of a question for a person. A question is known by its course and code, so
    that it goes on in the next edition.
    """

    __tablename__ = "review_card"
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    course_id: Mapped[int] = mapped_column(
        ForeignKey("course.id"), primary_key=True, autoincrement=False
    )
    check_code: Mapped[str] = mapped_column(String(20), primary_key=True)
    # A card as the fsrs library writes it.
    state: Mapped[dict[str, Any]]
    due_at: Mapped[datetime]
