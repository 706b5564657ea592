"""Who sits where when offices change hands: events that follow an office get its new holder, and
nothing is refused.

A clash that arises stands beside the other and opens a conflict case; somebody needed who no longer
serves opens one.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.infra import journal
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.text import N_
from app.people.directory.queries import designations
from app.people.directory.queries.people import names_of
from app.people.directory.values import Office, OfficeHolding
from app.planning.arranging.queries.seats import coming_with, findings_about
from app.planning.arranging.rules.seats import SeatedPerson, parse, seated, vacant, written
from app.planning.arranging.rules.soundness import AlreadyCancelled
from app.planning.arranging.services.occupying import hold_sittings, let_sittings_pass
from app.planning.events import policy
from app.planning.events.facts import (
    EventChanged,
    PartChanged,
    PartGiven,
    PartTaken,
    RuleOverridden,
)
from app.planning.events.models import Event, EventPerson, NamedPart
from app.planning.events.queries.events import visible_to
from app.planning.events.queries.people import parts_told, roles_in
from app.planning.events.queries.references import slugs_of_groups
from app.planning.events.values import EventKind, EventStatus, holder_of
from app.planning.scheduling.rules import refusals
from app.planning.scheduling.rules.cases import Cause
from app.planning.scheduling.services import claims
from app.planning.scheduling.services.cases import open_case, settle_leaver
from app.planning.scheduling.services.claims import permissions_of
from app.planning.scheduling.values import OverrideAsked, Party, PartyKind, Permission

FROM_THE_LIST = N_("Choose a person from the list.")
THERE_ALREADY = N_("%(name)s already takes part in this event.")


def fill_seats(
    db: Session,
    *,
    now: datetime,
    seats: Collection[Office] = (),
    event_id: UUID | None = None,
) -> None:
    """Gives every coming event that asks for one of the seats whoever holds them on its day; again
    changes nothing.
    """
    claims.lock(db)
    for event in coming_with(db, now=now, seats=seats, event_id=event_id):
        places = _places(event)
        filled = seated(places, _day_of(event), _holdings(db, places))
        if set(filled) != set(places):
            _seat(db, event, filled, actor=SYSTEM, now=now)
        _tell_of_leavers(db, event, [place for place in filled if place.seats], now=now)


def note_service(db: Session, *, person_id: int, now: datetime) -> None:
    """Somebody's appointments changed: a coming event that names who serves nowhere on its day
    needs another person.
    """
    claims.lock(db)
    for event in coming_with(db, now=now, person_id=person_id):
        _tell_of_leavers(
            db, event, [place for place in _places(event) if place.person_id == person_id], now=now
        )


def claim_anew_for(db: Session, *, person_id: int, now: datetime) -> None:
    """Rows that name the person at coming events were written by somebody else: claims their hours
    as the rows say now. A clash that arises opens a conflict case.
    """
    claims.lock(db)
    for event in coming_with(db, now=now, person_id=person_id):
        freed = let_sittings_pass(db, [event.id])
        _claim_anew(db, event, _places(event), now=now, permissions=())
        hold_sittings(db, event, now=now, freed=freed, cause=Cause.DESIGNATION)


def replace_person(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    leaving: int,
    arriving: int,
    now: datetime,
    overrides: Sequence[OverrideAsked] = (),
) -> None:
    """Gives somebody's role at an event to another person, who takes part in person and not as the
    holder of a seat.

    Refuses with Clash when the newcomer is engaged, or has too many roles in the month of a
    published event and none of the `overrides` confirms it; what else stands there unsettled stays
    as it is.
    """
    claims.lock(db)
    event = _changeable(db, actor, event_id)
    places = {place.person_id: place for place in _places(event)}
    if leaving not in places:
        return
    newcomer = names_of(db, [arriving]).get(arriving)
    if newcomer is None:
        raise InvalidInput({"person": Sentence(FROM_THE_LIST)})
    if arriving in places:
        raise InvalidInput({"person": Sentence(THERE_ALREADY, {"name": newcomer})})
    findings = findings_about(
        db, event_id=event.id, arriving=arriving, now=now, overrides=overrides
    )
    refusals.require_free(findings)
    permissions = permissions_of(actor, overrides, findings)
    places[arriving] = SeatedPerson(arriving, places.pop(leaving).role)
    _seat(db, event, places.values(), actor=actor, now=now, permissions=permissions)
    for permission in permissions:
        fact = RuleOverridden(event.id, str(permission.rule), permission.against)
        journal.record(db, fact, actor=actor, now=now)


def _places(event: Event) -> tuple[SeatedPerson, ...]:
    return tuple(
        SeatedPerson(person.person_id, person.role, parse(person.seat)) for person in event.people
    )


def _holdings(db: Session, places: Iterable[SeatedPerson]) -> tuple[OfficeHolding, ...]:
    return designations.holdings_of(db, offices={seat for place in places for seat in place.seats})


def _day_of(event: Event) -> date:
    """Returns the local day on which it starts; `coming_with` finds none without an instant."""
    if event.starts_at is None:
        raise TypeError("an event without instants has no day")
    return event.starts_at.astimezone(ZoneInfo(event.timezone)).date()


def _seat(
    db: Session,
    event: Event,
    places: Collection[SeatedPerson],
    *,
    actor: Actor,
    now: datetime,
    permissions: Sequence[Permission] = (),
) -> None:
    """Writes who is there and claims anew. A hold that has lapsed, and what holds no time, claims
    nothing.
    """
    event.people = [
        EventPerson(
            event_id=event.id, person_id=place.person_id, role=place.role, seat=written(place.seats)
        )
        for place in sorted(places)
    ]
    event.changed_at = now
    db.flush()
    journal.record(db, EventChanged(event.id), actor=actor, now=now)
    freed = let_sittings_pass(db, [event.id])
    _claim_anew(db, event, places, now=now, permissions=permissions)
    hold_sittings(db, event, now=now, freed=freed, cause=Cause.DESIGNATION)


def _claim_anew(
    db: Session,
    event: Event,
    places: Collection[SeatedPerson],
    *,
    now: datetime,
    permissions: Sequence[Permission],
) -> None:
    try:
        draft, parties = claims.held(db, holder_of(event.id))
    except NotFound:
        return
    if draft.tentative_until is not None and draft.tentative_until <= now:
        return
    others = [party for party in parties if party.kind is not PartyKind.PERSON]
    people = _parties(db, [place.person_id for place in places])
    claims.reclaim(
        db,
        engagement=draft,
        parties=[*others, *people],
        cause=Cause.DESIGNATION,
        now=now,
        permissions=permissions,
    )


def _parties(db: Session, people: Collection[int]) -> list[Party]:
    return [Party.person(person_id, name) for person_id, name in names_of(db, people).items()]


def _tell_of_leavers(
    db: Session, event: Event, places: Collection[SeatedPerson], *, now: datetime
) -> None:
    """Opens a case for each place whose person serves nowhere on the day, or holds its seat no
    longer while nobody else does. Settles the cases of those who are back.
    """
    if event.kind == EventKind.EXTERNAL or not places:
        return
    on, holder = _day_of(event), holder_of(event.id)
    people = {place.person_id for place in places}
    gone = designations.left_by(db, people, on) | {
        p.person_id for p in vacant(places, on, _holdings(db, places))
    }
    for party in _parties(db, people):
        if int(party.key) in gone:
            open_case(
                db, holder=holder, against="", rule=None, party=party, cause=Cause.LEFT, now=now
            )
        else:
            settle_leaver(db, holder=holder, party=party, now=now)


def _changeable(db: Session, actor: Actor, event_id: UUID) -> Event:
    wanted = (
        select(Event)
        .where(Event.id == event_id, visible_to(actor))
        .options(selectinload(Event.people))
    )
    event = db.scalar(wanted)
    if event is None:
        raise NotFound
    slugs = slugs_of_groups(db, [event.id])
    policy.require_may_plan_for(actor, slugs, EventKind(event.kind))
    if event.status == EventStatus.CANCELLED:
        raise AlreadyCancelled
    return event


def settle_parts(db: Session, *, event_id: UUID, now: datetime) -> int:
    """Compares who has a part in the event with what they were told, and records each difference as
    a fact.

    Returns the number of facts. A draft, a cancelled event and one that is over record none.
    """
    event = db.get(Event, event_id, with_for_update={"of": Event})
    if event is None or event.status != EventStatus.PUBLISHED:
        return 0
    if event.closed_at is not None or (event.ends_at is not None and event.ends_at <= now):
        return 0
    current, told = roles_in(db, event_id), parts_told(db, event_id)
    facts: list[PartGiven | PartChanged | PartTaken] = []
    for person_id in sorted(current.keys() | told.keys()):
        roles, part = " ".join(current.get(person_id, ())), told.get(person_id)
        before = part.roles if part else ""
        if roles == before:
            continue
        if part is None:
            part = NamedPart(
                event_id=event_id, person_id=person_id, turns=0, partstat="", changed_at=now
            )
            db.add(part)
        elif not roles or not before:
            part.turns, part.partstat, part.answered_at = part.turns + 1, "", None
        part.roles, part.changed_at = roles, now
        fact = PartTaken if not roles else PartChanged if before else PartGiven
        facts.append(fact(event_id, person_id))
    db.flush()
    journal.record_all(db, facts, actor=SYSTEM, now=now)
    return len(facts)
