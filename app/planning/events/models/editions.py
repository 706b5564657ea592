"""Tables of the yearly cycle: editions of the congress, their tables and checklists, the annual
plan, who pays.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId
from app.kernel.text import LocalizedText


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
