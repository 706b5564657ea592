"""Tables of events: planning, agenda, the yearly cycle, steps, requests and attendance."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    column,
    false,
    table,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.infra.orm import Base, BigId
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
        CheckConstraint("gender_marker BETWEEN 0 AND 2", name="gender_marker"),
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
    # 0 no, 1 in part, 2 it is its aim; None until somebody has said (R33).
    gender_marker: Mapped[int | None]
    # Names of other bodies that hold it with us (R41).
    partners: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    # Somebody speaks at it under a chosen name: no link to a recording is kept (R73).
    is_unrecorded: Mapped[bool] = mapped_column(default=False, server_default=false())
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


# Tables of what happens within an event: its sessions and who is needed in them, and its page in
# full.


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


class EventStep(Base):
    """One step of an event's life (rules/life.py), as its own page tells it: who, when, and a note
    where one is due. Rows are added and never changed; without an account it was the clock or the
    system.
    """

    __tablename__ = "event_step"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    step: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column("taken_at")
    by: Mapped[int | None] = mapped_column("taken_by", ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(Text, default="")


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


# What planning reads of a registration: whether somebody is registered, and so sees the event.
#
# The table, its rules and whatever writes to it are participation/registrations', which stands above
# and is not imported here; a test compares these columns and words with the model.

REGISTRATION = table(
    "registration",
    column("id", BigId),
    column("event_id", Uuid()),
    column("person_id", BigId),
    column("status", String()),
    column("own_url", String()),
)


# Tables of the yearly cycle: editions of the congress, their tables and checklists, the annual
# plan, who pays.


class Edition(Base):
    """One annual congress with its cycle. The ordinal is a label and never a key, because sources
    disagree on it.

    `cloned_from` is the edition from which the structure was copied: tables, kinds of sessions and
    checklist.
    """

    __tablename__ = "edition"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(20))
    theme: Mapped[LocalizedText]
    presidency_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    place: Mapped[str] = mapped_column(String(200), default="")
    starts_on: Mapped[str] = mapped_column(String(10), default="")
    ends_on: Mapped[str] = mapped_column(String(10), default="")
    decision_ref: Mapped[str] = mapped_column(String(120), default="", server_default="")
    cloned_from: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))


class WorkTable(Base):
    """A thematic table of a congress. A session of kind work-table may be its sitting."""

    __tablename__ = "work_table"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    theme: Mapped[LocalizedText]
    position: Mapped[int] = mapped_column(default=0)
    coordinator_country: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    rapporteur_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class SessionOutline(Base):
    """A session of the congress from which an edition was cloned: kind, title and minutes of wall
    time after the start of the congress, without date and people. Sessions are made from it once
    the congress has its hours.
    """

    __tablename__ = "session_outline"
    __table_args__ = (CheckConstraint("minutes > 0 AND after_minutes >= 0", name="minutes"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[LocalizedText]
    after_minutes: Mapped[int]
    minutes: Mapped[int]
    work_table_id: Mapped[int | None] = mapped_column(ForeignKey("work_table.id"), index=True)


class ChecklistItem(Base):
    """A task that the organizers of an edition tick by hand. Tasks that the platform can check are
    computed and not stored.
    """

    __tablename__ = "checklist_item"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    words: Mapped[LocalizedText]
    position: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class AnnualPlan(Base):
    """What the region plans to hold in a calendar year. The presidency approves it and names the
    Decision that it is based on.
    """

    __tablename__ = "annual_plan"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    decision_ref: Mapped[str] = mapped_column(String(120), default="")
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class PlanEntry(Base):
    """One entry of an annual plan; events are held under it. Without a group it belongs to the
    whole region. `quarter` is 1 to 4, or None for any time of the year. `events_planned` is the
    number of events.
    """

    __tablename__ = "plan_entry"
    __table_args__ = (
        CheckConstraint("quarter IS NULL OR quarter BETWEEN 1 AND 4", name="quarter"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("annual_plan.year"), index=True)
    title: Mapped[LocalizedText]
    working_group_id: Mapped[int | None] = mapped_column(ForeignKey("working_group.id"))
    quarter: Mapped[int | None]
    events_planned: Mapped[int] = mapped_column(default=1)
    decision_ref: Mapped[str] = mapped_column(String(120), default="")
    position: Mapped[int] = mapped_column(default=0)


class FundingSource(Base):
    """A donor or fund that pays for editions and events."""

    __tablename__ = "funding_source"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[LocalizedText]


class EditionFunding(Base):
    __tablename__ = "edition_funding"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    funding_source_id: Mapped[int] = mapped_column(
        ForeignKey("funding_source.id"), primary_key=True, index=True
    )


class EventFunding(Base):
    __tablename__ = "event_funding"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    funding_source_id: Mapped[int] = mapped_column(
        ForeignKey("funding_source.id"), primary_key=True, index=True
    )
