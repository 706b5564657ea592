"""The holidays of each country."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base
from app.kernel.text import LocalizedText


class CountryHoliday(Base):
    """A holiday of a country. A binding holiday closes the country's calendar; others warn.

    Scope: national or regional. Source: where the holiday is known from. When a focal point strikes
    a holiday out, its row stays with `is_observed` false, so that loading the reference data does
    not bring it back.
    """

    __tablename__ = "country_holiday"

    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"), primary_key=True)
    on: Mapped[date] = mapped_column("holiday_on", primary_key=True)
    name: Mapped[LocalizedText]
    source: Mapped[str] = mapped_column(String(80), default="")
    scope: Mapped[str] = mapped_column(String(10), default="national", server_default="national")
    is_binding: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_observed: Mapped[bool] = mapped_column(default=True, server_default=true())
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime | None]
