"""The table of good practices."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base
from app.kernel.text import LocalizedText


class GoodPractice(Base):
    """Put forward by an official or by a guest of an event; shown once the secretariat accepted it.
    `note`: why it was returned. Status: submitted, accepted, returned.
    """

    __tablename__ = "good_practice"
    __table_args__ = (Index("ix_good_practice_status_submitted_at", "status", "submitted_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"), index=True)
    category: Mapped[str] = mapped_column(String(20))
    title: Mapped[LocalizedText]
    summary: Mapped[LocalizedText]
    organisation: Mapped[str] = mapped_column(String(200))
    organisation_type: Mapped[str] = mapped_column(String(20))
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    url: Mapped[str] = mapped_column(String(500), default="")
    status: Mapped[str] = mapped_column(String(10), default="submitted")
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    submitted_at: Mapped[datetime]
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reviewed_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    # Numbers of the Global Compact's objectives and guiding principles and of the Sustainable
    # Development Goals that it serves, and what the repository's form asks in words (R72).
    objectives: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    goals: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    principles: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    benefits: Mapped[LocalizedText] = mapped_column(
        default=LocalizedText, server_default=text("'{}'")
    )
    lessons: Mapped[LocalizedText] = mapped_column(
        default=LocalizedText, server_default=text("'{}'")
    )
    recommendations: Mapped[LocalizedText] = mapped_column(
        default=LocalizedText, server_default=text("'{}'")
    )
