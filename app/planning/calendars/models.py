"""Calendars of other bodies. Their entries are soft engagements of scheduling, with the holder
"calendar:<id>:…".
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId
from app.kernel.text import LocalizedText


class CalendarSource(Base):
    """A calendar of another body or person: an address that is read again and again, or a file that
    was given once (`url` is "").

    Kind: process (SACM, SICA, …; its titles are shown) or person (busy hours only; titles are not
    stored). The address may be a secret of its owner and is never shown whole. `problems` lists the
    components that could not be read, each as {"component", "line"?, "es", "en"}. Version counts
    the readings that changed something.
    """

    __tablename__ = "calendar_source"
    __table_args__ = (Index("ix_calendar_source_next_at", "next_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[LocalizedText]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    url: Mapped[str] = mapped_column(Text, default="")
    content_sha256: Mapped[str] = mapped_column(String(64), default="")
    etag: Mapped[str] = mapped_column(String(200), default="")
    last_modified: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[int] = mapped_column(default=0)
    entries: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[Any]]
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(300), default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    refreshed_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
