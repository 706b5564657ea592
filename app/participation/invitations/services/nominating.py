"""A focal point names who comes for the country, takes a name back, or puts another in its
place.
"""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.participation.invitations import policy, rules
from app.participation.invitations.facts import NominationMade, NominationWithdrawn
from app.participation.invitations.queries.nominations import (
    nominated_now,
    serving_in,
    standing_request,
)
from app.participation.registrations.models import Invitation, Nomination
from app.participation.registrations.rules import AlreadyStarted, DeclinedBefore
from app.participation.registrations.services.deciding import substitute
from app.participation.registrations.services.registering import (
    cancel_registration,
    register_person,
    registration_of,
)
from app.participation.registrations.values import ACTIVE, Origin, RegistrationStatus
from app.people.directory.queries.people import names_of
from app.planning.events.queries.locking import locked_event


def nominate(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    country_code: str,
    person_ids: Collection[int],
    today: date,
    now: datetime,
) -> tuple[int, ...]:
    """Nominates people of the country, who are registered or wait; returns the nominations that are
    new.

    Whoever is nominated already is passed over. Refuses who does not serve in the country today,
    whom the organizers did not accept (DeclinedBefore), and more than asked.
    """
    request = _asked(db, actor, event_id=event_id, country_code=country_code, now=now)
    fresh = sorted(set(person_ids) - _nominated(db, event_id, person_ids))
    if not person_ids:
        raise rules.NoneChosen
    if len(serving_in(db, fresh, country_code=country_code, on=today)) != len(fresh):
        raise rules.NotServing
    rules.require_within(request.places, nominated_now(db, event_id, country_code), len(fresh))
    return tuple(
        _nominate(
            db, actor=actor, event_id=event_id, country_code=country_code, person_id=one, now=now
        )
        for one in fresh
    )


def withdraw(
    db: Session, *, actor: Actor, event_id: UUID, nomination_id: int, now: datetime
) -> bool:
    """Withdraws a nomination, and cancels the registration that it brought; a registration that the
    person made before remains. Returns True if one was cancelled.
    """
    row = _standing(db, actor, event_id=event_id, nomination_id=nomination_id)
    is_cancelled = _holds(db, event_id, person_id=row.person_id, origins={Origin.NOMINATION})
    if is_cancelled:
        cancel_registration(db, actor=actor, event_id=event_id, person_id=row.person_id, now=now)
    _end(db, row, actor=actor, now=now)
    return is_cancelled


def swap(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    nomination_id: int,
    person_id: int,
    today: date,
    now: datetime,
) -> int:
    """Nominates a successor in a nominee's stead, registered as they were, or in their position on
    the waiting list; returns the nomination's id.
    """
    row = _standing(db, actor, event_id=event_id, nomination_id=nomination_id)
    if standing_request(db, event_id, row.country_code) is None:
        raise NotFound
    if _nominated(db, event_id, [person_id]):
        raise rules.SamePerson
    if not serving_in(db, [person_id], country_code=row.country_code, on=today):
        raise rules.NotServing
    has_registration = _holds(db, event_id, person_id=row.person_id, origins={Origin.NOMINATION})
    if not has_registration or _holds(db, event_id, person_id=person_id, origins=set(Origin)):
        withdraw(db, actor=actor, event_id=event_id, nomination_id=nomination_id, now=now)
        return _nominate(
            db,
            actor=actor,
            event_id=event_id,
            country_code=row.country_code,
            person_id=person_id,
            now=now,
        )
    substitute(
        db, actor=actor, event_id=event_id, person_id=row.person_id, successor_id=person_id, now=now
    )
    _end(db, row, actor=actor, now=now)
    return _written(
        db,
        actor=actor,
        event_id=event_id,
        country_code=row.country_code,
        person_id=person_id,
        now=now,
    )


def _holds(db: Session, event_id: UUID, person_id: int, origins: Collection[Origin]) -> bool:
    """Returns True for a person who has a place, is waiting or has asked, in one of these ways."""
    row = registration_of(db, event_id, person_id)
    return row is not None and row.status in ACTIVE and row.origin in origins


def _asked(
    db: Session, actor: Actor, event_id: UUID, country_code: str, now: datetime
) -> Invitation:
    """Returns the invitation that asks the country to nominate, and locks the event's row, so that
    counts stay true until the transaction ends.
    """
    policy.require_may_nominate_for(actor, country_code)
    event = locked_event(db, actor=actor, event_id=event_id)
    request = standing_request(db, event_id, country_code)
    if request is None:
        raise NotFound
    if event.starts_at is not None and event.starts_at <= now:
        raise AlreadyStarted
    return request


def _standing(db: Session, actor: Actor, event_id: UUID, nomination_id: int) -> Nomination:
    """Returns the nomination of the actor's own country; raises NotFound for those of others."""
    locked_event(db, actor=actor, event_id=event_id)
    row = db.get(Nomination, nomination_id, populate_existing=True)
    if row is None or row.event_id != event_id:
        raise NotFound
    policy.require_may_nominate_for(actor, row.country_code)
    if row.withdrawn_at is not None:
        raise rules.NominationOver
    return row


def _nominate(
    db: Session, *, actor: Actor, event_id: UUID, country_code: str, person_id: int, now: datetime
) -> int:
    nomination_id = _written(
        db, actor=actor, event_id=event_id, country_code=country_code, person_id=person_id, now=now
    )
    place = register_person(
        db,
        actor=actor,
        event_id=event_id,
        person_id=person_id,
        origin=Origin.NOMINATION,
        consent_version="",
        now=now,
    )
    if place.status is RegistrationStatus.DECLINED:
        raise DeclinedBefore(name=names_of(db, [person_id])[person_id])
    return nomination_id


def _written(
    db: Session, *, actor: Actor, event_id: UUID, country_code: str, person_id: int, now: datetime
) -> int:
    row = Nomination(
        event_id=event_id,
        country_code=country_code,
        person_id=person_id,
        nominated_by=actor.account_id or None,
        nominated_at=now,
    )
    db.add(row)
    db.flush()
    journal.record(
        db,
        NominationMade(
            event_id=event_id, nomination_id=row.id, person_id=person_id, country_code=country_code
        ),
        actor=actor,
        now=now,
    )
    return row.id


def _end(db: Session, row: Nomination, *, actor: Actor, now: datetime) -> None:
    row.withdrawn_at = now
    db.flush()
    fact = NominationWithdrawn(
        event_id=row.event_id,
        nomination_id=row.id,
        person_id=row.person_id,
        country_code=row.country_code,
    )
    journal.record(db, fact, actor=actor, now=now)


def _nominated(db: Session, event_id: UUID, person_ids: Collection[int]) -> set[int]:
    query = select(Nomination.person_id).where(
        Nomination.event_id == event_id,
        Nomination.person_id.in_(person_ids),
        Nomination.withdrawn_at.is_(None),
    )
    return set(db.scalars(query))
