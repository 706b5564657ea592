"""The tables of setting up."""

from datetime import datetime
from typing import Any

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


class SetupDraft(Base):
    """What somebody typed or pasted on a step and has not saved yet, so that it is there tomorrow.

    One for the office and step: a colleague goes on where another stopped. `typed` is a list of
    [name, value], as the form would send it.
    """

    __tablename__ = "setup_draft"

    step: Mapped[str] = mapped_column(String(20), primary_key=True)
    typed: Mapped[list[Any]]
    at: Mapped[datetime]
