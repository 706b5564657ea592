"""Tables of the calendar of record. The no-overlap rule itself lives in schema.py (constraint and triggers)."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, composite, mapped_column

from app.infra.orm import Base, BigId
from app.kernel.text import LocalizedText


class Resource(Base):
    """What can be occupied. Kinds: working-group, working-groups (all of them at once), person, region."""

    __tablename__ = "resource"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(130))
    label: Mapped[LocalizedText] = composite(mapped_column("label_es"), mapped_column("label_en"))


class Engagement(Base):
    """What holds claims: one event of some domain, known here by a holder key, a title and its span.

    A tentative engagement (a draft's hold) expires at `expires_at`; confidential ones are "another meeting" to others.
    """

    __tablename__ = "engagement"
    __table_args__ = (
        Index("ix_engagement_expires_at", "expires_at", sqlite_where=text("expires_at IS NOT NULL"),
              postgresql_where=text("expires_at IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    holder: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[LocalizedText] = composite(mapped_column("title_es"), mapped_column("title_en"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    timezone: Mapped[str] = mapped_column(String(40))
    is_confidential: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime | None]


class Claim(Base):
    """[starts_at, ends_at) of a resource's lanes [lane_lo, lane_hi). Two enforced claims of one resource whose lanes
    and periods overlap cannot both stand: refused by the database itself."""

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="span"),
        CheckConstraint("lane_hi > lane_lo", name="lanes"),
        Index("ix_claim_resource_id_starts_at_ends_at", "resource_id", "starts_at", "ends_at"),
        Index("ix_claim_engagement_id", "engagement_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id", ondelete="CASCADE"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    lane_lo: Mapped[int] = mapped_column(BigInteger, default=0)
    lane_hi: Mapped[int] = mapped_column(BigInteger, default=1)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    enforced: Mapped[bool] = mapped_column(default=True)
