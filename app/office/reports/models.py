"""The files that were made of reports."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base


class ReportFile(Base):
    """The report of a closed event as it was drawn then, one a language; `file_key` in infra's
    files.
    """

    __tablename__ = "report_file"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    file_key: Mapped[str] = mapped_column(String(70))
    made_at: Mapped[datetime]
