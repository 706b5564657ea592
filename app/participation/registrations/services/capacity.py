"""Capacity and quotas of an event, until when one registers, and whether an organizer decides."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.participation.registrations import policy
from app.participation.registrations.facts import PlacesChanged
from app.participation.registrations.models import EventQuota
from app.participation.registrations.queries.capacity import capacity_draft, capacity_of
from app.participation.registrations.rules import capacity as rules
from app.participation.registrations.rules.registering import require_not_over
from app.participation.registrations.services.promotion import flush, promote
from app.participation.registrations.values import CapacityDraft
from app.people.directory.queries.reference import country_codes
from app.planning.events.models import Event
from app.planning.events.queries.locking import locked_event
from app.planning.events.queries.references import slugs_of_groups
from app.planning.events.values import EventStatus


def set_capacity(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    draft: CapacityDraft,
    now: datetime,
    seen: str = "",
) -> tuple[int, ...]:
    """Makes the limits what the draft says, and promotes those who wait as far as that allows;
    returns the ids of the people promoted.

    `seen`: the mark of the limits, and of the zone of their deadline, that the writer began from;
    refuses ChangedMeanwhile when they are others now. Refuses at the field what is fewer than are
    taken and a deadline after the start. Who is pending stays pending when approval is no longer
    wanted: somebody decides.
    """
    event = locked_event(db, actor=actor, event_id=event_id)
    if not policy.may_decide_registrations(actor, slugs_of_groups(db, [event_id])):
        raise NotAllowed
    require_not_over(EventStatus(event.status), event.ends_at, now)
    before = capacity_draft(db, event_id=event_id)
    if draft == before:
        return ()
    require_as_seen(seen, (before, event.timezone))
    _require_sound(db, event, draft)
    _write(db, event, draft, now)
    own = tuple(sorted(draft.quotas.items()))
    fact = PlacesChanged(
        event_id=event_id,
        capacity=draft.capacity,
        country_quota=draft.country_quota,
        exceptions=own,
        closes_at=draft.closes_at,
        needs_approval=draft.needs_approval,
    )
    journal.record(db, fact, actor=actor, now=now)
    return promote(db, event=event, actor=actor, now=now)


def _require_sound(db: Session, event: Event, draft: CapacityDraft) -> None:
    if draft.quotas.keys() - country_codes(db):
        raise NotFound
    if (
        draft.closes_at is not None
        and event.starts_at is not None
        and draft.closes_at > event.starts_at
    ):
        raise InvalidInput({"closes_on": Sentence(rules.CLOSES_TOO_LATE)})
    limits = rules.CapacityLimits(draft.capacity, draft.country_quota, draft.quotas)
    replace(capacity_of(db, event.id), limits=limits).require_enough()


def _write(db: Session, event: Event, draft: CapacityDraft, now: datetime) -> None:
    """Writes in an order in which no step is refused by a trigger: the quotas of single countries,
    the limits of the event, then removes the quotas that are gone.
    """
    limits = rules.CapacityLimits(draft.capacity, draft.country_quota, draft.quotas)
    known = {
        row.country_code: row
        for row in db.scalars(select(EventQuota).where(EventQuota.event_id == event.id))
    }
    for code, quota in draft.quotas.items():
        row = known.get(code) or EventQuota(event_id=event.id, country_code=code)
        row.places = quota
        db.add(row)
    flush(db, limits)
    event.capacity, event.country_quota = draft.capacity, draft.country_quota
    event.registration_closes_at, event.needs_approval, event.changed_at = (
        draft.closes_at,
        draft.needs_approval,
        now,
    )
    flush(db, limits)
    gone = known.keys() - draft.quotas.keys()
    db.execute(
        delete(EventQuota).where(EventQuota.event_id == event.id, EventQuota.country_code.in_(gone))
    )
