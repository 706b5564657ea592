"""Tables of who sits at a work table, and of its plan."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId


class TableMember(Base):
    """An institution of a country that sits at a work table, once. Sectors as in values.py.

    `country_code` repeats the institution's, because the warning of R11 counts by it.
    """

    __tablename__ = "table_member"
    __table_args__ = (UniqueConstraint("work_table_id", "institution_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # A table that is removed takes its members along; one with activities cannot be removed.
    work_table_id: Mapped[int] = mapped_column(ForeignKey("work_table.id", ondelete="CASCADE"))
    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    sector: Mapped[str] = mapped_column(String(20))
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class WorkPlan(Base):
    """The plan of one work table, and so of one edition. States: draft, submitted, validated.

    Sent back is a draft with `note` and `requests`, each {"number", "words"}: what is asked of an
    activity, or with number 0 of the plan. `text_hash` is of the activities as they were validated.
    Who acted becomes None once that person is erased; the instants stay.
    """

    __tablename__ = "work_plan"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'submitted', 'validated')", name="state"),
        CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL", name="submitted"),
        CheckConstraint(
            "state <> 'validated'"
            " OR (validated_at IS NOT NULL AND decision_ref <> '' AND text_hash <> '')",
            name="validated",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    work_table_id: Mapped[int] = mapped_column(
        ForeignKey("work_table.id", ondelete="CASCADE"), unique=True
    )
    state: Mapped[str] = mapped_column(String(10), default="draft")
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    returned_at: Mapped[datetime | None]
    returned_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    requests: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    validated_at: Mapped[datetime | None]
    validated_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decision_ref: Mapped[str] = mapped_column(String(120), default="")
    text_hash: Mapped[str] = mapped_column(String(64), default="")
