"""The notes that the outgoing leave for their successors."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId


class HandoverNote(Base):
    """One version of what a successor should know; the latest one counts, earlier ones are kept.

    `office` is the role handed over (presidency, focal-point), `country_code` whose it was, `since`
    the first day of the term in which it was written.
    """

    __tablename__ = "handover_note"
    __table_args__ = (Index("ix_handover_note_office", "office", "country_code", "since"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    office: Mapped[str] = mapped_column(String(20))
    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"))
    since: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
