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
    """A participant report that somebody sent for an event; the same bytes are one import for ever."""

    __tablename__ = "attendance_import"
    __table_args__ = (UniqueConstraint("event_id", "sha256"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    # Names the original in the store of files; "" once it was dropped, because somebody in it was
    # erased or its time was over.
    file_key: Mapped[str] = mapped_column(String(80))
    filename: Mapped[str] = mapped_column(String(200))
    provider: Mapped[str] = mapped_column(String(10))
    # uploaded (people are being looked for, `progress` of 100), ready, applied
    state: Mapped[str] = mapped_column(String(10), default="uploaded")
    progress: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int]
    # Rows without usable times.
    skipped: Mapped[int]
    # What it covers; beside the event's own hours it tells of a report in another zone.
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class AttendanceParticipant(Base):
    """Somebody in a report: what it says, what Convoca thinks and what a person decided.

    Unmatched ones stay, so that they may be matched later.
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
    # Pairs of ISO instants in UTC, within the event.
    spans: Mapped[list[Any]]
    # Proposed by names and addresses alone; suggestions are [person, score], the best first.
    verdict: Mapped[str] = mapped_column(String(10))
    suggestions: Mapped[list[Any]]
    by_email: Mapped[bool] = mapped_column(default=False)
    # open, person, kept, ignored. What is sure is decided beforehand; a person has the last word, as
    # nothing is written to the list before somebody applies the report.
    decision: Mapped[str] = mapped_column(String(10), default="open")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)


class AttendanceInterval(Base):
    """A time that somebody was there, merged over all connections, devices and reports. Of one
    source no two of a person overlap; the minutes of a person are the union of both.
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
    # import, check-in: applying a report anew replaces the spans of reports, and no others.
    source: Mapped[str] = mapped_column(String(10))


class AttendanceChange(Base):
    """Minutes that were written down and then changed: by whom, when and why."""

    __tablename__ = "attendance_change"
    __table_args__ = (Index("ix_attendance_change_event_id_at", "event_id", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    # None where nothing stood before.
    before: Mapped[int | None]
    after: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
