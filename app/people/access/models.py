"""Tables of people and access."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId


class AccessRequest(Base):
    """Somebody who asked to be let in, as they typed it. `decision` is "" until it is decided; the
    row goes 30 days after it was asked. `country_code` is None for who serves in no Member Country.
    """

    __tablename__ = "access_request"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    full_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), index=True)
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    institution: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(1000))
    language: Mapped[str] = mapped_column(String(2))
    asked_at: Mapped[datetime]
    decision: Mapped[str] = mapped_column(String(10), default="", server_default="")
