"""Tables of registrations, consent, quotas, invitations, guests and nominations. The key of an
invitation is stored as its hash, and sealed (invitations/rules).
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
    """A person intends to come. One per person and event, whatever the double clicks."""

    __tablename__ = "registration"
    __table_args__ = (
        # Not only a rule of the service: two presses may arrive at two workers at once.
        UniqueConstraint("event_id", "person_id"),
        # Counting for capacity and reading the waiting list in order both walk this index.
        Index(
            "ix_registration_event_id_status_waiting_since", "event_id", "status", "waiting_since"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    # registered, waiting, pending (an organizer decides), declined, cancelled. A cancelled row stays,
    # because its calendar invitation may be answered later and its SEQUENCE must not begin anew.
    # Those registered are never more than capacity and quota allow: triggers (schema.py).
    status: Mapped[str] = mapped_column(String(20), default="registered")
    # The quota it counts against, "" for none. Kept here and not read from the person: who moves to
    # another country afterwards takes no place of that country's.
    country_code: Mapped[str] = mapped_column(String(2), default="", server_default="")
    # self, nomination, guest, organizer: who may cancel it follows from it.
    origin: Mapped[str] = mapped_column(String(12), default="self", server_default="self")
    # The waiting list is in this order, then by id; None for who does not wait.
    waiting_since: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    # "" until the person has agreed themselves: whom others registered agree when they come.
    consent_version: Mapped[str] = mapped_column(String(10), default="", server_default="")
    # What the attendee's calendar answered (RFC 5546 §3.2.3), and the DTSTAMP of that answer, by
    # which an older one that arrives later is known.
    partstat: Mapped[str] = mapped_column(String(14), default="", server_default="")
    answered_at: Mapped[datetime | None]
    # How often it was cancelled or came back. It is part of the invitation's SEQUENCE, which a
    # calendar only follows upwards.
    invitation_turns: Mapped[int] = mapped_column(default=0, server_default="0")
    # Opens the door of an in-person event; made at registering, None before.
    check_in_code: Mapped[str | None] = mapped_column(String(26))
    # The person's own link to join, "" for none; what the meeting program calls the person; and the
    # key of the meeting for which both were asked: a meeting made anew makes them void.
    own_url: Mapped[str] = mapped_column(String(500), default="", server_default="")
    own_link_ref: Mapped[str] = mapped_column(String(200), default="", server_default="")
    own_link_of: Mapped[str] = mapped_column(String(32), default="", server_default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class RegistrationConsent(Base):
    """What somebody agreed to when registering: one row a purpose, with the version of the sentence
    the person read.
    """

    __tablename__ = "registration_consent"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True
    )
    # attendance-list, statistics, recording
    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    # Part of the key: agreeing to new sentences does not overwrite what was agreed to before.
    version: Mapped[str] = mapped_column(String(10), primary_key=True)
    given_at: Mapped[datetime]
    # The row stays when consent is taken back, as proof of what held between the two instants.
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
    """Asks somebody to an event: a person, an institution, a group, a country, a guest by a key of
    their own, or whoever has the link.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        # The last place of a link may be asked for by two guests at once.
        CheckConstraint("way <> 'link' OR taken <= places", name="places"),
        # An event invites each target once at a time; once withdrawn it may be invited anew.
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
    # member-country, womens-organisation, key-institution, observer, special-guest
    invitation_class: Mapped[str] = mapped_column(String(20))
    # person, institution, group, country, guest, link: only the columns of that way are filled.
    way: Mapped[str] = mapped_column(String(12))
    # What is invited as one text ("guest:<e-mail>"), for the unique index; NULL for open links, of
    # which an event may have several.
    target: Mapped[str | None] = mapped_column(String(300))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    working_group_id: Mapped[int | None] = mapped_column(ForeignKey("working_group.id"))
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    name: Mapped[str] = mapped_column(String(200), default="")
    organisation: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="", index=True)
    language: Mapped[str] = mapped_column(String(2), default="es")
    # How many may register with an open link, or how many people a country is asked for.
    places: Mapped[int | None]
    # How many guests have registered with an open link; counted here so that the constraint above
    # can refuse one too many.
    taken: Mapped[int] = mapped_column(default=0)
    closes_at: Mapped[datetime | None]
    respond_by: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    # The key in the link is found by its hash. Readable only with the site's key, because a later
    # letter bears it too; "" for ways without a key, and when it was given up.
    sealed_key: Mapped[str] = mapped_column(Text, default="", server_default="")
    token_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    # NULL until the event is published: letters about a draft would tell of it.
    sent_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    # Inviting closes an event to all others, unless the inviter said that it stays open to them.
    keeps_open: Mapped[bool] = mapped_column(default=False, server_default=false())


class Guest(Base):
    """A person without an account, for one event. The same address again is the same guest.

    How long the link works follows from the end of the event (invitations/rules.py).
    """

    __tablename__ = "guest"
    __table_args__ = (UniqueConstraint("event_id", "email"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    # NULL once the guest was erased: two of them at one event must not clash.
    email: Mapped[str | None] = mapped_column(String(254))
    sealed_key: Mapped[str] = mapped_column(Text, default="", server_default="")
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    # The hash of the form that the guest sent, so that a second click finds the same registration.
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
