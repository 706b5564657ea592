"""Tables of certificates. A certificate's row is never changed: its status is computed from it,
its revocation and what replaces it. `record_mark` is what each row bears that this installation
wrote (`queries.record`).
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId
from app.infra.record_keys import Marked
from app.kernel.text import LocalizedText


class Certificate(Marked):
    """`facts` is the canonical JSON of all that is printed, `facts_sha256` its hash. `completed_on`
    and `last_valid_on` are local dates in the holder's country; `last_valid_on` is null for
    ever. `achievement` says what it certifies ("enrolment:<id>", "event:<id>:attendance:<person>"),
    so that nothing is certified twice; it is no key of anything, because two records of a person
    may become one. `replaces_id` is the certificate whose words it corrects. Completions of before
    2026.11 that no enrolment of their holder explains have no `enrolment_id`.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        Index("ix_certificate_person_id", "person_id"),
        Index("ix_certificate_country_code_completed_on", "country_code", "completed_on"),
        Index("ix_certificate_enrolment_id", "enrolment_id"),
        Index("ix_certificate_event_id", "event_id"),
        Index("ix_certificate_last_valid_on", "last_valid_on"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(20), default="completion")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    course_edition_id: Mapped[int | None] = mapped_column(ForeignKey("course_edition.id"))
    enrolment_id: Mapped[UUID | None] = mapped_column(ForeignKey("enrolment.id"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"))
    achievement: Mapped[str] = mapped_column(String(120), unique=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    facts: Mapped[str] = mapped_column(Text)
    facts_sha256: Mapped[str] = mapped_column(String(64))
    design: Mapped[str] = mapped_column(String(40))
    completed_on: Mapped[date]
    last_valid_on: Mapped[date | None]
    issued_at: Mapped[datetime]


class CertificateFile(Marked):
    """A frozen derivative; the bytes lie in `infra.files` under their SHA-256 and are never rendered
    again. `seal_lacks` is what its seal was to have and an authority did not give (a SealLack), ""
    where nothing is missing.
    """

    __tablename__ = "certificate_file"
    __table_args__ = (
        Index("ix_certificate_file_sha256", "sha256"),
        Index("ix_certificate_file_stored_at", "stored_at"),
    )

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(60), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    seal_lacks: Mapped[str] = mapped_column(String(12), default="", server_default="")
    stored_at: Mapped[datetime]


class CertificateFileBegun(Base):
    """Bytes that are being stored and that no row of CertificateFile names yet. The row goes in the
    transaction that names them; one that stays is of a worker that was killed in between.
    """

    __tablename__ = "certificate_file_begun"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    begun_at: Mapped[datetime]


class CertificatePrint(Base):
    """A file for a printer that somebody asked for: the certificates with `codes`, in this order
    and with commas between. `drawn` of them are written; `missing` could not be. `sha256` is "" and
    `size` 0 until it is made. `country_code` is "" for a list over all countries.
    """

    __tablename__ = "certificate_print"
    __table_args__ = (Index("ix_certificate_print_account_id", "account_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    country_code: Mapped[str] = mapped_column(String(2), default="")
    codes: Mapped[str] = mapped_column(Text)
    drawn: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]


class Revocation(Marked):
    """The end of a certificate. `reason` is public (a RevocationReason), `note` is not. Two people
    end one at the screen: who proposed it and who confirms it. A command of the machine's
    administrator, and those of before 2026.12, have nobody who proposed.
    """

    __tablename__ = "revocation"
    __table_args__ = (
        CheckConstraint("proposed_by IS NULL OR proposed_by <> revoked_by", name="by_two"),
    )

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    revoked_at: Mapped[datetime]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class RevocationProposal(Base):
    """What somebody proposes and somebody else has not confirmed yet; it changes nothing. The row
    goes when it is confirmed or withdrawn. Of a certificate that stands: to revoke it. Of a revoked
    one: to issue another in its place; `reason` is the one for which it was revoked.
    """

    __tablename__ = "revocation_proposal"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))


class NameErasure(Marked):
    """The name of a certificate that was taken out of the register. `name_hash` (hexadecimal) is of
    the code and the name, keyed with a NameKey: whoever holds the paper may type the name and learn
    whether it is the one. The name in `facts` is empty from then on, so that
    `facts_sha256` holds for the facts with the name that was printed.
    """

    __tablename__ = "name_erasure"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    name_hash: Mapped[str] = mapped_column(String(64))
    erased_at: Mapped[datetime]


class NameKey(Base):
    """A key with which names that were taken away are hashed: the newest one that can be read.
    Readable only with the installation's key, and sealed anew when that is exchanged, because no
    name is left of which another hash could be made.
    """

    __tablename__ = "name_key"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)


class StatusSeed(Base):
    """The secret, in the only row, by which certificates are spread over the places of their status
    lists (`rules.status_place`). With another one every place would be another certificate's.
    """

    __tablename__ = "status_seed"
    __table_args__ = (CheckConstraint("id = 1", name="only"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seed: Mapped[str] = mapped_column(String(64))


class RenewalNotice(Base):
    """That the holder was told so many days before the last valid day; once for each step."""

    __tablename__ = "renewal_notice"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    told_at: Mapped[datetime]


class CertificatePicture(Base):
    """A logo or a signature that the office has or had printed; the PNG lies in `infra.files` under
    its SHA-256. No row goes: certificates name it in their facts.
    """

    __tablename__ = "certificate_picture"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    stored_at: Mapped[datetime]
    stored_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class CertificateText(Base):
    """What the office has certificates of a kind say from now on, in Spanish and English, with
    placeholders in braces. A kind without a row says what it said first.
    """

    __tablename__ = "certificate_text"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    title: Mapped[LocalizedText]
    opening: Mapped[LocalizedText]
    sentence: Mapped[LocalizedText]


class CertificateLook(Base):
    """The two colours and the logo of certificates from now on, in the only row; without one they
    look as they are drawn.
    """

    __tablename__ = "certificate_look"
    __table_args__ = (CheckConstraint("id = 1", name="only"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    deep: Mapped[str] = mapped_column(String(7))
    accent: Mapped[str] = mapped_column(String(7))
    logo: Mapped[str | None] = mapped_column(ForeignKey("certificate_picture.sha256"))


class SignatoryTerm(Base):
    """Who signs certificates that are issued from `valid_from` on and before `valid_until`, null for
    an open end. Terms do not overlap: writers take turns (`services.papers`).
    """

    __tablename__ = "signatory_term"
    __table_args__ = (
        CheckConstraint("valid_until IS NULL OR valid_until > valid_from", name="some_day"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[LocalizedText]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    signature: Mapped[str | None] = mapped_column(ForeignKey("certificate_picture.sha256"))
