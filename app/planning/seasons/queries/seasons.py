"""Seasons as their planners see them. The number of statements does not grow with the wishes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import WorkingGroup
from app.planning.events.models import Event
from app.planning.events.values import EventStatus
from app.planning.seasons import policy
from app.planning.seasons.models import Season, SeasonWish
from app.planning.seasons.values import SeasonLimits, SeasonState


@dataclass(frozen=True)
class SeasonSummary:
    id: UUID
    title: str
    state: SeasonState
    starts_on: date
    ends_on: date
    wishes: int
    created_at: datetime


@dataclass(frozen=True)
class WishDetail:
    """`published_at` and `published_zone`: where its published event is today; None for a new
    webinar, and where the event was cancelled meanwhile (`is_gone`). `refused_at`: the time that
    came nearest where there was no place.
    """

    position: int
    title: LocalizedText
    groups: tuple[str, ...]
    people: tuple[int, ...]
    countries: tuple[str, ...]
    minutes: int
    earliest: date | None
    latest: date | None
    spacing: int
    after: tuple[int, ...]
    proposed_at: datetime | None
    chosen_at: datetime | None
    refused_at: datetime | None
    pinned_event_id: UUID | None
    published_at: datetime | None
    is_gone: bool
    event_id: UUID | None

    @property
    def is_asked(self) -> bool:
        """True where the presidency was asked for its time: it is an event of its own by now."""
        return self.event_id is not None and self.place is None

    @property
    def takes_part(self) -> bool:
        return not self.is_gone and not self.is_asked

    @property
    def place(self) -> datetime | None:
        """Returns where the wish would be: a person's choice goes before the proposal."""
        return None if self.is_gone else self.chosen_at or self.proposed_at

    @property
    def span(self) -> Timespan | None:
        return (
            Timespan(self.place, self.place + timedelta(minutes=self.minutes))
            if self.place
            else None
        )

    @property
    def is_moved(self) -> bool:
        """True where accepting the season moves a published event."""
        return (
            self.published_at is not None
            and self.place is not None
            and self.place != self.published_at
        )


@dataclass(frozen=True)
class SeasonDetail:
    id: UUID
    title: str
    state: SeasonState
    starts_on: date
    ends_on: date
    timezone: str
    progress: int
    cost: int | None
    error: str
    run: int
    limits: SeasonLimits
    created_at: datetime
    solved_at: datetime | None
    accepted_at: datetime | None
    wishes: tuple[WishDetail, ...] = ()


def seasons(db: Session, *, actor: Actor) -> tuple[SeasonSummary, ...]:
    """Returns all seasons, the newest first; none for an actor who may not plan seasons."""
    if not policy.may_plan_seasons(actor):
        return ()
    rows = db.execute(
        select(Season, func.count(SeasonWish.id))
        .outerjoin(SeasonWish, SeasonWish.season_id == Season.id)
        .group_by(Season.id)
        .order_by(Season.created_at.desc(), Season.id)
    )
    return tuple(
        SeasonSummary(
            id=s.id,
            title=s.title,
            state=SeasonState(s.state),
            starts_on=s.starts_on,
            ends_on=s.ends_on,
            wishes=count,
            created_at=s.created_at,
        )
        for s, count in rows
    )


def season_of(db: Session, *, actor: Actor, season_id: UUID) -> SeasonDetail:
    """Returns a season. Raises NotFound where there is none or the actor may not see it."""
    row = db.get(Season, season_id) if policy.may_plan_seasons(actor) else None
    if row is None:
        raise NotFound
    return detail(row, _wishes(db, row))


def detail(row: Season, wishes: Iterable[WishDetail]) -> SeasonDetail:
    options = row.options
    return SeasonDetail(
        id=row.id,
        title=row.title,
        state=SeasonState(row.state),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        timezone=row.timezone,
        progress=row.progress,
        cost=row.cost,
        error=row.error,
        run=options["run"],
        limits=limits_in(options),
        created_at=row.created_at,
        solved_at=row.solved_at,
        accepted_at=row.accepted_at,
        wishes=tuple(wishes),
    )


def limits_in(options: Mapping[str, Any]) -> SeasonLimits:
    """Returns the limits; seasons of old hold some that are the rule book's."""
    kept = options["limits"]
    return SeasonLimits(
        opens=time.fromisoformat(kept["opens"]),
        closes=time.fromisoformat(kept["closes"]),
        per_day=kept["per_day"],
    )


def _wishes(db: Session, season: Season) -> Iterable[WishDetail]:
    rows = db.execute(
        select(SeasonWish, Event.starts_at, Event.status)
        .outerjoin(Event, Event.id == SeasonWish.pinned_event_id)
        .where(SeasonWish.season_id == season.id)
        .order_by(SeasonWish.position)
    )
    parents = season.options.get("after", {})
    for wish, starts_at, status in rows:
        is_gone = wish.pinned_event_id is not None and (
            status == EventStatus.CANCELLED or starts_at is None
        )
        yield WishDetail(
            position=wish.position,
            title=wish.title,
            groups=tuple(wish.groups),
            people=tuple(wish.people),
            countries=tuple(wish.countries),
            minutes=wish.minutes,
            earliest=wish.earliest,
            latest=wish.latest,
            spacing=wish.spacing,
            after=tuple(parents.get(str(wish.position), ())),
            proposed_at=wish.proposed_at,
            chosen_at=wish.chosen_at,
            refused_at=wish.refused_at,
            pinned_event_id=wish.pinned_event_id,
            published_at=None if is_gone else starts_at,
            is_gone=is_gone,
            event_id=wish.event_id,
        )


def names_of_groups(db: Session) -> Mapping[str, LocalizedText]:
    """Returns the name of each group by its slug."""
    return {row.slug: row.name for row in db.scalars(select(WorkingGroup))}
