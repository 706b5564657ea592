"""Tables of packages. A version and its files never change; results are never deleted."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId
from app.kernel.text import LocalizedText


class Package(Base):
    """A course made elsewhere. `origin` is the institution that made it."""

    __tablename__ = "package"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[LocalizedText]
    summary: Mapped[LocalizedText]
    origin: Mapped[str] = mapped_column(String(200))
    added_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class PackageVersion(Base):
    """One uploaded archive, by its SHA-256. `manifest` is `values.Manifest` as JSON."""

    __tablename__ = "package_version"
    __table_args__ = (
        UniqueConstraint("package_id", "number"),
        UniqueConstraint("package_id", "sha256"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("package.id"))
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    file_key: Mapped[str] = mapped_column(String(70))
    filename: Mapped[str] = mapped_column(String(120))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    # Of all its files together, which are in the storage too.
    unpacked_bytes: Mapped[int] = mapped_column(BigInteger)
    manifest: Mapped[dict[str, Any]]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    accepted_at: Mapped[datetime]


class PackageFile(Base):
    """A file of a version by its path in the package. Files are served from this list only."""

    __tablename__ = "package_file"

    version_id: Mapped[int] = mapped_column(ForeignKey("package_version.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(300), primary_key=True)
    file_key: Mapped[str] = mapped_column(String(70))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int] = mapped_column(BigInteger)


class PackageUpload(Base):
    """An archive after its dry run, until its author accepts or discards it; for a day."""

    __tablename__ = "package_upload"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    package_id: Mapped[int | None] = mapped_column(ForeignKey("package.id"))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    file_key: Mapped[str] = mapped_column(String(70))
    filename: Mapped[str] = mapped_column(String(120))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    report: Mapped[dict[str, Any]]
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    uploaded_at: Mapped[datetime] = mapped_column(index=True)


class PackageEnrolment(Base):
    """A person who takes a version to its end; a newer version is another enrolment."""

    __tablename__ = "package_enrolment"
    __table_args__ = (
        UniqueConstraint("person_id", "version_id"),
        Index("ix_package_enrolment_version_id", "version_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("package_version.id"))
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class PackageResult(Base):
    """What an item has come to for an enrolment: the summary of its sessions. `score` is 0–100."""

    __tablename__ = "package_result"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("package_enrolment.id"), primary_key=True)
    item_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    score: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    seconds: Mapped[int] = mapped_column(default=0)
    completed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class PackageSession(Base):
    """A launch of an item. `state` is its data model by element, `sequence` the number of the last
    commit, `seconds` what this session took. `ended_at`: the package said goodbye; `closed_at`:
    nothing more is taken, because it ended or was opened anew.
    """

    __tablename__ = "package_session"
    __table_args__ = (Index("ix_package_session_enrolment_id", "enrolment_id", "item_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("package_enrolment.id"))
    item_key: Mapped[str] = mapped_column(String(200))
    number: Mapped[int]
    # As the package is told (`cmi.mode`, `cmi.entry`): only a session in mode "normal" counts.
    mode: Mapped[str] = mapped_column(String(10))
    entry: Mapped[str] = mapped_column(String(10))
    state: Mapped[dict[str, Any]]
    sequence: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
