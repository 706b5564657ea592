"""The outbox. A message is written in the transaction of the delivery that causes it and sent by a delivery of its own,
so that retry, back-off and the list of what could not be sent are the journal's."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId


class Message(Base):
    """At least once, never lost: a sender killed between handing over and noting it may send one copy more.

    `dedupe` makes the Message-ID, so that such a copy is recognisable as one. `sent_at` is null while it waits.
    """

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dedupe: Mapped[str] = mapped_column(String(120), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
