"""A series before it is planned, and the series to which an event belongs."""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.queries.asking import Advice, advice, free_slots
from app.planning.arranging.rules import soundness
from app.planning.events.models import Event, Series
from app.planning.events.queries.events import details, visible_to
from app.planning.events.queries.references import parties_of, references_of
from app.planning.events.values import EventDetail, EventDraft, holder_of
from app.planning.scheduling.queries.calendar import terms_of
from app.planning.scheduling.values import OverrideAsked, Standing
from app.planning.series import rules
from app.planning.series.rules import Occurrence, Pattern, Recurrence

NO_ADVICE = Advice()


@dataclass(frozen=True)
class ProposedDate:
    """One date of a series that is being planned."""

    occurrence: Occurrence
    advice: Advice = NO_ADVICE
    is_moved: bool = False
    is_skipped: bool = False

    @property
    def fits(self) -> bool:
        return self.occurrence.span is not None and not self.advice.is_refused


@dataclass(frozen=True)
class SeriesProposal:
    dates: tuple[ProposedDate, ...]

    @property
    def misfits(self) -> tuple[ProposedDate, ...]:
        return tuple(date for date in self.dates if not date.is_skipped and not date.fits)


@dataclass(frozen=True)
class Member:
    """`is_moved`: the event is not on the date that the pattern gives it."""

    position: int
    event: EventDetail
    is_moved: bool


@dataclass(frozen=True)
class SeriesDetail:
    id: UUID
    title: LocalizedText
    pattern: Pattern
    timezone: str
    members: tuple[Member, ...]


def propose_series(
    db: Session,
    *,
    actor: Actor,
    draft: EventDraft,
    recurrence: Recurrence,
    now: datetime,
    skip: Collection[int] = (),
    moved: Mapping[int, Timespan] | None = None,
    overrides: Sequence[OverrideAsked] = (),
    offering: Container[int] | None = None,
) -> SeriesProposal:
    """Returns each date with its findings and, where it does not fit, up to three free slots that
    fit with all other dates; the slots only for the positions in `offering` where it is given.

    A date is checked against the earlier ones that fit, as planning will check it; its slots
    against all that fit, and no two dates are offered the same day. Raises InvalidInput where the
    pattern is no series or the draft names what does not exist.
    """
    dates = rules.occurrences_of(draft, recurrence)
    soundness.require_sound(draft)
    known = references_of(db, draft)
    parties = parties_of(draft, known)
    beside = holder_of(draft.side_event_of) if draft.side_event_of else ""
    terms = terms_of(db, beside=beside)
    wanted = {one.position: one for one in rules.chosen(dates, skip, moved or {})}
    spans = [one.span for one in wanted.values() if one.span]
    earlier: list[Standing] = []
    found = []
    for date in dates:
        one = wanted.get(date.position)
        if one is None or one.span is None:
            found.append(ProposedDate(one or date, is_skipped=one is None))
            continue
        advised = advice(
            db,
            actor=actor,
            draft=draft,
            span=one.span,
            now=now,
            overrides=overrides,
            also=earlier,
            with_slots=False,
            known=known if draft.needs_delegates is None else None,  # others on another day
            terms=terms,
        )
        proposed = ProposedDate(one, advised, is_moved=one.position in (moved or {}))
        found.append(proposed)
        if proposed.fits:
            holder = f"date:{one.position}"
            earlier.append(
                Standing(
                    holder=holder,
                    title=draft.title,
                    span=one.span,
                    timezone=draft.timezone,
                    is_confidential=draft.is_confidential,
                    parties=parties,
                )
            )

    zone, offered = ZoneInfo(draft.timezone), list[Timespan]()

    def with_slots(proposed: ProposedDate) -> ProposedDate:
        span, position = proposed.occurrence.span, proposed.occurrence.position
        if proposed.is_skipped or proposed.fits or span is None:
            return proposed
        if offering is not None and position not in offering:
            return proposed
        slots = free_slots(
            db,
            actor=actor,
            draft=replace(draft, span=span),
            now=now,
            also=earlier,
            avoiding=[*spans, *offered],
        )
        offered.extend(_whole_day(slot.span, zone) for slot in slots)
        return replace(proposed, advice=replace(proposed.advice, slots=slots))

    return SeriesProposal(tuple(map(with_slots, found)))


def _whole_day(span: Timespan, zone: ZoneInfo) -> Timespan:
    """Returns the local days that the span touches, from midnight to midnight."""
    first, last = (at.astimezone(zone).date() for at in (span.starts_at, span.ends_at))
    return Timespan(
        datetime.combine(first, time(), zone),
        datetime.combine(last + timedelta(days=1), time(), zone),
    )


def series_of(db: Session, *, actor: Actor, event_id: UUID) -> SeriesDetail:
    """Returns the series of an event with all its dates. Raises NotInSeries, and NotFound where the
    actor may not see the event.
    """
    statement = (
        select(Series)
        .join(Event, Event.series_id == Series.id)
        .where(Event.id == event_id, visible_to(actor))
    )
    row = db.scalar(statement)
    if row is None:
        seen = db.scalar(select(Event.id).where(Event.id == event_id, visible_to(actor)))
        raise NotFound if seen is None else rules.NotInSeries
    sisters = select(Event).where(Event.series_id == row.id, visible_to(actor))
    found = db.execute(sisters.with_only_columns(Event.id, Event.series_position))
    positions = {identity: position for identity, position in found}  # noqa: C416 - rows are no pairs to mypy
    pattern = rules.pattern_of(row.recurrence)
    walls = pattern.walls()
    members = []
    for event in details(db, sisters, actor=actor):
        position = positions[event.id] or 1
        is_moved = (
            event.span is not None
            and rules.wall_edges(event.span, event.timezone)[0] != walls[position - 1]
        )
        members.append(Member(position, event, is_moved))
    in_order = tuple(sorted(members, key=lambda member: member.position))
    return SeriesDetail(
        id=row.id, title=row.title, pattern=pattern, timezone=row.timezone, members=in_order
    )
