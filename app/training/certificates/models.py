"""Tables of certificates. A certificate's row is never changed: its status is computed from it and
its revocation.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId


class Certificate(Base):
    """`facts` is the canonical JSON of all that is printed, `facts_sha256` its hash. `completed_on`
    and `last_valid_on` are local dates in the holder's country; `last_valid_on` is null for
    ever. One for each enrolment that was completed; those of before 2026.11 that no enrolment of
    their holder explains have none.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        Index("ix_certificate_person_id", "person_id"),
        Index("ix_certificate_country_code_completed_on", "country_code", "completed_on"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(20), default="completion")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    course_edition_id: Mapped[int | None] = mapped_column(ForeignKey("course_edition.id"))
    enrolment_id: Mapped[UUID | None] = mapped_column(ForeignKey("enrolment.id"), unique=True)
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    facts: Mapped[str] = mapped_column(Text)
    facts_sha256: Mapped[str] = mapped_column(String(64))
    design: Mapped[str] = mapped_column(String(40))
    completed_on: Mapped[date]
    last_valid_on: Mapped[date | None]
    issued_at: Mapped[datetime]


class CertificateFile(Base):
    """A frozen derivative; the bytes lie in `infra.files` under their SHA-256 and are never rendered
    again.
    """

    __tablename__ = "certificate_file"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(60), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    stored_at: Mapped[datetime]


class Revocation(Base):
    """The end of a certificate. `reason` is public (error, fraud, request), `note` is not."""

    __tablename__ = "revocation"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    revoked_at: Mapped[datetime]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
