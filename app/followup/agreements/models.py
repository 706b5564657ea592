"""Tables of what was agreed, of its reviews, of what prepares a congress and of what its tables
found.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId
from app.kernel.text import LocalizedText

NOT_OF_A_PLAN, EMPTY_LIST = text("plan_id IS NULL"), text("'[]'")


class Agreement(Base):
    """One paragraph of what an event agreed, or an activity that a work table of a congress wrote.

    `due` is a local day of the secretariat. An activity belongs to the congress of its edition and
    is numbered within its plan; `is_draft` until the plan is validated, and from then on the
    database keeps its text (schema.py).

    `status` is the last word of a review or of those who plan its event: open, in-progress, done,
    no-longer-applicable. Overdue is derived. `section` is a code of the Guidelines, or "".
    """

    __tablename__ = "agreement"
    __table_args__ = (
        Index(
            "uq_agreement_event_id_number_letter",
            "event_id",
            "number",
            "letter",
            unique=True,
            sqlite_where=NOT_OF_A_PLAN,
            postgresql_where=NOT_OF_A_PLAN,
        ),
        Index("uq_agreement_plan_id_number", "plan_id", "number", unique=True),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("gender_marker BETWEEN 0 AND 2", name="gender_marker"),
        CheckConstraint("plan_id IS NOT NULL OR NOT is_draft", name="is_draft"),
        CheckConstraint(
            "status IN ('open', 'in-progress', 'done', 'no-longer-applicable')", name="status"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    number: Mapped[int]
    letter: Mapped[str] = mapped_column(String(1), default="")
    text: Mapped[LocalizedText]
    verb: Mapped[str] = mapped_column(String(12))
    due: Mapped[date | None] = mapped_column(index=True)
    section: Mapped[str] = mapped_column(String(20), default="")
    status: Mapped[str] = mapped_column(String(20), default="open", index=True)
    # Of the last status that its planners set by hand; a review keeps its own note.
    evidence: Mapped[str] = mapped_column(Text, default="")
    evidence_url: Mapped[str] = mapped_column(String(500), default="")
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("work_plan.id"))
    # Repeats the state of the plan, so that every list of agreements leaves drafts out by one column.
    is_draft: Mapped[bool] = mapped_column(default=False, server_default=false())
    indicator: Mapped[str] = mapped_column(String(200), default="", server_default="")
    target: Mapped[str] = mapped_column(String(120), default="", server_default="")
    # 0 no, 1 in part, 2 it is its aim; None until somebody has said.
    gender_marker: Mapped[int | None]
    funding_source_id: Mapped[int | None] = mapped_column(
        ForeignKey("funding_source.id"), index=True
    )
    # Names of other bodies (SICA, OCAM, …), as they are written for events.
    partners: Mapped[list[Any]] = mapped_column(default=list, server_default=EMPTY_LIST)
    # The finding that an activity was made of, so that the chain can be read both ways (R9).
    finding_id: Mapped[int | None] = mapped_column(
        ForeignKey("finding.id", ondelete="SET NULL"), index=True
    )
    # The webinar that was planned of an activity. No foreign key, because that draft may be deleted
    # like any other; the activity is then free again.
    webinar_id: Mapped[UUID | None] = mapped_column(index=True)
    # None once the person was erased: what was agreed stays, who wrote it down does not.
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class AgreementParty(Base):
    """Who answers for it. Kinds: country, institution, working-group, secretariat, presidency,
    observer.

    `key` says which one within its kind: a code, a number, a slug, an observer's name.
    `country_code` is the country that answers through it, so that its focal point finds it.
    """

    __tablename__ = "agreement_party"

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True, default="")
    # Repeats the institution's country, so that the list of a country is one indexed look-up.
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"), index=True)


class AgreementReview(Base):
    """What a follow-up webinar said of an agreement: once, however many press the button."""

    __tablename__ = "agreement_review"

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True, index=True)
    status: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]


class AgreementProposal(Base):
    """The last word of a responsible country's focal point; a note for the next review, no status
    yet.
    """

    __tablename__ = "agreement_proposal"

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"), primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    evidence_url: Mapped[str] = mapped_column(String(500), default="")
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]


class PriorityIssue(Base):
    """What a preparatory webinar wants the congress to speak about (R24).

    `placed_at`: when it became a session; it stays when that session is taken out again, so that
    nothing comes back by itself. `session_kind`: panel or work-table.
    """

    __tablename__ = "priority_issue"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    position: Mapped[int]
    text: Mapped[LocalizedText]
    session_kind: Mapped[str] = mapped_column(String(20), default="panel")
    proposed_by: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    placed_at: Mapped[datetime | None]
    session_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("session.id", ondelete="SET NULL"), index=True
    )


class TableFinding(Base):
    """A main finding of a work table, or a priority action it recommends (R30)."""

    __tablename__ = "finding"
    __table_args__ = (CheckConstraint("kind IN ('finding', 'action')", name="kind"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    work_table_id: Mapped[int] = mapped_column(ForeignKey("work_table.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    position: Mapped[int]
    text: Mapped[LocalizedText]
    section: Mapped[str] = mapped_column(String(20), default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]


class ClosingReason(Base):
    """Why an event for which people had registered was closed without anybody's attendance."""

    __tablename__ = "closed_without_attendance"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
