"""Tables of planning. An event with partial dates (`date_precision` month, year or unknown) has no
instants and is in no overlap check; its dates stay as they were found ("2021-09").
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.infra.orm import Base
from app.kernel.text import LocalizedText


class Event(Base):
    """Kinds: webinar, workshop, meeting, congress, governance, training, external. Status: draft,
    published, cancelled.

    Wall time + IANA zone are what people agreed on; the instants are computed from them with
    `tzdata_version`. `sequence` is iCalendar's (RFC 5545 §3.8.7.4): it rises when time or place
    changes and on cancelling. `changed_at` is the last change that a calendar reader should see
    (DTSTAMP). `published_at` is the first publication and stays on cancelling: a cancelled draft
    was never public.

    `wall_starts` and `wall_ends` are naive wall times in `timezone`, "2027-03-15T09:00:00".
    `licence` is the key of the meeting licence it occupies, or "". A side event happens during the
    congress or governance meeting it belongs to.

    The life of an event (rules/life.py) is read from instants: `asked_at` (held: the presidency's
    approval was asked for), `approved_at`, `published_at`, `closed_at`. `start_told_at` and
    `end_told_at`: when EventStarted and EventEnded were told, each once. `plan_entry_id` or
    `decision_ref` says by which plan or Decision it takes place. `agenda_from`: the event whose
    agenda this copy takes over once it has its hours; null after that.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="span"),
        Index("ix_event_starts_at", "starts_at"),
        Index("ix_event_status_starts_at", "status", "starts_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20), default="draft")
    title: Mapped[LocalizedText]
    summary: Mapped[LocalizedText]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    timezone: Mapped[str] = mapped_column(String(40))
    wall_starts: Mapped[str] = mapped_column(String(19), default="", server_default="")
    wall_ends: Mapped[str] = mapped_column(String(19), default="", server_default="")
    tzdata_version: Mapped[str] = mapped_column(String(10), default="")
    is_all_day: Mapped[bool] = mapped_column(default=False)
    date_precision: Mapped[str] = mapped_column(String(10), default="instant")
    found_start: Mapped[str] = mapped_column(String(10), default="")
    found_end: Mapped[str] = mapped_column(String(10), default="")
    mode: Mapped[str] = mapped_column(String(20), default="online")
    place: Mapped[str] = mapped_column(String(200), default="")
    join_url: Mapped[str] = mapped_column(String(500), default="")
    source_url: Mapped[str] = mapped_column(Text, default="")
    capacity: Mapped[int | None]
    licence: Mapped[str] = mapped_column(String(60), default="", server_default="")
    side_event_of: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"), index=True)
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("series.id"), index=True)
    series_position: Mapped[int | None]
    sequence: Mapped[int] = mapped_column(default=0)
    is_confidential: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    start_told_at: Mapped[datetime | None]
    end_told_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    plan_entry_id: Mapped[int | None] = mapped_column(ForeignKey("plan_entry.id"), index=True)
    decision_ref: Mapped[str] = mapped_column(String(120), default="", server_default="")
    registration_closes_at: Mapped[datetime | None]
    needs_approval: Mapped[bool] = mapped_column(default=False, server_default=false())
    country_quota: Mapped[int | None]
    agenda_from: Mapped[UUID | None]
    groups: Mapped[list["EventGroup"]] = relationship(lazy="raise", cascade="all, delete-orphan")
    people: Mapped[list["EventPerson"]] = relationship(lazy="raise", cascade="all, delete-orphan")
    links: Mapped[list["EventLink"]] = relationship(lazy="raise", cascade="all, delete-orphan")
    countries: Mapped[list["EventCountry"]] = relationship(
        lazy="raise", cascade="all, delete-orphan"
    )


class EventGroup(Base):
    __tablename__ = "event_group"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    working_group_id: Mapped[int] = mapped_column(
        ForeignKey("working_group.id"), primary_key=True, index=True
    )


class EventPerson(Base):
    """Somebody who must be there and therefore cannot be elsewhere. Roles: speaker, moderator,
    rapporteur, interpreter, delegate, host. `seat` says why this person: "focal-point:HN" or
    "delegate:protection:HN" follow whoever holds the post, with a space between several; "" is this
    person and nobody else.
    """

    __tablename__ = "event_person"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20), default="speaker")
    seat: Mapped[str] = mapped_column(String(200), default="", server_default="")


class EventCountry(Base):
    """A country whose officials are invited. An event without rows invites all of the region."""

    __tablename__ = "event_country"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    country_code: Mapped[str] = mapped_column(
        ForeignKey("country.code"), primary_key=True, index=True
    )


class Series(Base):
    """Webinars planned as one act. `recurrence` is the RRULE text (RFC 5545 §3.3.10) that the
    occurrences came from, counted on the wall clock of `timezone`. Each occurrence is an event of
    its own, with an id of its own.
    """

    __tablename__ = "series"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    title: Mapped[LocalizedText]
    recurrence: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(40))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]


class EventLink(Base):
    """What an event is to an edition: congress, preparatory, follow-up. A webinar may follow up III
    and prepare IV.
    """

    __tablename__ = "event_link"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
