"""Table of what the presidency is asked to authorize."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base

IS_OPEN = text("state = 'open'")


class AuthorizationRequest(Base):
    """The wish that an event take place at a time, put to the presidency with a reason.

    [starts_at, ends_at) is the time wished for: of a draft its own, of a published event the one
    that it would be moved to. State: open, authorized, offered (another hour, [offered_starts_at,
    offered_ends_at)), accepted (that hour was taken), declined, withdrawn, lapsed (nobody had
    answered by `decide_by`). An event has one open request at most. `answer` is the presidency's
    reason; without an account the system answered.
    """

    __tablename__ = "authorization_request"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="span"),
        Index("ix_authorization_request_event_id", "event_id"),
        Index("ix_authorization_request_state_decide_by", "state", "decide_by"),
        Index(
            "uq_authorization_request_open",
            "event_id",
            unique=True,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    timezone: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text, default="")
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    decide_by: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="open")
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]
    offered_starts_at: Mapped[datetime | None]
    offered_ends_at: Mapped[datetime | None]
