"""Tables of meetings by connection."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base


class MeetingConnection(Base):
    """The office's one account at a meeting program."""

    __tablename__ = "meeting_connection"

    provider: Mapped[str] = mapped_column(String(10), primary_key=True)
    # The program's keys, readable only with the application's secret: a copy of the database, as a
    # backup is, opens no account.
    sealed: Mapped[str] = mapped_column(Text)
    host: Mapped[str] = mapped_column(String(254))
    # The last characters of the secret, so that an organizer can tell which keys are in use.
    ending: Mapped[str] = mapped_column(String(4))
    checked_at: Mapped[datetime]


class EventMeeting(Base):
    """The meeting that the connection keeps for an event. Written before the program is asked, with
    the `key` that marks it there, so that a worker that is killed leads to no second one.
    """

    __tablename__ = "event_meeting"
    __table_args__ = (Index("ix_event_meeting_report_at", "report_at"),)

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    provider: Mapped[str] = mapped_column(String(10))
    # Marks the meeting in the program, where it is looked for before another one is made.
    key: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    external_id: Mapped[str] = mapped_column(String(200), default="")
    join_url: Mapped[str] = mapped_column(String(500), default="")
    # What the program was told last: compared with the event, it says whether something is to do.
    topic: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # A worker is asking the program, outside of any transaction, until this instant at the latest:
    # one that is killed keeps others away no longer.
    busy_until: Mapped[datetime | None]
    # Why the program did not do it, as JSON of msgid and parameters, because each reader has an own
    # language; "" for no problem.
    problem: Mapped[str] = mapped_column(Text, default="")
    # When the report is asked for next; None once it came, or after too many tries.
    report_at: Mapped[datetime | None]
    report_tries: Mapped[int] = mapped_column(default=0)
    # The import of attendance that came of the report.
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("attendance_import.id"))
    # Whoever is registered joins by a link of their own, so that the report names them.
    has_own_links: Mapped[bool] = mapped_column(default=False)
    links_busy_until: Mapped[datetime | None]
    changed_at: Mapped[datetime]
