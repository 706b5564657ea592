"""Tables of the review of the Guidelines, and of what was answered in it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId
from app.kernel.text import LocalizedText

NOT_CLOSED = text("closed_at IS NULL")


class GuidelinesReview(Base):
    """One review of one version of the Guidelines: set for a day, then open, then closed.

    `challenges` are each {"key", "words": text by language}: those of the body and the countries'
    own. `inputs` are each {"kind", "ref", "about"}: what was ticked as a contribution to a challenge
    or a section. `changed` holds the codes of the sections that the next version words otherwise.
    """

    __tablename__ = "guidelines_review"
    __table_args__ = (
        # Of two who set the next review at once, one does.
        Index(
            "uq_guidelines_review_not_closed",
            "guideline_version_id",
            unique=True,
            sqlite_where=NOT_CLOSED,
            postgresql_where=NOT_CLOSED,
        ),
        CheckConstraint("closed_at IS NULL OR opened_at IS NOT NULL", name="opened"),
        CheckConstraint("closed_at IS NULL OR outcome IN ('no-change', 'revise')", name="outcome"),
        CheckConstraint(
            "closed_at IS NULL OR outcome <> 'revise' OR next_version_id IS NOT NULL",
            name="next_version",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    guideline_version_id: Mapped[int] = mapped_column(ForeignKey("guideline_version.id"))
    due_on: Mapped[date]
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    # The day until which countries are asked to answer; it closes nothing by itself.
    answers_until: Mapped[date | None]
    challenges: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    inputs: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str] = mapped_column(String(10), default="")
    decision_ref: Mapped[str] = mapped_column(String(120), default="")
    changed: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    next_version_id: Mapped[int | None] = mapped_column(ForeignKey("guideline_version.id"))


class ReviewAnswer(Base):
    """What a country, or with country "" the region, says of a challenge or a section.

    `about` is "challenge" or "section", `key` the challenge's key or the section's code; a section
    that would be added has the code it would get. `proposal`: keep, reword, add; "" of a challenge.
    `supports_id`: the answer whose wording the country wants too, instead of one of its own.
    """

    __tablename__ = "review_answer"
    __table_args__ = (
        UniqueConstraint("review_id", "about", "key", "country_code"),
        CheckConstraint("about IN ('challenge', 'section')", name="about"),
        CheckConstraint("proposal IN ('', 'keep', 'reword', 'add')", name="proposal"),
        CheckConstraint("(about = 'section') = (proposal <> '')", name="proposal_of_section"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("guidelines_review.id"))
    about: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(40))
    country_code: Mapped[str] = mapped_column(String(2), default="")
    proposal: Mapped[str] = mapped_column(String(10), default="")
    words: Mapped[LocalizedText]
    reason: Mapped[LocalizedText]
    supports_id: Mapped[int | None] = mapped_column(ForeignKey("review_answer.id"), index=True)
    answered_at: Mapped[datetime]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
