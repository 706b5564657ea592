"""After an upgrade of tzdata: events keep the hours that people agreed on, and their instants
follow.

Whatever moves is claimed anew. A clash that arises opens a conflict case; no event is lost, and its
owner is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from app.infra import journal
from app.kernel.actor import SYSTEM
from app.kernel.refusal import NotFound
from app.kernel.timespan import Timespan
from app.planning.arranging.queries.planning import binding_holidays
from app.planning.arranging.rules.clock import Agreed, ZoneOf, moved_by_zone_rules
from app.planning.arranging.services.occupying import (
    carry_sittings,
    hold_sittings,
    let_sittings_pass,
)
from app.planning.arranging.services.planning import TZDATA, wall_times
from app.planning.events.facts import EventMoved
from app.planning.events.models import Event
from app.planning.events.values import EventStatus, MoveCause, holder_of
from app.planning.holidays.rules import local_day
from app.planning.holidays.services.keeping import holder_of_holiday
from app.planning.scheduling.queries.calendar import engagement_of
from app.planning.scheduling.rules.cases import Cause
from app.planning.scheduling.rules.overlaps import SOFT
from app.planning.scheduling.rules.spec import agreed
from app.planning.scheduling.services import claims
from app.planning.scheduling.values import EngagementDraft, Party


@dataclass(frozen=True)
class Recomputed:
    """How many future events were looked at, which ones moved, and how many conflict cases that
    opened.
    """

    checked: int
    moved: tuple[UUID, ...]
    cases: int


def recompute_zones(
    db: Session, *, now: datetime, zone_of: ZoneOf = ZoneInfo, tzdata: str | None = None
) -> Recomputed:
    """Moves the instants of events to come that the pinned tzdata, or the version named, puts
    elsewhere. A second call changes nothing.
    """
    claims.lock(db)
    tzdata = tzdata or TZDATA
    _fill_in_wall_times(db, tzdata)
    events = list(db.scalars(_behind(tzdata, now)))
    spans = moved_by_zone_rules([_agreed(event) for event in events], zone_of)
    for event in events:
        event.tzdata_version = tzdata
    moving = [event for event in events if event.id in spans]
    holidays = _moved_holidays(db, now, zone_of)
    freed = let_sittings_pass(db, [event.id for event in moving])
    cases = _reclaim(
        db, {**{holder_of(event.id): spans[event.id] for event in moving}, **holidays}, now=now
    )
    for event in moving:
        before = _span(event)
        _move(db, event, spans[event.id], now=now)
        carry_sittings(db, event.id, before, spans[event.id])
        hold_sittings(db, event, now=now, cause=Cause.ZONE)
    claims.settle(db, freed=freed)
    db.flush()
    return Recomputed(len(events), tuple(event.id for event in moving), cases)


def _behind(tzdata: str, now: datetime) -> Select[Event]:
    return (
        select(Event)
        .options(selectinload(Event.people))
        .where(
            Event.ends_at > now,
            Event.tzdata_version != tzdata,
            Event.status != EventStatus.CANCELLED,
        )
        .order_by(Event.starts_at, Event.id)
    )


def _fill_in_wall_times(db: Session, tzdata: str) -> None:
    """Fills in the wall times of rows that were written without them, from their instants and the
    present rules of their zone.
    """
    rows = db.scalars(select(Event).where(Event.starts_at.is_not(None), Event.wall_starts == ""))
    for event in rows.all():
        event.wall_starts, event.wall_ends = wall_times(_span(event), event.timezone)
        event.tzdata_version = tzdata
    db.flush()


def _agreed(event: Event) -> Agreed:
    starts, ends = (datetime.fromisoformat(wall) for wall in (event.wall_starts, event.wall_ends))
    return Agreed(
        event_id=event.id, starts=starts, ends=ends, timezone=event.timezone, span=_span(event)
    )


def _span(event: Event) -> Timespan:
    if event.starts_at is None or event.ends_at is None:
        raise ValueError("a partial date has no instants")
    return Timespan(event.starts_at, event.ends_at)


def _move(db: Session, event: Event, span: Timespan, *, now: datetime) -> None:
    """Moves an event: the id stays, SEQUENCE grows by one (RFC 5545 §3.8.7.4), one fact is
    recorded.
    """
    previous = _span(event)
    event.starts_at, event.ends_at, event.changed_at = span.starts_at, span.ends_at, now
    event.sequence += 1
    fact = EventMoved(
        event_id=event.id,
        sequence=event.sequence,
        previous_starts_at=previous.starts_at,
        previous_ends_at=previous.ends_at,
        previous_place=event.place,
        cause=MoveCause.ZONE_RULES,
        previous_timezone=event.timezone,
        previous_mode=event.mode,
    )
    journal.record(db, fact, actor=SYSTEM, now=now)


def _moved_holidays(db: Session, now: datetime, zone_of: ZoneOf) -> dict[str, Timespan]:
    """Returns the new span of each binding holiday to come whose local day has moved, by the holder
    of its claim.
    """
    spans = {}
    for country_code, timezone, on in binding_holidays(db, since=now.date()):
        holder = holder_of_holiday(country_code, on)
        standing = engagement_of(db, holder=holder)
        today = local_day(on, zone_of(timezone))
        if standing is not None and standing.span != today:
            spans[holder] = today
    return spans


def _reclaim(db: Session, spans: Mapping[str, Timespan], *, now: datetime) -> int:
    """Claims the new spans and returns how many conflict cases were opened.

    All old claims are given up first, so that events that moved by the same hour do not clash with
    each other. A draft whose hold has lapsed claims nothing.
    """
    standing = {
        holder: held for holder in spans if (held := _held(db, holder, now=now)) is not None
    }
    freed = claims.let_pass(db, holders=list(standing))
    cases = 0
    for holder, (draft, parties) in standing.items():
        moved = replace(draft, span=spans[holder])
        if draft.nature in SOFT:
            question = agreed(moved, parties, now=now)
            claims.claim(db, actor=SYSTEM, question=question, engagement=moved)
        else:
            cases += len(
                claims.reclaim(db, engagement=moved, parties=parties, cause=Cause.ZONE, now=now)
            )
    claims.settle(db, freed=freed)
    return cases


def _held(
    db: Session, holder: str, *, now: datetime
) -> tuple[EngagementDraft, tuple[Party, ...]] | None:
    try:
        draft, parties = claims.held(db, holder)
    except NotFound:
        return None
    return (
        None
        if draft.tentative_until is not None and draft.tentative_until <= now
        else (draft, parties)
    )
