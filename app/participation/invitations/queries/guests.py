"""Who stands behind a key in an address, and what a guest may see: one event and the own data."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.infra.exchange import SealedColumn
from app.infra.installation import secret_keys
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import Language, as_language
from app.participation.invitations.rules import (
    GUEST,
    SURVEY_LASTS,
    LinkTerm,
    LinkUnknown,
    digest,
    opened_key,
    require_alive,
)
from app.participation.invitations.values import InvitationClass
from app.participation.registrations.models import Guest, Invitation, Registration
from app.participation.registrations.queries.capacity import OwnRegistration, event_capacity
from app.participation.registrations.queries.entitlement import registered_there
from app.participation.registrations.values import ACTIVE, WITH_KEY, Way
from app.people.directory.models import Person
from app.planning.arranging.queries.planning import session_details
from app.planning.events.models import Event
from app.planning.events.queries.events import brief_of, details
from app.planning.events.values import EventDetail, SessionDetail

LONGEST_KEY = 100
GUEST_KEYS = SealedColumn("links of guests", Guest.sealed_key, GUEST)


@dataclass(frozen=True)
class GuestSeat:
    """A guest with an own key. `actor` has no account and no role: it is good for the guest's own
    place and no more.

    `is_over`: the event has ended; nothing can be joined with it, and the link works only until
    `dies_at` for the survey. `is_revoked`, `closes_at`: of the guest's open link, which matters to
    guests who have given the place back.
    """

    actor: Actor
    event_id: UUID
    person_id: int
    is_over: bool
    dies_at: datetime | None
    is_revoked: bool
    closes_at: datetime | None


@dataclass(frozen=True)
class GuestPage:
    """What the guest's own page says. `registration` is None for who has cancelled; `has_another`:
    the guest is registered with an account too; `closes_at`: the event's deadline.
    """

    event: EventDetail
    name: str
    registration: OwnRegistration | None
    sessions: tuple[SessionDetail, ...]
    dial_in: str
    has_another: bool
    closes_at: datetime | None


@dataclass(frozen=True)
class OpenInvitation:
    """What an invitation by key shows before anybody has registered by it. `guest_key`: of the
    guest who already came by a personal one.
    """

    id: int
    event: EventDetail
    invitation_class: InvitationClass
    way: Way
    name: str
    organisation: str
    email: str
    language: Language
    places: int | None
    taken: int
    closes_at: datetime | None
    is_revoked: bool
    guest_key: str = field(repr=False)


def guest_of(db: Session, token: str, now: datetime) -> GuestSeat:
    """Refuses an unknown key as if there were nothing (404), a dead or withdrawn one as gone
    (410).
    """
    row = db.execute(
        select(Guest, Person, Event.ends_at, Invitation)
        .join(Person, Person.id == Guest.person_id)
        .join(Event, Event.id == Guest.event_id)
        .join(Invitation, Invitation.id == Guest.invitation_id)
        .where(Guest.token_sha256 == digest(token[:LONGEST_KEY]))
    ).one_or_none()
    if row is None:
        raise LinkUnknown
    guest, person, ends_at, came = row
    term, is_revoked = LinkTerm(ends_at), came.revoked_at is not None
    require_alive(term, is_revoked=is_revoked and came.way == Way.GUEST, now=now)
    dies_at = None if ends_at is None else ends_at + SURVEY_LASTS
    return GuestSeat(
        actor=as_actor(person),
        event_id=guest.event_id,
        person_id=person.id,
        is_over=term.is_over(now),
        dies_at=dies_at,
        is_revoked=is_revoked,
        closes_at=came.closes_at,
    )


def as_actor(person: Person) -> Actor:
    """Returns a guest as an actor with the account 0, as nobody is signed in. Journal and letters
    know the guest by the person's number.
    """
    return Actor(
        account_id=0,
        person_id=person.id,
        name=person.full_name,
        language=as_language(person.language),
        timezone=person.timezone,
    )


def guest_page(db: Session, seat: GuestSeat) -> GuestPage:
    event = _event(db, seat.event_id, seat.actor)
    known = event_capacity(db, actor=seat.actor, event=event)
    mailbox = db.scalar(select(Guest.email).where(Guest.person_id == seat.person_id)) or ""
    has_another = registered_there(db, seat.event_id, mailbox) is not None
    brief = brief_of(db, event_id=seat.event_id).brief
    sessions = session_details(db, event_id=seat.event_id, with_people=False)
    return GuestPage(
        event=event,
        name=seat.actor.name,
        registration=known.own,
        sessions=sessions,
        dial_in=brief.dial_in,
        has_another=has_another,
        closes_at=known.closes_at,
    )


def invitation_by_key(db: Session, token: str) -> OpenInvitation:
    """Refuses with NotFound what is unknown or not published; whether it still takes guests is a
    rule's to say.
    """
    row = db.execute(
        select(Invitation, Guest.sealed_key, came_by(Invitation.id))
        .outerjoin(Guest, (Guest.invitation_id == Invitation.id) & (Invitation.way == Way.GUEST))
        .where(Invitation.token_sha256 == digest(token[:LONGEST_KEY]), Invitation.way.in_(WITH_KEY))
    ).one_or_none()
    if row is None:
        raise LinkUnknown
    invitation, sealed, taken = row
    return OpenInvitation(
        id=invitation.id,
        event=_event(db, invitation.event_id, Actor()),
        invitation_class=InvitationClass(invitation.invitation_class),
        way=Way(invitation.way),
        name=invitation.name,
        organisation=invitation.organisation,
        email=invitation.email,
        language=as_language(invitation.language),
        places=invitation.places,
        taken=taken,
        closes_at=invitation.closes_at,
        is_revoked=invitation.revoked_at is not None,
        guest_key=opened_key(sealed or "", own=secret_keys(db), purpose=GUEST),
    )


def came_by(invitation_id: InstrumentedAttribute[int] | int) -> ScalarSelect[int]:
    """Returns how many guests of an invitation have a place or wait for one.

    Who gave it back takes none of a link's places.
    """
    counted = select(func.count(Guest.person_id)).join(
        Registration,
        (Registration.person_id == Guest.person_id) & (Registration.event_id == Guest.event_id),
    )
    is_active = Registration.status.in_(ACTIVE)
    return (
        counted.where(Guest.invitation_id == invitation_id, is_active)
        .correlate(Invitation)
        .scalar_subquery()
    )


def guest_key_of(db: Session, person_id: int) -> str | None:
    """Returns the key in a guest's own address, for letters; None for anybody else."""
    sealed = db.scalar(select(Guest.sealed_key).where(Guest.person_id == person_id))
    return opened_key(sealed or "", own=secret_keys(db), purpose=GUEST) or None


def _event(db: Session, event_id: UUID, actor: Actor) -> EventDetail:
    """Returns a published event, also a confidential one: the key was given to this guest for it."""
    events = details(
        db, select(Event).where(Event.id == event_id, Event.published_at.is_not(None)), actor=actor
    )
    if not events:
        raise NotFound
    return events[0]


def guests_invited(db: Session, *, before: datetime) -> dict[int, str]:
    """Returns the names of guests of events that ended before that instant, by their number."""
    query = (
        select(Person.id, Person.full_name)
        .join(Guest, Guest.person_id == Person.id)
        .join(Event, Event.id == Guest.event_id)
        .where(Person.is_guest, Event.ends_at < before)
    )
    return {row.id: row.full_name for row in db.execute(query)}
