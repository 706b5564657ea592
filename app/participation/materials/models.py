"""Tables of materials."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base
from app.kernel.text import LocalizedText


class Material(Base):
    """A file (`file_key` in infra's files) or a link (`url`). Kinds and visibility as in values.py.
    What is withdrawn stays as a row and is handed out no more.
    """

    __tablename__ = "material"
    __table_args__ = (CheckConstraint("(file_key = '') <> (url = '')", name="file_or_link"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    # A session that is taken out of the agenda leaves its materials to the event.
    session_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("session.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[LocalizedText]
    language: Mapped[str] = mapped_column(String(5))
    # Codes of the Guidelines' sections that it is about, and a free theme, for the library's filters.
    sections: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    theme: Mapped[str] = mapped_column(String(60), default="", server_default="")
    visibility: Mapped[str] = mapped_column(String(10))
    url: Mapped[str] = mapped_column(String(500), default="")
    # Names the file by its content in the store of files; several rows may share one.
    file_key: Mapped[str] = mapped_column(String(70), default="")
    filename: Mapped[str] = mapped_column(String(120), default="")
    media_type: Mapped[str] = mapped_column(String(100), default="")
    size_bytes: Mapped[int] = mapped_column(default=0)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[datetime]
    # The row stays, so that its downloads still count in the event's report.
    withdrawn_at: Mapped[datetime | None]


class MaterialDownload(Base):
    """How often a material was taken on a day by people of a country; "" for who is not signed in.
    Never by whom.
    """

    __tablename__ = "material_download"

    material_id: Mapped[UUID] = mapped_column(ForeignKey("material.id"), primary_key=True)
    on: Mapped[date] = mapped_column("downloaded_on", primary_key=True)
    country_code: Mapped[str] = mapped_column(String(2), primary_key=True)
    times: Mapped[int]
