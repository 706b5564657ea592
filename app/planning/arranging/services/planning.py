"""Planning: propose, publish, move, swap, change, cancel. All time that an event occupies is
claimed in scheduling.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.seen import require_as_seen
from app.kernel.timespan import Timespan
from app.planning.arranging import rules
from app.planning.arranging.queries.planning import cycle_of
from app.planning.arranging.queries.readiness import lacks_of
from app.planning.arranging.queries.seats import with_delegates
from app.planning.arranging.rules.moves import carried_deadline
from app.planning.arranging.rules.plans import rests_on_same
from app.planning.arranging.rules.publishing import require_ready
from app.planning.arranging.services.approval import (
    drop_request,
    follow_draft,
    judge_approval,
)
from app.planning.arranging.services.clockwork import untell
from app.planning.arranging.services.copied_agenda import lay_out_agenda
from app.planning.arranging.services.loading import (
    free_id,
    open_event,
    planned_event,
    stands_already,
)
from app.planning.arranging.services.occupying import occupies_same, occupy, put_back
from app.planning.arranging.services.sittings import (
    carry_sittings,
    hold_sittings,
    let_sittings_pass,
    release_sittings,
)
from app.planning.arranging.services.steps import phase_at, take_step
from app.planning.events import policy
from app.planning.events.facts import (
    EventCancelled,
    EventChanged,
    EventMoved,
    EventPlanned,
    EventPublished,
    EventReinstated,
)
from app.planning.events.models import Event, EventCountry, EventGroup, EventLink, EventPerson
from app.planning.events.queries.people import has_attendance, registered_number
from app.planning.events.queries.references import References, draft_of, references_of
from app.planning.events.rules.life import Phase, Step, WasHeld, require_capacity
from app.planning.events.values import (
    EventDraft,
    EventStatus,
    holder_of,
)
from app.planning.scheduling import services as scheduling
from app.planning.scheduling.rules.cases import Cause
from app.planning.scheduling.rules.overrides import require_reason
from app.planning.scheduling.values import OverrideAsked

REASON_FIELD = "reason"

TZDATA = version("tzdata")
"""Of this process: zones that have been read stay as they are until it ends."""


def plan_event(
    db: Session,
    *,
    actor: Actor,
    draft: EventDraft,
    publish: bool,
    now: datetime,
    overrides: Sequence[OverrideAsked] = (),
    event_id: UUID | None = None,
    is_asking: bool = False,
) -> UUID:
    """A new event, as a draft that holds its time for fourteen days or published at once.

    `event_id`: chosen before the form is sent, so that the same form sent twice is one event.
    `is_asking`: the presidency is asked in the same act, and a draft may wish for an hour that only
    it allows.
    Refuses what is unsound (InvalidInput, by field), what breaks a cycle (OutOfOrder), what is
    taken and, when it is published, what nobody entitled has confirmed (Clash) and what its cycle
    or its annual plan lacks (NotReady).
    """
    policy.require_may_plan_for(actor, draft.groups, draft.kind)
    scheduling.lock(db)
    draft = with_delegates(db, draft).settled()
    status = EventStatus.PUBLISHED if publish else EventStatus.DRAFT
    if event_id is not None and stands_already(db, actor, event_id, draft, status):
        return event_id
    known = _decide(db, actor, draft, event_id=None)
    if publish:
        require_ready(lacks_of(db, actor=actor, draft=draft))
    event = Event(
        id=free_id(db, event_id),
        status=status,
        created_by=actor.account_id or None,
        created_at=now,
        changed_at=now,
        published_at=now if publish else None,
        sequence=0,
    )
    occupy(
        db,
        event,
        draft,
        known,
        actor=actor,
        now=now,
        is_firm=publish,
        overrides=overrides,
        may_wait=is_asking,
    )
    _write(event, draft, known)
    db.add(event)
    db.flush()
    journal.record(db, EventPlanned(event.id), actor=actor, now=now)
    if publish:
        take_step(
            db,
            event,
            Step.PUBLISH,
            actor=actor,
            now=now,
            fact=EventPublished(event.id, event.sequence),
        )
    return event.id


def change_event(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    draft: EventDraft,
    now: datetime,
    publish: bool = False,
    seen: str = "",
    overrides: Sequence[OverrideAsked] = (),
    is_asking: bool = False,
) -> None:
    """Makes the event what the draft says, and publishes it too when asked.

    `seen` is the mark of the event that the writer began from (`EventDetail.mark`): refuses
    ChangedMeanwhile when it is another now. A published event that changes time or place keeps its
    id, its sequence rises and one EventMoved is told. `is_asking`: as in plan_event; a draft about
    which the presidency was asked already may go on wishing.
    """
    scheduling.lock(db)
    event = open_event(db, actor, event_id)
    before, draft = draft_of(db, event), with_delegates(db, draft).settled()
    policy.require_may_plan_for(actor, draft.groups, draft.kind)
    was_published = event.status == EventStatus.PUBLISHED
    if draft == before and (was_published or not publish):
        return
    require_as_seen(seen, before)
    known = _decide(db, actor, draft, event_id=event.id)
    is_firm, is_new = publish or was_published, publish and not was_published
    if is_firm:
        _require_public(
            db, actor, draft, event.id, before=before if was_published else None, now=now
        )
    is_same = occupies_same(before, draft)
    is_waiting = is_asking or (is_same and phase_at(event, now) is Phase.HELD)
    if not was_published:
        is_approved_so = is_same and rests_on_same(before, draft)
        judge_approval(
            db, event, draft, is_same=is_approved_so, publish=publish, actor=actor, now=now
        )
    freed = let_sittings_pass(db, [event.id])
    occupy(
        db,
        event,
        draft,
        known,
        actor=actor,
        now=now,
        is_firm=is_firm,
        overrides=overrides,
        is_same=was_published and is_same,
        may_wait=is_waiting,
    )
    _write(event, draft, known)
    event.changed_at = now
    if is_new:
        event.status, event.published_at = EventStatus.PUBLISHED, now
    carry_sittings(db, event.id, before.span, draft.span)
    lay_out_agenda(db, event, draft.span, actor=actor, now=now)
    hold_sittings(db, event, now=now, freed=freed)
    is_moved = was_published and rules.is_moved(before, draft)
    event.sequence += int(is_moved)
    untell(event, now=now)
    if is_moved:
        drop_request(db, event, actor=actor, now=now)
    elif not is_firm:
        follow_draft(db, event, draft, actor=actor, now=now)
    db.flush()
    _tell(db, event, before, is_moved=is_moved, is_new=is_new, actor=actor, now=now)


def publish_event(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    now: datetime,
    overrides: Sequence[OverrideAsked] = (),
) -> None:
    """From draft to published, firmly claimed; a second time changes nothing."""
    scheduling.lock(db)
    draft = draft_of(db, open_event(db, actor, event_id))
    change_event(
        db, actor=actor, event_id=event_id, draft=draft, now=now, publish=True, overrides=overrides
    )


def move_event(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    span: Timespan,
    now: datetime,
    timezone: str | None = None,
    overrides: Sequence[OverrideAsked] = (),
    seen: str = "",
) -> None:
    """Another time, all else as it was. `seen`: the mark of the time it had when the mover began;
    refuses ChangedMeanwhile when it is another now.
    """
    scheduling.lock(db)
    draft = draft_of(db, open_event(db, actor, event_id))
    moved = replace(draft, span=span, timezone=timezone or draft.timezone)
    if moved != draft:
        require_as_seen(seen, draft.span)
    change_event(db, actor=actor, event_id=event_id, draft=moved, now=now, overrides=overrides)


def swap_events(db: Session, *, actor: Actor, first: UUID, second: UUID, now: datetime) -> None:
    """Two events change places as one act: each starts when the other did and lasts as long as
    before.

    Refuses what either refuses where it goes, and then both stay; partial dates cannot be swapped.
    """
    scheduling.lock(db)
    drafts = [draft_of(db, open_event(db, actor, event_id)) for event_id in (first, second)]
    one, other = (draft.span for draft in drafts)
    if one is None or other is None or first == second:
        raise rules.NotSwappable
    spans = (one.moved_to(other.starts_at), other.moved_to(one.starts_at))
    with db.begin_nested():
        freed = scheduling.let_pass(db, holders=[holder_of(first), holder_of(second)])
        freed += let_sittings_pass(db, [first, second])
        for event_id, draft, span in zip((first, second), drafts, spans, strict=True):
            change_event(
                db, actor=actor, event_id=event_id, draft=replace(draft, span=span), now=now
            )
        scheduling.settle(db, freed=freed)


def restore_times(
    db: Session,
    *,
    actor: Actor,
    spans: Mapping[UUID, Timespan],
    now: datetime,
    seen: str = "",
    beside: Collection[str] = (),
) -> None:
    """Puts events back where they stood before a move or a swap, with the overrides that stood
    there, whatever the rules say today. `beside`: the holders that they stood beside; `seen`: the
    mark of the time from which the only one is taken back.

    Refuses with ChangedMeanwhile what was moved again, with Clash what somebody else has taken.
    """
    scheduling.lock(db)
    events = {event_id: open_event(db, actor, event_id) for event_id in spans}
    freed = scheduling.let_pass(db, holders=[holder_of(event_id) for event_id in events])
    freed += let_sittings_pass(db, list(events))
    for event_id, event in events.items():
        before = draft_of(db, event)
        if len(spans) == 1:
            require_as_seen(seen, before.span)
        draft = with_delegates(db, replace(before, span=spans[event_id])).settled()
        known = references_of(db, draft)
        is_firm = event.status == EventStatus.PUBLISHED
        put_back(
            db,
            event,
            draft,
            known,
            actor=actor,
            now=now,
            is_firm=is_firm,
            beside=(*beside, *map(holder_of, events)),
        )
        _write(event, draft, known)
        event.changed_at = now
        carry_sittings(db, event.id, before.span, draft.span)
        hold_sittings(db, event, now=now, cause=Cause.UNDONE)
        is_moved = is_firm and rules.is_moved(before, draft)
        event.sequence += int(is_moved)
        untell(event, now=now)
        db.flush()
        _tell(db, event, before, is_moved=is_moved, is_new=False, actor=actor, now=now)
    scheduling.settle(db, freed=freed)


def take_back_cancellation(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> None:
    """The event is what it was before it was cancelled; a second time changes nothing. Refuses with
    Clash where somebody else holds the hour.
    """
    scheduling.lock(db)
    event = planned_event(db, actor, event_id)
    if event.status != EventStatus.CANCELLED:
        return
    was_published = event.published_at is not None
    draft = with_delegates(db, draft_of(db, event)).settled()
    known = references_of(db, draft)
    put_back(db, event, draft, known, actor=actor, now=now, is_firm=was_published)
    event.status = EventStatus.PUBLISHED if was_published else EventStatus.DRAFT
    event.cancelled_at, event.changed_at = None, now
    event.sequence += 1
    db.flush()
    hold_sittings(db, event, now=now)
    untell(event, now=now)
    fact = EventReinstated(event.id, event.sequence, was_published)
    take_step(db, event, Step.REINSTATE, actor=actor, now=now, fact=fact)


def cancel_event(
    db: Session, *, actor: Actor, event_id: UUID, now: datetime, reason: str = ""
) -> None:
    """The time is free again and the event stays to be seen as cancelled; a second time changes
    nothing. `reason` goes into the letters and may be left out. Refuses with WasHeld what is over
    and has attendance, with InvalidInput a reason that says too little.
    """
    scheduling.lock(db)
    event = planned_event(db, actor, event_id)
    if event.status == EventStatus.CANCELLED:
        return
    if phase_at(event, now) is Phase.ENDED and has_attendance(db, event_id=event.id):
        raise WasHeld
    words = require_reason(REASON_FIELD, reason) if reason.strip() else ""
    was_published = event.status == EventStatus.PUBLISHED
    event.status, event.cancelled_at, event.changed_at = EventStatus.CANCELLED, now, now
    event.sequence += 1
    scheduling.release(db, holder=holder_of(event.id), now=now)
    release_sittings(db, event.id, now=now)
    drop_request(db, event, actor=actor, now=now)
    cancelled = EventCancelled(event.id, event.sequence, was_published)
    take_step(db, event, Step.CANCEL, actor=actor, now=now, fact=cancelled, note=words)


def _decide(db: Session, actor: Actor, draft: EventDraft, *, event_id: UUID | None) -> References:
    known = references_of(db, draft)
    rules.require_sound(draft)
    if event_id is not None:
        _require_capacity(db, event_id, draft.capacity)
    if draft.span is not None and draft.links:
        named = {link.edition for link in draft.links}
        cycle = cycle_of(db, actor=actor, editions=named, leaving_out=event_id)
        found = rules.breach(draft.span, draft.links, cycle)
        if found is not None:
            raise found
    return known


def _require_capacity(db: Session, event_id: UUID, capacity: int | None) -> None:
    """Locks the event's row, so that nobody registers until the transaction ends, and refuses a new
    capacity that is below the number of people registered.
    """
    before = db.scalar(
        select(Event.capacity).where(Event.id == event_id).with_for_update(key_share=True)
    )
    if capacity != before:
        require_capacity(capacity, registered_number(db, event_id))


def _require_public(
    db: Session,
    actor: Actor,
    draft: EventDraft,
    event_id: UUID,
    *,
    before: EventDraft | None,
    now: datetime,
) -> None:
    """What must hold of what everybody may read; `before`: as it is published already."""
    if before is not None and not actor.is_system:
        rules.require_to_come(before, draft, now=now)
    require_ready(lacks_of(db, actor=actor, draft=draft, event_id=event_id, before=before))


def _write(event: Event, draft: EventDraft, known: References) -> None:
    was = event.starts_at.astimezone(ZoneInfo(event.timezone)) if event.starts_at else None
    becomes = draft.span.starts_at.astimezone(ZoneInfo(draft.timezone)) if draft.span else None
    event.registration_closes_at = carried_deadline(event.registration_closes_at, was, becomes)
    event.kind, event.mode, event.timezone = draft.kind, draft.mode, draft.timezone
    event.title, event.summary = draft.title, draft.summary
    event.starts_at = draft.span.starts_at if draft.span else None
    event.ends_at = draft.span.ends_at if draft.span else None
    event.wall_starts, event.wall_ends = wall_times(draft.span, draft.timezone)
    event.tzdata_version = TZDATA
    event.place, event.join_url, event.capacity = draft.place, draft.join_url, draft.capacity
    event.is_confidential, event.is_all_day = draft.is_confidential, draft.is_all_day
    event.date_precision, event.source_url = draft.date_precision, draft.source_url
    event.found_start, event.found_end = draft.found_start, draft.found_end
    event.groups = [
        EventGroup(event_id=event.id, working_group_id=group.id) for group in known.groups
    ]
    event.people = [
        EventPerson(event_id=event.id, person_id=p.person_id, role=p.role, seat=p.seat)
        for p in draft.people
    ]
    event.licence, event.side_event_of = draft.licence, draft.side_event_of
    event.plan_entry_id, event.decision_ref = draft.plan_entry_id, draft.decision_ref
    event.countries = [
        EventCountry(event_id=event.id, country_code=code) for code in draft.countries
    ]
    event.links = [
        EventLink(event_id=event.id, edition_id=known.editions[link.edition], role=link.role)
        for link in draft.links
    ]


def wall_times(span: Timespan | None, timezone: str) -> tuple[str, str]:
    """Returns what people agreed on: naive wall times to the second in the zone, as text; empty for
    partial dates.
    """
    if span is None:
        return "", ""
    zone = ZoneInfo(timezone)
    starts, ends = (
        f"{instant.astimezone(zone):%Y-%m-%dT%H:%M:%S}"
        for instant in (span.starts_at, span.ends_at)
    )
    return starts, ends


def _tell(
    db: Session,
    event: Event,
    before: EventDraft,
    *,
    is_moved: bool,
    is_new: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Records what was done to the event; whom that promotes from the waiting list is up to
    registrations (app/wiring/listeners.py).
    """
    if is_new:
        take_step(db, event, Step.PUBLISH, actor=actor, now=now)
    fact = _fact_of_change(event, before, is_moved=is_moved, is_new=is_new)
    journal.record(db, fact, actor=actor, now=now)


def _fact_of_change(
    event: Event, before: EventDraft, *, is_moved: bool, is_new: bool
) -> EventMoved | EventChanged | EventPublished:
    if is_new:
        return EventPublished(event.id, event.sequence)
    if not is_moved:
        return EventChanged(event.id)
    starts_at, ends_at = (
        (before.span.starts_at, before.span.ends_at) if before.span else (None, None)
    )
    return EventMoved(
        event_id=event.id,
        sequence=event.sequence,
        previous_starts_at=starts_at,
        previous_ends_at=ends_at,
        previous_place=before.place,
        previous_timezone=before.timezone,
        previous_mode=before.mode,
    )
