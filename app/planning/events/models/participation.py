"""Tables of taking part: who registered, how many of a country may, who was there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId


class Registration(Base):
    """I intend to come. One per person and event whatever the double clicks.

    Status: registered (has a place), waiting, pending (an organizer decides), declined, cancelled.
    Those registered are never more than the event's capacity, nor more of one country than its
    quota: a rule of the database (schema.py). `country_code` is the quota it counts against, "" for
    none. Waiting ones stand in order of `waiting_since`, then id. `origin`: self, nomination,
    guest, organizer. `partstat` is what the attendee's calendar answered (RFC 5546 §3.2.3),
    `answered_at` the DTSTAMP of that answer; `invitation_turns` counts how often the invitation was
    turned round. `check_in_code` opens the door of an in-person event.
    `own_url`: the person's own link to join, "" for none; `own_link_ref`: what the meeting program
    calls the person; `own_link_of`: the key of the meeting for which both were asked.
    """

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        Index(
            "ix_registration_event_id_status_waiting_since", "event_id", "status", "waiting_since"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    status: Mapped[str] = mapped_column(String(20), default="registered")
    country_code: Mapped[str] = mapped_column(String(2), default="", server_default="")
    origin: Mapped[str] = mapped_column(String(12), default="self", server_default="self")
    waiting_since: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    consent_version: Mapped[str] = mapped_column(String(10), default="", server_default="")
    partstat: Mapped[str] = mapped_column(String(14), default="", server_default="")
    answered_at: Mapped[datetime | None]
    invitation_turns: Mapped[int] = mapped_column(default=0, server_default="0")
    check_in_code: Mapped[str | None] = mapped_column(String(26))
    own_url: Mapped[str] = mapped_column(String(500), default="", server_default="")
    own_link_ref: Mapped[str] = mapped_column(String(200), default="", server_default="")
    own_link_of: Mapped[str] = mapped_column(String(32), default="", server_default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class RegistrationConsent(Base):
    """What somebody agreed to when registering: one row a purpose, with the version of the sentence
    the person read.

    Purposes: attendance-list, statistics, recording. What is taken back keeps its row and says
    when.
    """

    __tablename__ = "registration_consent"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True
    )
    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[str] = mapped_column(String(10), primary_key=True)
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


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


class EventQuota(Base):
    """How many of one country may have a place, where it differs from the event's
    `country_quota`.
    """

    __tablename__ = "event_quota"
    __table_args__ = (CheckConstraint("places >= 0", name="places"),)

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"), primary_key=True)
    places: Mapped[int]


class Attendance(Base):
    """I was there: minutes and how we know (source: manual, import, check-in)."""

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        CheckConstraint("minutes >= 0", name="minutes"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    minutes: Mapped[int]
    source: Mapped[str] = mapped_column(String(20))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
