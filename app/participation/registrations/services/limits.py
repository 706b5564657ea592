"""How many places an event has, in total and of each country, until when one registers, and who
decides.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.participation.registrations.queries.places import stands
from app.participation.registrations.services.registration import groups_of, locked_event
from app.people.directory.queries.known import country_codes
from app.planning.events import policy
from app.planning.events.facts import PlacesChanged
from app.planning.events.models import Event, EventQuota
from app.planning.events.rules import places as rules
from app.planning.events.rules.participation import require_not_over
from app.planning.events.services.places import flush, promote, taken_of
from app.planning.events.values import EventStatus
from app.planning.events.values.places import PlacesDraft


def set_places(
    db: Session, *, actor: Actor, event_id: UUID, draft: PlacesDraft, now: datetime, seen: str = ""
) -> tuple[int, ...]:
    """Makes the limits what the draft says and gives what became free to those in line; returns
    their person ids.

    `seen`: the mark of the limits, and of the zone of their deadline, that the writer began from;
    refuses ChangedMeanwhile when they are others now. Refuses at the field what is fewer than are
    taken and a deadline after the start. Who is pending stays pending when approval is no longer
    wanted: somebody decides.
    """
    event = locked_event(db, actor=actor, event_id=event_id)
    if not policy.may_decide_registrations(actor, groups_of(db, event_id)):
        raise NotAllowed
    require_not_over(EventStatus(event.status), event.ends_at, now)
    standing = stands(db, event_id=event_id)
    if draft == standing:
        return ()
    require_as_seen(seen, (standing, event.timezone))
    _require_sound(db, event, draft)
    _write(db, event, draft, now)
    own = tuple(sorted(draft.exceptions.items()))
    fact = PlacesChanged(
        event_id, draft.capacity, draft.country_quota, own, draft.closes_at, draft.needs_approval
    )
    journal.record(db, fact, actor=actor, now=now)
    return promote(db, event=event, actor=actor, now=now)


def _require_sound(db: Session, event: Event, draft: PlacesDraft) -> None:
    if draft.exceptions.keys() - country_codes(db):
        raise NotFound
    if (
        draft.closes_at is not None
        and event.starts_at is not None
        and draft.closes_at > event.starts_at
    ):
        raise InvalidInput({"closes_on": Sentence(rules.CLOSES_TOO_LATE)})
    rules.require_enough(
        rules.PlaceLimits(draft.capacity, draft.country_quota, draft.exceptions),
        taken_of(db, event.id),
    )


def _write(db: Session, event: Event, draft: PlacesDraft, now: datetime) -> None:
    """In an order in which no step on the way breaks the rule of the database: countries' own
    numbers, those of all, then away with the own numbers that are no more.
    """
    limits = rules.PlaceLimits(draft.capacity, draft.country_quota, draft.exceptions)
    known = {
        row.country_code: row
        for row in db.scalars(select(EventQuota).where(EventQuota.event_id == event.id))
    }
    for code, places in draft.exceptions.items():
        row = known.get(code) or EventQuota(event_id=event.id, country_code=code)
        row.places = places
        db.add(row)
    flush(db, limits)
    event.capacity, event.country_quota = draft.capacity, draft.country_quota
    event.registration_closes_at, event.needs_approval, event.changed_at = (
        draft.closes_at,
        draft.needs_approval,
        now,
    )
    flush(db, limits)
    gone = known.keys() - draft.exceptions.keys()
    db.execute(
        delete(EventQuota).where(EventQuota.event_id == event.id, EventQuota.country_code.in_(gone))
    )
