"""What people agreed to, and what each country tells them of their data."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId
from app.kernel.text import LocalizedText


class Consent(Base):
    """One yes to one purpose, in the wording of one version, for all of Convoca; those for one
    event stand with the registration.

    Withdrawn ones stay, with both times, so that what was allowed when can be shown. At most one
    stands at a time.
    """

    __tablename__ = "consent"
    __table_args__ = (
        Index(
            "uq_consent_standing",
            "person_id",
            "purpose",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_consent_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(10))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class CountryNotice(Base):
    """One wording of what a country tells of the data about its people. It stands until the next one
    is written; one without text ends them. None is ever changed, so that it can be shown which one
    stood when somebody consented. Who wrote it is in the journal.
    """

    __tablename__ = "country_notice"

    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"), primary_key=True)
    # Counted from 1 in each country.
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[LocalizedText]
    written_at: Mapped[datetime]
