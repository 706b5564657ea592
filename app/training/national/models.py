"""Tables of national pages. Nothing in them is of a person: who changed what stands in the journal."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId
from app.kernel.text import LocalizedText


class NationalPageRow(Base):
    """A country's page; made when something is first written on it."""

    __tablename__ = "national_page"

    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"), primary_key=True)
    notes: Mapped[LocalizedText]
    changed_at: Mapped[datetime]
    # When somebody of the country last said that all of it still holds; None for never.
    checked_at: Mapped[datetime | None]


class NationalLine(Base):
    """One law, office or number (`values.LineDraft`)."""

    __tablename__ = "national_line"
    __table_args__ = (Index("ix_national_line_country_code", "country_code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    country_code: Mapped[str] = mapped_column(ForeignKey("national_page.country_code"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[LocalizedText]
    about: Mapped[LocalizedText]
    adopted_on: Mapped[date | None]
    url: Mapped[str] = mapped_column(String(500), default="")
    address: Mapped[str] = mapped_column(Text, default="")
    telephone: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    hours: Mapped[LocalizedText]
    timezone: Mapped[str] = mapped_column(String(40), default="")
    spoken: Mapped[LocalizedText]
    is_of_office: Mapped[bool] = mapped_column(default=False)
