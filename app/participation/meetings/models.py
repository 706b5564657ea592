"""Tables of meetings by connection."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base


class MeetingConnection(Base):
    """The office's one account at a meeting program. `sealed`: its keys, readable only with the
    application's secret; `ending`: the last characters of the secret, to tell two apart.
    """

    __tablename__ = "meeting_connection"

    provider: Mapped[str] = mapped_column(String(10), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)
    host: Mapped[str] = mapped_column(String(254))
    ending: Mapped[str] = mapped_column(String(4))
    checked_at: Mapped[datetime]


class EventMeeting(Base):
    """The meeting that the connection keeps for an event. Written before the program is asked, with
    the `key` that marks it there, so that a worker that is killed leads to no second one.

    `topic`, `starts_at`, `ends_at`: what the program was told last. `busy_until`: a worker is
    asking the program. `problem`: why it could not, as JSON of msgid and parameters, "" for no
    problem. `report_at`: when the report is asked for next; after `report_tries` without one it is
    None. `import_id`: the attendance import that came of it. `has_own_links`: whoever
    is registered joins by a link of their own; `links_busy_until`: a worker is giving them.
    """

    __tablename__ = "event_meeting"
    __table_args__ = (Index("ix_event_meeting_report_at", "report_at"),)

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    provider: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    external_id: Mapped[str] = mapped_column(String(200), default="")
    join_url: Mapped[str] = mapped_column(String(500), default="")
    topic: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    busy_until: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text, default="")
    report_at: Mapped[datetime | None]
    report_tries: Mapped[int] = mapped_column(default=0)
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("attendance_import.id"))
    has_own_links: Mapped[bool] = mapped_column(default=False)
    links_busy_until: Mapped[datetime | None]
    changed_at: Mapped[datetime]
