"""Table of the steps of an event's life."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId


class EventStep(Base):
    """One step of an event's life (rules/life.py), as its own page tells it: who, when, and a note
    where one is due. Rows are added and never changed; without an account it was the clock or the
    system.
    """

    __tablename__ = "event_step"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    step: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column("taken_at")
    by: Mapped[int | None] = mapped_column("taken_by", ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(Text, default="")
