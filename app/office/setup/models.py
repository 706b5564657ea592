"""The table of setting up."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base


class SetupMark(Base):
    """A step of setting up that somebody finished or left for later (a value of MarkState); step
    "checklist" is dismissed.
    """

    __tablename__ = "setup_mark"

    step: Mapped[str] = mapped_column(String(20), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
