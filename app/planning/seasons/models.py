"""Tables of season planning. A season is a proposal until it is accepted; until then it holds no
time at all.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.infra.orm import Base, BigId
from app.kernel.text import LocalizedText


class Season(Base):
    """A table of wishes and its proposal. `progress` is in per cent.

    `cost` is what the proposal pays for holidays, early hours and distance from wishes; lower is
    better, 0 is ideal.
    """

    __tablename__ = "season"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    title: Mapped[str] = mapped_column(String(200))
    # A SeasonState: draft, queued, solving, proposed, failed or accepted.
    state: Mapped[str] = mapped_column(String(10), default="draft")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    timezone: Mapped[str] = mapped_column(String(40))
    # The season's own limits, the number of the run that counts (an older one keeps nothing), and
    # by position the wishes that must be over before. Nothing of it is ever searched for.
    options: Mapped[dict[str, Any]]
    progress: Mapped[int] = mapped_column(default=0)
    cost: Mapped[int | None]
    error: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    solved_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    wishes: Mapped[list["SeasonWish"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class SeasonWish(Base):
    """One webinar that is wished for: who, how long, within which days, how many working days after
    its group's last.

    `proposed_at` is where planning put it (None: nowhere), `chosen_at` where a person did instead;
    `refused_at` is the nearest time of one that has no place. `pinned_event_id` is a published
    event that may be kept or moved; `event_id` the event that accepting made, or the draft with
    which the presidency was asked.
    """

    __tablename__ = "season_wish"
    __table_args__ = (
        UniqueConstraint("season_id", "position"),
        CheckConstraint("minutes > 0", name="minutes"),
        Index("ix_season_wish_season_id", "season_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    season_id: Mapped[UUID] = mapped_column(ForeignKey("season.id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[LocalizedText]
    # Slugs, ids and codes as they were found when the table was read. Lists and no rows, because a
    # wish engages nobody until it is accepted; what is gone by then is refused then.
    groups: Mapped[list[Any]]
    people: Mapped[list[Any]]
    countries: Mapped[list[Any]]
    minutes: Mapped[int]
    earliest: Mapped[date | None]
    latest: Mapped[date | None]
    spacing: Mapped[int] = mapped_column(default=0)
    proposed_at: Mapped[datetime | None]
    chosen_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    pinned_event_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"))
