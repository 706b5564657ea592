"""Plans, changes, publishes, moves, swaps, cancels, copies and deletes events, and writes their briefs."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_
from app.kernel.timespan import Timespan
from app.people.directory.queries.reference import is_institution
from app.planning.arranging.queries.planning import cycle_of, editions_to_come
from app.planning.arranging.queries.plans import lacks_of
from app.planning.arranging.queries.seats import with_delegates
from app.planning.arranging.rules import soundness
from app.planning.arranging.rules.agenda import agenda_in, copy_of, copy_of_brief
from app.planning.arranging.rules.clock import carried_deadline
from app.planning.arranging.rules.cycle import breach_of
from app.planning.arranging.rules.plans import require_ready, rests_on_same
from app.planning.arranging.services.occupying import (
    carry_sittings,
    hold_sittings,
    let_sittings_pass,
    occupies_same,
    occupy,
    put_back,
    release_sittings,
    sessions_of,
)
from app.planning.arranging.services.steps import (
    drop_request,
    follow_draft,
    free_id,
    judge_approval,
    open_event,
    planned_event,
    seen_event,
    stands_already,
    take_step,
    untell,
)
from app.planning.events import policy
from app.planning.events.facts import (
    AgendaChanged,
    EventCancelled,
    EventChanged,
    EventDeleted,
    EventDuplicated,
    EventMoved,
    EventPlanned,
    EventPublished,
    EventReinstated,
)
from app.planning.events.models import (
    Event,
    EventBrief,
    EventCountry,
    EventGroup,
    EventLink,
    EventPerson,
    EventSession,
    SessionPerson,
)
from app.planning.events.queries.events import brief_of
from app.planning.events.queries.life import (
    number_hanging_on,
    phase_of_event,
    tables_about_events,
)
from app.planning.events.queries.people import has_attendance, registered_number
from app.planning.events.queries.references import References, draft_of, references_of
from app.planning.events.rules.joining import room_address
from app.planning.events.rules.life import (
    Phase,
    SomethingHangsOnIt,
    Step,
    StillPublic,
    WasHeld,
    may_be_deleted,
    require_capacity,
)
from app.planning.events.values import Brief, EventDraft, EventStatus, body_key, holder_of
from app.planning.scheduling.rules.cases import Cause
from app.planning.scheduling.rules.judging import require_reason
from app.planning.scheduling.services import claims
from app.planning.scheduling.values import OverrideAsked


def lay_out_agenda(
    db: Session, event: Event, span: Timespan | None, *, actor: Actor, now: datetime
) -> None:
    """Gives a copy that has its hours now the agenda of its source, as far as it fits into them.

    Rooms of an online meeting and work tables stay behind. Does nothing for other events, and
    nothing once an agenda stands.
    """
    if event.agenda_from is None or span is None:
        return
    source = db.get(Event, event.agenda_from)
    event.agenda_from = None
    if source is None or source.starts_at is None or source.ends_at is None:
        return
    if sessions_of(db, event.id):
        return
    sittings = sessions_of(db, source.id)
    spans = agenda_in(
        [Timespan(one.starts_at, one.ends_at) for one in sittings],
        Timespan(source.starts_at, source.ends_at),
        span,
    )
    for one, becomes in zip(sittings, spans, strict=True):
        if becomes is not None:
            db.add(_sitting(event.id, one, becomes))
    db.flush()
    journal.record(db, AgendaChanged(event.id), actor=actor, now=now)


def _sitting(event_id: UUID, source: EventSession, span: Timespan) -> EventSession:
    return EventSession(
        id=uuid4(),
        event_id=event_id,
        kind=source.kind,
        title=source.title,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        room=source.room,
        notes=source.notes,
        people=[SessionPerson(person_id=one.person_id, role=one.role) for one in source.people],
    )


# Planning: propose, publish, move, swap, change, cancel. All time that an event occupies is
# claimed in scheduling.

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
    """Plans a new event, as a draft that holds its time for fourteen days or published at once.

    `event_id`: chosen before the form is sent, so that the same form sent twice is one event.
    `is_asking`: the presidency is asked in the same act, and a draft may wish for an hour that only
    it allows.

    Refuses what is unsound (InvalidInput, by field), what breaks a cycle (OutOfOrder), what is
    taken and, when it is published, what nobody entitled has confirmed (Clash) and what its cycle
    or its annual plan lacks (NotReady).
    """
    policy.require_may_plan_for(actor, draft.groups, draft.kind)
    claims.lock(db)
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
    write_event(event, draft, known)
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
    claims.lock(db)
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
    is_waiting = is_asking or (is_same and phase_of_event(event, now) is Phase.HELD)
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
    write_event(event, draft, known)
    event.changed_at = now
    if is_new:
        event.status, event.published_at = EventStatus.PUBLISHED, now
    carry_sittings(db, event.id, before.span, draft.span)
    lay_out_agenda(db, event, draft.span, actor=actor, now=now)
    hold_sittings(db, event, now=now, freed=freed)
    is_moved = was_published and soundness.is_moved(before, draft)
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
    """Publishes a draft, which claims its time firmly; a second time changes nothing."""
    claims.lock(db)
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
    """Moves an event to another time and leaves all else as it was. `seen`: the mark of the time it
    had when the mover began; refuses ChangedMeanwhile when it is another now.
    """
    claims.lock(db)
    draft = draft_of(db, open_event(db, actor, event_id))
    moved = replace(draft, span=span, timezone=timezone or draft.timezone)
    if moved != draft:
        require_as_seen(seen, draft.span)
    change_event(db, actor=actor, event_id=event_id, draft=moved, now=now, overrides=overrides)


def swap_events(db: Session, *, actor: Actor, first: UUID, second: UUID, now: datetime) -> None:
    """Lets two events change places as one act: each starts when the other did and lasts as long as
    before.

    Refuses what either refuses where it goes, and then both stay; partial dates cannot be swapped.
    """
    claims.lock(db)
    drafts = [draft_of(db, open_event(db, actor, event_id)) for event_id in (first, second)]
    one, other = (draft.span for draft in drafts)
    if one is None or other is None or first == second:
        raise soundness.NotSwappable
    spans = (one.moved_to(other.starts_at), other.moved_to(one.starts_at))
    with db.begin_nested():
        freed = claims.let_pass(db, holders=[holder_of(first), holder_of(second)])
        freed += let_sittings_pass(db, [first, second])
        for event_id, draft, span in zip((first, second), drafts, spans, strict=True):
            change_event(
                db, actor=actor, event_id=event_id, draft=replace(draft, span=span), now=now
            )
        claims.settle(db, freed=freed)


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
    claims.lock(db)
    events = {event_id: open_event(db, actor, event_id) for event_id in spans}
    freed = claims.let_pass(db, holders=[holder_of(event_id) for event_id in events])
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
        write_event(event, draft, known)
        event.changed_at = now
        carry_sittings(db, event.id, before.span, draft.span)
        hold_sittings(db, event, now=now, cause=Cause.UNDONE)
        is_moved = is_firm and soundness.is_moved(before, draft)
        event.sequence += int(is_moved)
        untell(event, now=now)
        db.flush()
        _tell(db, event, before, is_moved=is_moved, is_new=False, actor=actor, now=now)
    claims.settle(db, freed=freed)


def take_back_cancellation(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> None:
    """Makes the event what it was before it was cancelled; a second time changes nothing. Refuses
    with Clash where somebody else holds the hour.
    """
    claims.lock(db)
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
    """Cancels an event: its time is free again, and it stays to be seen. A second time changes
    nothing.

    `reason` goes into the letters and may be left out. Refuses with WasHeld what is over and has
    attendance, with InvalidInput a reason that says too little.
    """
    claims.lock(db)
    event = planned_event(db, actor, event_id)
    if event.status == EventStatus.CANCELLED:
        return
    if phase_of_event(event, now) is Phase.ENDED and has_attendance(db, event_id=event.id):
        raise WasHeld
    words = require_reason(REASON_FIELD, reason) if reason.strip() else ""
    was_published = event.status == EventStatus.PUBLISHED
    event.status, event.cancelled_at, event.changed_at = EventStatus.CANCELLED, now, now
    event.sequence += 1
    claims.release(db, holder=holder_of(event.id), now=now)
    release_sittings(db, event.id, now=now)
    drop_request(db, event, actor=actor, now=now)
    cancelled = EventCancelled(event.id, event.sequence, was_published)
    take_step(db, event, Step.CANCEL, actor=actor, now=now, fact=cancelled, note=words)


def _decide(db: Session, actor: Actor, draft: EventDraft, *, event_id: UUID | None) -> References:
    known = references_of(db, draft)
    soundness.require_sound(draft)
    if event_id is not None:
        _require_capacity(db, event_id, draft.capacity)
    if draft.span is not None and draft.links:
        named = {link.edition for link in draft.links}
        cycle = cycle_of(db, actor=actor, editions=named, leaving_out=event_id)
        breach = breach_of(draft.span, draft.links, cycle)
        if breach is not None:
            raise breach
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
    """Refuses what everybody would read and must not; `before`: as it is published already."""
    if before is not None and not actor.is_system:
        soundness.require_to_come(before, draft, now=now)
    require_ready(lacks_of(db, actor=actor, draft=draft, event_id=event_id, before=before))


def write_event(event: Event, draft: EventDraft, known: References) -> None:
    """Makes the row say what the draft does."""
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
    event.gender_marker = draft.gender_marker
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


# Writing an event's brief, and giving it a room to meet in.

UNKNOWN_INSTITUTION = N_("Choose one from the list.")
UNRECORDED = N_("Somebody speaks here under a chosen name, so no link to a recording is kept.")
MOST_PARTNERS, LONGEST_PARTNER = 20, 120
ODD_PARTNERS = N_("Write at most %(most)s bodies, one a line, each in at most %(letters)s letters.")
ROOM_BYTES = 18


def write_brief(
    db: Session, *, actor: Actor, event_id: UUID, brief: Brief, now: datetime, seen: str = ""
) -> None:
    """Replaces the event's brief; the same again changes nothing. For its planners, until it is
    closed.

    `seen`: the mark of the brief that the writer began from; refuses ChangedMeanwhile when it is
    another now.
    """
    claims.lock(db)
    event = open_event(db, actor, event_id)
    standing = brief_of(db, event_id=event_id).brief
    if standing == brief:
        return
    require_as_seen(seen, standing)
    if brief.institution_id is not None and not is_institution(db, brief.institution_id):
        raise InvalidInput({"institution": Sentence(UNKNOWN_INSTITUTION)})
    if event.is_unrecorded and brief.recording_url:
        raise InvalidInput({"recording_url": Sentence(UNRECORDED)})
    columns = {
        name: " ".join(value) if isinstance(value, tuple) else value
        for name, value in vars(brief).items()
        if name != "partners"
    }
    db.merge(EventBrief(event_id=event.id, **columns))
    event.partners = _sound_partners(brief.partners)
    db.flush()
    journal.record(db, EventChanged(event.id), actor=actor, now=now)


def _sound_partners(names: Sequence[str]) -> list[str]:
    """Returns the names of other bodies, each once however it is written."""
    by_key = {body_key(name): name.strip() for name in reversed(names)}
    if len(by_key) > MOST_PARTNERS or not all(
        key and len(name) <= LONGEST_PARTNER and name.isprintable() for key, name in by_key.items()
    ):
        counts = {"most": MOST_PARTNERS, "letters": LONGEST_PARTNER}
        raise InvalidInput({"partners": Sentence(ODD_PARTNERS, counts)})
    return [*reversed(by_key.values())]


def keep_unrecorded(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> None:
    """Takes the link to the recording away and refuses one from now on, because somebody speaks
    there under a chosen name (R73). A second time changes nothing.
    """
    claims.lock(db)
    event = open_event(db, actor, event_id)
    event.is_unrecorded = True
    db.flush()
    brief = brief_of(db, event_id=event_id).brief
    write_brief(db, actor=actor, event_id=event_id, brief=replace(brief, recording_url=""), now=now)


def allow_recording(db: Session, *, actor: Actor, event_id: UUID) -> None:
    """Undoes `keep_unrecorded`; a link that was taken away does not come back."""
    claims.lock(db)
    open_event(db, actor, event_id).is_unrecorded = False
    db.flush()


def make_room(db: Session, *, actor: Actor, event_id: UUID, server: str, now: datetime) -> str:
    """Fills the link to join with a new Jitsi room on that server and returns it; one that is there
    already stays.
    """
    claims.lock(db)
    draft = draft_of(db, open_event(db, actor, event_id))
    if draft.join_url:
        return draft.join_url
    url = room_address(server, secrets.token_urlsafe(ROOM_BYTES))
    change_event(db, actor=actor, event_id=event_id, draft=replace(draft, join_url=url), now=now)
    return url


def link_room(
    db: Session, *, actor: Actor, event_id: UUID, url: str, replaced: str, now: datetime
) -> bool:
    """Writes the link where the event has none or the `replaced` one; False when it has another,
    which stays. A link claims no time, so no rule of the calendar is asked.
    """
    claims.lock(db)
    event = planned_event(db, actor, event_id)
    if event.join_url not in ("", replaced) or event.join_url == url:
        return event.join_url == url
    event.join_url, event.changed_at = url, now
    db.flush()
    journal.record(db, EventChanged(event.id), actor=actor, now=now)
    return True


def duplicate_event(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> UUID:
    """Plans a draft with the texts, groups, people, brief and agenda of an event, and returns its id.

    It has no date, no plan entry, no registrations and no attendance; the agenda is laid out once it
    has its hours. Materials follow from EventDuplicated. Raises NotCopied for a congress.
    """
    claims.lock(db)
    source = seen_event(db, actor, event_id)
    before = draft_of(db, source)
    policy.require_may_plan_for(actor, before.groups, before.kind)
    draft = copy_of(before, editions=frozenset(editions_to_come(db, today=now.date())))
    copy_id = plan_event(db, actor=actor, draft=draft, publish=False, now=now, event_id=uuid4())
    copy = db.get_one(Event, copy_id)
    copy.needs_approval, copy.country_quota = source.needs_approval, source.country_quota
    copy.agenda_from = source.id if sessions_of(db, source.id) else source.agenda_from
    brief = copy_of_brief(brief_of(db, event_id=source.id).brief)
    write_brief(db, actor=actor, event_id=copy_id, brief=brief, now=now)
    journal.record(db, EventDuplicated(copy_id, source.id), actor=actor, now=now)
    return copy_id


def delete_event(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> None:
    """Deletes an event for its planners. Its time is free, and only the journal says that it was
    there.

    Refuses with StillPublic what is public and to come or going on, with SomethingHangsOnIt what
    other records name: registrations, letters, attendance, agreements and the like.
    """
    claims.lock(db)
    event = planned_event(db, actor, event_id)
    if not may_be_deleted(phase_of_event(event, now)):
        raise StillPublic
    hanging = number_hanging_on(db, event_id=event_id)
    if hanging:
        raise SomethingHangsOnIt(count=hanging)
    claims.release(db, holder=holder_of(event_id), now=now)
    journal.record(db, EventDeleted(event_id), actor=actor, now=now)
    db.expunge(event)
    for table, column in tables_about_events(own=True):
        db.execute(delete(table).where(column == event_id))
    db.execute(delete(Event).where(Event.id == event_id))
