"""Tables of what happens within an event: its sessions and who is needed in them, and its page in
full.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.infra.orm import Base
from app.kernel.text import LocalizedText


class EventSession(Base):
    """One sitting of an event. Kinds: opening, plenary, panel, work-table, guidelines-review,
    agreements, break, closing. Instants within the event's own span. Who is needed in it is claimed
    in scheduling as `session:<id>`.
    """

    __tablename__ = "session"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="span"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[LocalizedText]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    room: Mapped[str] = mapped_column(String(120), default="")
    notes: Mapped[LocalizedText]
    work_table_id: Mapped[int | None] = mapped_column(ForeignKey("work_table.id"), index=True)
    people: Mapped[list["SessionPerson"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class SessionPerson(Base):
    """Roles: speaker, moderator, rapporteur, interpreter."""

    __tablename__ = "session_person"

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20), default="speaker")


class EventBrief(Base):
    """What an event's page says beyond title, summary and time; a row only where there is something
    to say.

    `languages`: the languages spoken, codes with a space between ("es en"); `interpretation`: pairs
    ("es-en"). `recording_url` is shown once the event has ended. `dial_in`: numbers and codes for
    who has only a telephone.
    """

    __tablename__ = "event_brief"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    concept: Mapped[LocalizedText]
    objectives: Mapped[LocalizedText]
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    contact: Mapped[str] = mapped_column(String(254), default="")
    languages: Mapped[str] = mapped_column(String(20), default="")
    interpretation: Mapped[str] = mapped_column(String(40), default="")
    dial_in: Mapped[str] = mapped_column(Text, default="")
    recording_url: Mapped[str] = mapped_column(String(500), default="")


class NamedPart(Base):
    """What a person was last told of their part in a published event: speaker, moderator,
    rapporteur, interpreter.

    `roles`: with a space between several; "" for who was taken out again. `turns` counts how often
    the part was given and taken, for the SEQUENCE of the invitation. `partstat` is what the
    person's calendar answered (RFC 5546 §3.2.3), `answered_at` the DTSTAMP of that answer.
    """

    __tablename__ = "named_part"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, index=True, autoincrement=False
    )
    roles: Mapped[str] = mapped_column(String(60), default="", server_default="")
    turns: Mapped[int] = mapped_column(default=0, server_default="0")
    partstat: Mapped[str] = mapped_column(String(14), default="", server_default="")
    answered_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
