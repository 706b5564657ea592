"""Tables of registrations, consent, quotas, invitations, guests and nominations. Of the key of an
invitation only the hash and the random bits from which it is made are stored (invitations/rules).
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId


class Registration(Base):
    """A person intends to come. One per person and event, whatever the double clicks.

    Status: registered, waiting, pending (an organizer decides), declined, cancelled.
    Those registered are never more than the event's capacity, nor more of one country than its
    quota: triggers of the database (schema/capacity.py). `country_code` is the quota it counts against, "" for
    none. The waiting list is in order of `waiting_since`, then id. `origin`: self, nomination,
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


class EventQuota(Base):
    """How many of one country may register (`places`), where it differs from the event's
    `country_quota`.
    """

    __tablename__ = "event_quota"
    __table_args__ = (CheckConstraint("places >= 0", name="places"),)

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"), primary_key=True)
    places: Mapped[int]


class Invitation(Base):
    """Class: member-country, womens-organisation, key-institution, observer, special-guest. Way:
    person, institution, group, country, guest, link; only the target of that way is set. `target`
    names it ("guest:<e-mail>"), so that an event invites it once at a time; NULL for open links.

    `places`: how many may register with an open link, or how many a country is asked for. `taken`:
    how many guests have registered with an open link; the database checks the limit with it.
    `sent_at` is NULL until the event is published. `keeps_open`: whoever may register without this
    invitation still may.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("way <> 'link' OR taken <= places", name="places"),
        Index(
            "uq_invitation_event_id_target",
            "event_id",
            "target",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    invitation_class: Mapped[str] = mapped_column(String(20))
    way: Mapped[str] = mapped_column(String(12))
    target: Mapped[str | None] = mapped_column(String(300))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    working_group_id: Mapped[int | None] = mapped_column(ForeignKey("working_group.id"))
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    name: Mapped[str] = mapped_column(String(200), default="")
    organisation: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="", index=True)
    language: Mapped[str] = mapped_column(String(2), default="es")
    places: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    closes_at: Mapped[datetime | None]
    respond_by: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    bits: Mapped[str | None] = mapped_column(String(64))
    token_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    sent_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    keeps_open: Mapped[bool] = mapped_column(default=False, server_default=false())


class Guest(Base):
    """A person without an account, for one event. The same address again is the same guest.

    `form_sha256` is the hash of the form that the guest sent, so that a second click finds the same
    registration. How long the link works follows from the end of the event (rules/lasting.py).
    """

    __tablename__ = "guest"
    __table_args__ = (UniqueConstraint("event_id", "email"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    bits: Mapped[str] = mapped_column(String(64))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    form_sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class Nomination(Base):
    """A person whom a country sends to an event. Withdrawn ones are kept as a record."""

    __tablename__ = "nomination"
    __table_args__ = (
        Index(
            "uq_nomination_event_id_person_id",
            "event_id",
            "person_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_nomination_event_id_country_code", "event_id", "country_code"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    nominated_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    nominated_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
