"""Series: several events planned, changed and cancelled as one act, all of it or nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.timespan import Timespan
from app.planning.arranging.queries.seats import with_delegates
from app.planning.arranging.rules.cycle import OutOfOrder
from app.planning.arranging.services.planning import cancel_event, change_event, plan_event
from app.planning.arranging.services.steps import PARTS
from app.planning.events import policy
from app.planning.events.facts import SeriesChanged, SeriesPlanned
from app.planning.events.models import Event, Series
from app.planning.events.queries.events import visible_to
from app.planning.events.queries.references import draft_of
from app.planning.events.values import (
    EventDraft,
    EventStatus,
)
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.services import claims
from app.planning.scheduling.values import OverrideAsked
from app.planning.series import rules
from app.planning.series.rules import (
    DateMisfit,
    Occurrence,
    Pattern,
    Recurrence,
    Scope,
    SeriesRefused,
)


@dataclass(frozen=True)
class SeriesOutcome:
    series_id: UUID
    events: tuple[UUID, ...]
    """In order of position."""


def plan_series(
    db: Session,
    *,
    actor: Actor,
    draft: EventDraft,
    recurrence: Recurrence,
    publish: bool,
    now: datetime,
    skip: Collection[int] = (),
    moved: Mapping[int, Timespan] | None = None,
    overrides: Sequence[OverrideAsked] = (),
    series_id: UUID | None = None,
) -> SeriesOutcome:
    """Plans one event for each date, `draft` being the first; positions count from 1.

    `overrides` are for all that need them. `series_id`: chosen before the form is sent, so that the
    same form sent twice is one series. Refuses with SeriesRefused, which names every date that does
    not fit, and with all that `plan_event` refuses.
    """
    policy.require_may_plan_for(actor, draft.groups, draft.kind)
    claims.lock(db)
    dates = rules.occurrences_of(draft, recurrence)
    wanted = rules.chosen(dates, skip, moved or {})
    status = EventStatus.PUBLISHED if publish else EventStatus.DRAFT
    if series_id is not None and db.get(Series, series_id) is not None:
        standing = _standing(db, actor, series_id, draft, wanted, status)
        if standing:
            return SeriesOutcome(series_id, standing)
        series_id = None
    with db.begin_nested():
        row = Series(
            id=series_id or uuid4(),
            title=draft.title,
            recurrence=Pattern(dates[0].wall, recurrence).text(),
            timezone=draft.timezone,
            created_by=actor.account_id or None,
            created_at=now,
        )
        db.add(row)
        db.flush()
        events = _plan_each(
            db, wanted, row.id, draft, actor=actor, publish=publish, now=now, overrides=overrides
        )
        db.flush()
        journal.record(db, SeriesPlanned(row.id, events), actor=actor, now=now)
    return SeriesOutcome(row.id, events)


def _standing(  # noqa: PLR0917 - what was asked for
    db: Session,
    actor: Actor,
    series_id: UUID,
    draft: EventDraft,
    wanted: Collection[Occurrence],
    status: EventStatus,
) -> tuple[UUID, ...]:
    """Returns the events of the series when it was planned just so, for the button was pressed
    twice; none when it was not.
    """
    statement = (
        select(Event)
        .where(Event.series_id == series_id, Event.status == status, visible_to(actor))
        .options(*PARTS)
    )
    events = sorted(db.scalars(statement), key=_position)
    drafts = [
        (one.position, with_delegates(db, replace(draft, span=one.span)).settled())
        for one in wanted
    ]
    is_same = [(_position(event), draft_of(db, event)) for event in events] == drafts
    return tuple(event.id for event in events) if is_same else ()


def _plan_each(
    db: Session,
    wanted: Collection[Occurrence],
    series_id: UUID,
    draft: EventDraft,
    *,
    actor: Actor,
    publish: bool,
    now: datetime,
    overrides: Sequence[OverrideAsked],
) -> tuple[UUID, ...]:
    """Plans one after another, so that each is checked against those before it too."""
    events: list[UUID] = []
    misfits: list[DateMisfit] = []
    for one in wanted:
        try:
            if one.span is None:
                misfits.append(DateMisfit(one))
                continue
            planned = plan_event(
                db,
                actor=actor,
                draft=replace(draft, span=one.span),
                publish=publish,
                now=now,
                overrides=overrides,
            )
        except (Clash, OutOfOrder) as refusal:
            misfits.append(_misfit(one, refusal))
            continue
        event = db.get_one(Event, planned)
        event.series_id, event.series_position = series_id, one.position
        events.append(planned)
    if misfits:
        raise SeriesRefused(misfits, len(wanted))
    return tuple(events)


def change_series(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    scope: Scope,
    draft: EventDraft,
    now: datetime,
    publish: bool = False,
    seen: str = "",
    overrides: Sequence[OverrideAsked] = (),
) -> SeriesOutcome:
    """Makes one occurrence what the draft says and, as far as the scope goes, carries what changed
    to the others.

    A change of time moves the others as far on the wall clock as this one; an occurrence that had
    been moved separately keeps its start. Past and cancelled ones stay as they are. Refuses with
    SeriesRefused, NotInSeries, NothingLeft.
    """
    claims.lock(db)
    edited, members, row = _series(db, actor, event_id)
    targets = _targets(members, edited, scope, now=now)
    with db.begin_nested():
        if scope is Scope.THIS:
            change_event(
                db,
                actor=actor,
                event_id=event_id,
                draft=draft,
                now=now,
                publish=publish,
                seen=seen,
                overrides=overrides,
            )
        else:
            change = _Change(
                event_id=edited.id,
                before=draft_of(db, edited),
                after=draft.settled(),
                pattern=rules.pattern_of(row.recurrence),
                publish=publish,
                seen=seen,
                overrides=overrides,
            )
            _change_each(db, targets, change, actor=actor, now=now)
            since = 1 if scope is Scope.ALL else edited.series_position or 1
            row.recurrence = change.pattern.shifted(since, change.shift).text()
            row.timezone = change.after.timezone
            row.title = change.after.title if scope is Scope.ALL else row.title
        db.flush()
        events = tuple(event.id for event in targets)
        journal.record(db, SeriesChanged(row.id, scope.value, events), actor=actor, now=now)
    return SeriesOutcome(row.id, events)


@dataclass(frozen=True)
class _Change:
    """What was done to one occurrence, and what it means for another."""

    event_id: UUID
    before: EventDraft
    after: EventDraft
    pattern: Pattern
    publish: bool
    seen: str
    overrides: Sequence[OverrideAsked]

    @property
    def shift(self) -> timedelta:
        """Returns how far it moved on the wall clock."""
        starts, _ends = rules.edges_of(self.before)
        moved_to, _ends = rules.edges_of(self.after)
        return moved_to - starts

    def lasting(self, usual: timedelta) -> timedelta:
        """Returns the new duration on the wall clock, or the other occurrence's own when this one's
        did not change.
        """
        (starts, ends), (moved_to, until) = (
            rules.edges_of(self.before),
            rules.edges_of(self.after),
        )
        return usual if ends - starts == until - moved_to else until - moved_to

    def date_of(self, own: EventDraft, position: int) -> Occurrence:
        starts, ends = rules.edges_of(own)
        keeps_to_pattern = starts == self.pattern.walls()[position - 1]
        starts_then = starts + self.shift if keeps_to_pattern else starts
        timezone = (
            own.timezone if self.before.timezone == self.after.timezone else self.after.timezone
        )
        return rules.occurrence(position, starts_then, self.lasting(ends - starts), timezone)

    def draft_of(self, own: EventDraft, span: Timespan) -> EventDraft:
        return replace(own, **rules.changed_fields(self.before, self.after), span=span)


def _change_each(
    db: Session, targets: Collection[Event], change: _Change, *, actor: Actor, now: datetime
) -> None:
    """Changes the last first when they move to later, so that none meets the next one where it has
    not left yet.
    """
    misfits: list[DateMisfit] = []
    for event in sorted(targets, key=_position, reverse=change.shift > timedelta()):
        own, is_edited = draft_of(db, event), event.id == change.event_id
        starts, _ends = rules.edges_of(change.after)
        one = (
            Occurrence(_position(event), starts, change.after.span)
            if is_edited
            else change.date_of(own, _position(event))
        )
        if one.span is None:
            misfits.append(DateMisfit(one))
            continue
        wanted = change.after if is_edited else change.draft_of(own, one.span)
        try:
            change_event(
                db,
                actor=actor,
                event_id=event.id,
                draft=wanted,
                now=now,
                publish=change.publish,
                seen=change.seen if is_edited else "",
                overrides=change.overrides,
            )
        except (Clash, OutOfOrder) as refusal:
            misfits.append(_misfit(one, refusal))
    if misfits:
        raise SeriesRefused(
            sorted(misfits, key=lambda misfit: misfit.occurrence.position), len(targets)
        )


def cancel_series(
    db: Session, *, actor: Actor, event_id: UUID, scope: Scope, now: datetime, reason: str = ""
) -> SeriesOutcome:
    """Cancels those that the scope names and that are still to come; past ones took place and
    stay. `reason`: as `cancel_event` takes it, for each.
    """
    claims.lock(db)
    edited, members, row = _series(db, actor, event_id)
    targets = _targets(members, edited, scope, now=now)
    with db.begin_nested():
        for event in targets:
            cancel_event(db, actor=actor, event_id=event.id, now=now, reason=reason)
        events = tuple(event.id for event in targets)
        journal.record(
            db, SeriesChanged(row.id, scope.value, events, is_cancelled=True), actor=actor, now=now
        )
    return SeriesOutcome(row.id, events)


def _series(db: Session, actor: Actor, event_id: UUID) -> tuple[Event, tuple[Event, ...], Series]:
    """Returns the event, all occurrences of its series in order, and the series; for somebody who
    may change the event.
    """
    event = db.scalar(select(Event).where(Event.id == event_id, visible_to(actor)).options(*PARTS))
    if event is None:
        raise NotFound
    draft = draft_of(db, event)
    policy.require_may_plan_for(actor, draft.groups, draft.kind)
    if event.series_id is None:
        raise rules.NotInSeries
    statement = select(Event).where(Event.series_id == event.series_id).options(*PARTS)
    return (
        event,
        tuple(sorted(db.scalars(statement), key=_position)),
        db.get_one(Series, event.series_id),
    )


def _targets(
    members: Iterable[Event], edited: Event, scope: Scope, *, now: datetime
) -> tuple[Event, ...]:
    since = 1 if scope is Scope.ALL else _position(edited)
    until = _position(edited) if scope is Scope.THIS else max(map(_position, members))
    targets = tuple(
        event
        for event in members
        if since <= _position(event) <= until
        and event.status != EventStatus.CANCELLED
        and event.starts_at is not None
        and event.starts_at > now
    )
    if not targets:
        raise rules.NothingLeft
    return targets


def _position(event: Event) -> int:
    return event.series_position or 0


def _misfit(one: Occurrence, refusal: Clash | OutOfOrder) -> DateMisfit:
    return (
        DateMisfit(one, refusal.findings)
        if isinstance(refusal, Clash)
        else DateMisfit(one, breach=refusal)
    )
