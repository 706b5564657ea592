"""Tables of the matrix: its periods, and the rows of each country."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId
from app.kernel.text import LocalizedText


class MatrixPeriod(Base):
    """What the countries report on together, of one edition's cycle. Days of the secretariat.

    `covers_from` to `closes_on` is the time reported on; rows are written from `opens_on` to
    `closes_on`, both included. `closed_at` and `published_at`: set once each; from `closed_at` on
    the database keeps what the rows say (schema.py).
    """

    __tablename__ = "matrix_period"
    __table_args__ = (
        UniqueConstraint("edition_id", "closes_on"),
        CheckConstraint("covers_from <= opens_on AND opens_on <= closes_on", name="days"),
        CheckConstraint("published_at IS NULL OR closed_at IS NOT NULL", name="published"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    covers_from: Mapped[date]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    opened_at: Mapped[datetime]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class MatrixRow(Base):
    """What one country says of one agreement or activity, or (without `agreement_id`) of something
    new. Kinds, statuses, phases and sharing as in values.py; states: draft, sent, published.

    `status` is "" until the row is answered. `month` is the first day of the month in which it
    happened. `contact` names a post, never a person.
    """

    __tablename__ = "matrix_row"
    __table_args__ = (
        # Two who press at once make one row; rows about nothing agreed are not limited.
        UniqueConstraint("period_id", "country_code", "agreement_id"),
        CheckConstraint("state IN ('draft', 'sent', 'published')", name="state"),
        CheckConstraint("sharing IN ('country', 'region', 'public')", name="sharing"),
        CheckConstraint("state = 'draft' OR status <> ''", name="answered"),
        CheckConstraint(
            "state = 'draft' OR kind <> 'regulatory'"
            " OR (instrument_type <> '' AND instrument_date IS NOT NULL)",
            name="instrument",
        ),
        CheckConstraint("state <> 'published' OR held = ''", name="held"),
        CheckConstraint("evidence_url = '' OR evidence_key = ''", name="link_or_file"),
        Index("ix_matrix_row_section_kind", "section", "kind"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("matrix_period.id"))
    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"), index=True)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20), default="progress")
    fact: Mapped[LocalizedText]
    section: Mapped[str] = mapped_column(String(20), default="")
    phase: Mapped[str] = mapped_column(String(12), default="")
    status: Mapped[str] = mapped_column(String(12), default="")
    month: Mapped[date | None]
    evidence_url: Mapped[str] = mapped_column(String(500), default="")
    evidence_key: Mapped[str] = mapped_column(String(70), default="")
    evidence_name: Mapped[str] = mapped_column(String(120), default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    sharing: Mapped[str] = mapped_column(String(10), default="region")
    instrument_type: Mapped[str] = mapped_column(String(20), default="")
    instrument_date: Mapped[date | None]
    is_practice: Mapped[bool] = mapped_column(default=False, server_default=false())
    practice_id: Mapped[UUID | None] = mapped_column(ForeignKey("good_practice.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    # Why the secretariat looks at it before it is published: values of Held with a space between.
    held: Mapped[str] = mapped_column(String(40), default="")
    released_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    # The row that a late country did not send in an earlier period.
    carried_from: Mapped[int | None] = mapped_column(ForeignKey("matrix_row.id"), index=True)
    # An institution's mailbox or post; `pass_number` stands in the signed link, so that taking the
    # row back makes the link of before worthless.
    passed_to: Mapped[str] = mapped_column(String(254), default="")
    passed_at: Mapped[datetime | None]
    passed_until: Mapped[date | None]
    pass_number: Mapped[int] = mapped_column(default=0)
    came_back_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    sent_at: Mapped[datetime | None]
