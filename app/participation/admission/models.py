"""Tables of invitations. Of a key only the hash and the random bits from which it is made are
stored (rules/keys.py).
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
