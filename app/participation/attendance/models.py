"""Tables of attendance. The minutes themselves are in `attendance` of events: one number a person
and event.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId


class AttendanceImport(Base):
    """A participant report that somebody sent for an event; the same bytes are one import for ever.

    State: uploaded (people are being looked for, `progress` of 100), ready, applied. `file_key`
    names the original in the store of files, "" once it was dropped. `skipped` rows had no times.
    `starts_at` to `ends_at` is what it covers.
    """

    __tablename__ = "attendance_import"
    __table_args__ = (UniqueConstraint("event_id", "sha256"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    file_key: Mapped[str] = mapped_column(String(80))
    filename: Mapped[str] = mapped_column(String(200))
    provider: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="uploaded")
    progress: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int]
    skipped: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class AttendanceParticipant(Base):
    """Somebody in a report: what it says (name, address, minutes and times within the event), what
    Convoca thinks (verdict, suggestions as [person, score]) and what a person decided (decision,
    `person_id`).

    `spans` are pairs of ISO instants in UTC. Unmatched ones stay, so that they may be matched
    later.
    """

    __tablename__ = "attendance_participant"
    __table_args__ = (
        UniqueConstraint("import_id", "position"),
        Index("ix_attendance_participant_import_id_decision", "import_id", "decision"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("attendance_import.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    minutes: Mapped[int]
    spans: Mapped[list[Any]]
    verdict: Mapped[str] = mapped_column(String(10))
    suggestions: Mapped[list[Any]]
    by_email: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[str] = mapped_column(String(10), default="open")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)


class AttendanceInterval(Base):
    """A time that somebody was there. Source: import (merged over all connections, devices and
    reports), check-in. Of one source no two of a person overlap; the minutes of a person are the
    union of both.
    """

    __tablename__ = "attendance_interval"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id", "source", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="span"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(10))


class AttendanceChange(Base):
    """Minutes that were written down and then changed: by whom, when and why. `before` None:
    nothing stood there.
    """

    __tablename__ = "attendance_change"
    __table_args__ = (Index("ix_attendance_change_event_id_at", "event_id", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    before: Mapped[int | None]
    after: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
