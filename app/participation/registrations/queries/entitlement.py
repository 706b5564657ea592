"""What an event and its invitations say of a person who wishes to register: whom an invitation means
on a day, whose mailbox an address is, and whether the person may register.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, exists, func, or_, select, union
from sqlalchemy.orm import Session

from app.infra.orm import in_force
from app.kernel.actor import Actor
from app.participation.registrations.models import Guest, Invitation, Nomination, Registration
from app.participation.registrations.rules import comes_as_named, is_free, require_entitled
from app.participation.registrations.values import (
    ACTIVE,
    WITH_KEY,
    Invited,
    Origin,
    RegistrationStatus,
    Way,
)
from app.people.directory.models import (
    Appointment,
    FocalPoint,
    Membership,
    Person,
    Post,
    WorkingGroup,
)
from app.people.identity.models import Account
from app.planning.events import policy
from app.planning.events.models import Event, EventCountry, EventGroup, EventPerson
from app.planning.events.queries.events import sits_in
from app.planning.events.values import EventDetail

GUESTS = (
    select(Registration)
    .join(Person, Person.id == Registration.person_id)
    .where(Registration.event_id == bindparam("event_id"), Registration.status.in_(ACTIVE))
    .where(
        Person.is_guest,
        Person.email.in_(bindparam("mailboxes", type_=Person.email.type, expanding=True)),
    )
    .order_by(Registration.id)
)
MAILBOXES = (
    select(Person.email, Account.email)
    .outerjoin(Account, Account.person_id == Person.id)
    .where(Person.id == bindparam("person_id"))
)


def mailboxes_of(db: Session, person_id: int) -> frozenset[str]:
    """Returns the person's folded addresses: the contact in the directory and the address of the
    account.
    """
    row = db.execute(MAILBOXES, {"person_id": person_id}).one_or_none() or ()
    return frozenset(box.lower() for box in row if box)


def guests_there(db: Session, event_id: UUID, mailboxes: Collection[str]) -> Sequence[Registration]:
    """Returns the registrations of guests with one of these folded addresses at an event:
    registered, waiting or pending. Addresses of guests are stored folded, so that the index finds them.
    """
    if not mailboxes:
        return ()
    return db.scalars(GUESTS, {"event_id": event_id, "mailboxes": sorted(mailboxes)}).all()


def registered_there(db: Session, event_id: UUID, mailbox: str) -> int | None:
    """Returns who of the directory has one of the folded addresses, and a place, a turn or a
    request at the event.
    """
    if not mailbox:
        return None
    query = (
        select(Registration.person_id)
        .join(Person, Person.id == Registration.person_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(
            Registration.event_id == event_id,
            Registration.status.in_(ACTIVE),
            Person.is_guest.is_(False),
        )
        .where(or_(func.lower(Person.email) == mailbox, func.lower(Account.email) == mailbox))
    )
    return db.scalar(query.order_by(Registration.person_id).limit(1))


NAMING = [str(way) for way in Way if way not in WITH_KEY]
HELD = (RegistrationStatus.REGISTERED, RegistrationStatus.WAITING, RegistrationStatus.PENDING)
IS_NAMING, NOT_REVOKED = Invitation.way.in_(NAMING), Invitation.revoked_at.is_(None)
# An invitation that lost its name to an erasure invites nobody, and opens the event to nobody
# either.
CLOSING = or_(NOT_REVOKED, and_(IS_NAMING, Invitation.target.is_(None)))
WAYS_THERE = (
    select(Invitation.way, Invitation.keeps_open)
    .where(Invitation.event_id == bindparam("event_id"), CLOSING)
    .distinct()
)


def invitation_by_id(db: Session, invitation_id: int) -> Invitation | None:
    return db.get(Invitation, invitation_id)


def nomination_by_id(db: Session, nomination_id: int) -> Nomination | None:
    return db.get(Nomination, nomination_id)


INVITATION_ID = Invitation.id.label("invitation_id")
OF_EVENT = Invitation.event_id == bindparam("event_id")
PEOPLE_MEANT = union(
    select(INVITATION_ID, Invitation.person_id.label("person_id")).where(
        OF_EVENT, Invitation.way == Way.PERSON
    ),
    select(INVITATION_ID, Appointment.person_id)
    .join(Post, Post.institution_id == Invitation.institution_id)
    .join(Appointment, Appointment.post_id == Post.id)
    .where(OF_EVENT, Invitation.way == Way.INSTITUTION, in_force(Appointment, bindparam("on"))),
    select(INVITATION_ID, Membership.person_id)
    .join(Membership, Membership.working_group_id == Invitation.working_group_id)
    .where(OF_EVENT, Invitation.way == Way.GROUP, in_force(Membership, bindparam("on"))),
    select(INVITATION_ID, Nomination.person_id)
    .join(Nomination, Nomination.country_code == Invitation.country_code)
    .where(
        OF_EVENT,
        Nomination.event_id == Invitation.event_id,
        Nomination.withdrawn_at.is_(None),
    ),
    select(INVITATION_ID, Guest.person_id)
    .join(Guest, Guest.invitation_id == Invitation.id)
    .where(OF_EVENT),
).subquery()
"""Pairs of invitation and person, of all invitations of the event `event_id` in force on the day
`on`; guests and nominees as they are now.
"""
ENTERED_UNINVITED = select(func.count(Registration.id)).where(
    Registration.event_id == bindparam("event_id"),
    Registration.origin == Origin.SELF,
    Registration.status.in_(HELD),
    Registration.person_id.not_in(
        select(PEOPLE_MEANT.c.person_id).where(
            PEOPLE_MEANT.c.invitation_id.in_(
                select(Invitation.id).where(OF_EVENT, IS_NAMING, NOT_REVOKED)
            )
        )
    ),
)
OWN_WAYS = (
    select(Invitation.way)
    .join(PEOPLE_MEANT, PEOPLE_MEANT.c.invitation_id == Invitation.id)
    .where(OF_EVENT, IS_NAMING, NOT_REVOKED, PEOPLE_MEANT.c.person_id == bindparam("person_id"))
)
COUNTRY_INVITED = (
    select(Invitation.id)
    .where(
        OF_EVENT,
        IS_NAMING,
        NOT_REVOKED,
        Invitation.country_code == bindparam("country"),
        Invitation.keeps_open.is_(False),
    )
    .limit(1)
)
MEANT_BY_INVITATION = (
    select(PEOPLE_MEANT.c.person_id)
    .where(PEOPLE_MEANT.c.invitation_id == bindparam("invitation_id"))
    .order_by(PEOPLE_MEANT.c.person_id)
)


def invited(db: Session, event_id: UUID, person_id: int, country: str, on: date) -> Invited:
    """Returns what the event's invitations say of one person; keys for guests close an event to
    nobody.
    """
    there = {
        (way, keeps_open) for way, keeps_open in db.execute(WAYS_THERE, {"event_id": event_id})
    }
    ways_there = {way for way, _ in there}
    is_guest = Way.GUEST in ways_there and _by_mailbox(db, event_id, person_id)
    if ways_there.isdisjoint(NAMING):
        return Invited(is_meant=is_guest)
    names_anybody = any(way in NAMING and not keeps_open for way, keeps_open in there)
    ways = set(db.scalars(OWN_WAYS, {"event_id": event_id, "on": on, "person_id": person_id}))
    of_country = {"event_id": event_id, "country": country}
    return Invited(
        names_anybody=names_anybody,
        is_meant=bool(ways - {Way.COUNTRY}) or is_guest,
        is_nominated=Way.COUNTRY in ways,
        is_country_asked=bool(country) and db.scalar(COUNTRY_INVITED, of_country) is not None,
    )


def entered_uninvited(db: Session, event_id: UUID, on: date) -> int:
    """Returns how many registered by themselves, or wait to, whom no invitation in force means."""
    return db.scalar(ENTERED_UNINVITED, {"event_id": event_id, "on": on}) or 0


def _by_mailbox(db: Session, event_id: UUID, person_id: int) -> bool:
    """Returns True if the person was invited as a guest, at an address that is one of their own."""
    of_event = (
        Invitation.event_id == event_id,
        Invitation.way == Way.GUEST,
        Invitation.revoked_at.is_(None),
    )
    is_own = Invitation.email.in_(mailboxes_of(db, person_id))
    return db.scalar(select(Invitation.id).where(*of_event, is_own).limit(1)) is not None


def people_to_write_to(db: Session, invitation: Invitation, *, on: date) -> tuple[int, ...]:
    """Returns who gets the letter of an invitation that goes to people of the directory; a
    country's goes to its focal points.
    """
    if invitation.way == Way.COUNTRY:
        query = select(FocalPoint.person_id).where(
            FocalPoint.country_code == invitation.country_code,
            in_force(FocalPoint, on),
        )
        return tuple(sorted(set(db.scalars(query))))
    given = {"event_id": invitation.event_id, "on": on, "invitation_id": invitation.id}
    return tuple(db.scalars(MEANT_BY_INVITATION, given))


COUNTRIES_NAMED = select(EventCountry.country_code).where(
    EventCountry.event_id == bindparam("event_id")
)


@dataclass(frozen=True)
class Entitled:
    countries: frozenset[str]
    country: str
    invited: Invited
    has_part: bool
    is_confidential: bool

    @property
    def comes_as_named(self) -> bool:
        return comes_as_named(self.invited, has_part=self.has_part)

    def require(self) -> None:
        """Refuses people who may not register by themselves."""
        require_entitled(
            self.countries,
            self.country,
            self.invited,
            has_part=self.has_part,
            is_confidential=self.is_confidential,
        )


def entitled(
    db: Session, *, actor: Actor, event: Event | EventDetail, country: str, now: datetime
) -> Entitled:
    """Returns whether the actor, who comes from the country ("" for none), may register; two
    statements where the event is open to them.
    """
    person_id = actor.person_id or 0
    on = now.astimezone(ZoneInfo(event.timezone)).date()
    invitations = invited(db, event.id, person_id=person_id, country=country, on=on)
    named = frozenset(db.scalars(COUNTRIES_NAMED, {"event_id": event.id}))
    needs_no_part = is_free(named, country, invitations, is_confidential=event.is_confidential)
    has_part = not needs_no_part and _has_part(db, actor, event.id)
    return Entitled(
        countries=named,
        country=country,
        invited=invitations,
        has_part=has_part,
        is_confidential=event.is_confidential,
    )


def _has_part(db: Session, actor: Actor, event_id: UUID) -> bool:
    """Returns True for who runs the event, is needed there, sits in a session of it or is
    registered as a guest, whose registration will be the person's own.
    """
    groups = select(WorkingGroup.slug).join(EventGroup).where(EventGroup.event_id == event_id)
    if policy.may_plan_for(actor, db.scalars(groups).all()):
        return True
    person_id = actor.person_id or 0
    if guests_there(db, event_id, mailboxes_of(db, person_id)):
        return True
    needed = exists().where(EventPerson.event_id == Event.id, EventPerson.person_id == person_id)
    return bool(
        db.scalar(select(exists().where(Event.id == event_id, or_(needed, sits_in(person_id)))))
    )
