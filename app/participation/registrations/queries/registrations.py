"""Who registered for an event and how it stands, for its organizers; a focal point sees the own
country's people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor, Role
from app.kernel.paging import Paging
from app.kernel.refusal import NotAllowed
from app.kernel.text import LocalizedText
from app.participation.registrations.queries.places import Places, places
from app.people.directory.models import Country, Person
from app.planning.events import policy
from app.planning.events.models import Registration
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail
from app.planning.events.values.places import Origin, RegistrationStatus

MOST_EXPORTED = 20_000


@dataclass(frozen=True)
class RegistrationRow:
    """`position` in line, 1 is the next; None for who does not wait."""

    person_id: int
    name: str
    organisation: str
    country: LocalizedText
    is_guest: bool
    status: RegistrationStatus
    origin: Origin
    position: int | None
    created_at: datetime
    consent_version: str


@dataclass(frozen=True)
class Registrations:
    """A stretch of the list. `counts` are of the people that the actor may see; `paging` of those
    that were asked for. `may_decide` is false for a focal point, who changes nothing here.
    """

    event: EventDetail
    places: Places
    counts: Mapping[RegistrationStatus, int]
    rows: tuple[RegistrationRow, ...]
    paging: Paging
    may_decide: bool


def registrations(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    status: RegistrationStatus | None = None,
    size: int = MOST_EXPORTED,
    number: int = 1,
) -> Registrations:
    """In line by their turn, all others by name. Refuses who neither runs the event nor answers for
    a country.
    """
    event = event_of(db, actor=actor, event_id=event_id)
    may_decide = policy.may_decide_registrations(actor, event.group_slugs)
    seen = _seen_by(actor, event_id, sees_all=policy.may_see_drafts(actor, event.group_slugs))
    counted = (
        select(Registration.status, func.count())
        .join(Person, Person.id == Registration.person_id)
        .where(*seen)
    )
    counts = {
        RegistrationStatus(row[0]): row[1]
        for row in db.execute(counted.group_by(Registration.status))
    }
    asked = _people_of(event_id).where(*seen)
    if status is not None:
        asked = asked.where(Registration.status == status)
    else:
        asked = asked.where(Registration.status != RegistrationStatus.CANCELLED)
    standing = sum(
        count for one, count in counts.items() if one is not RegistrationStatus.CANCELLED
    )
    paging = Paging(standing if status is None else counts.get(status, 0), size, number)
    rows = tuple(_row(*row) for row in db.execute(asked.limit(size).offset(paging.offset)))
    return Registrations(
        event, places(db, actor=actor, event=event), counts, rows, paging, may_decide
    )


def _seen_by(actor: Actor, event_id: UUID, *, sees_all: bool) -> tuple[ColumnElement[bool], ...]:
    of_event = Registration.event_id == event_id
    if sees_all:
        return (of_event,)
    countries = actor.scopes(Role.FOCAL_POINT)
    if not countries:
        raise NotAllowed
    return of_event, Person.country_code.in_(countries), Person.is_guest.is_(False)


def _people_of(event_id: UUID) -> Select[Registration, Person, LocalizedText, int]:
    turn = (
        func.row_number().over(order_by=(Registration.waiting_since, Registration.id)).label("turn")
    )
    line = select(Registration.id, turn).where(
        Registration.event_id == event_id, Registration.status == RegistrationStatus.WAITING
    )
    in_line = line.subquery()
    return (
        select(Registration, Person, Country.name, in_line.c.turn)
        .join(Person, Person.id == Registration.person_id)
        .outerjoin(Country, Country.code == Person.country_code)
        .outerjoin(in_line, in_line.c.id == Registration.id)
        .order_by(func.coalesce(in_line.c.turn, 0), Person.sort_key, Person.id)
    )


def _row(
    row: Registration, person: Person, country: LocalizedText | None, turn: int | None
) -> RegistrationRow:
    return RegistrationRow(
        person.id,
        person.full_name,
        person.organisation,
        country or LocalizedText(),
        person.is_guest,
        RegistrationStatus(row.status),
        Origin(row.origin),
        turn,
        row.created_at,
        row.consent_version,
    )
