"""Which people an invitation means on a day: whom it names, who serves there, who sits there, who
came by its key.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, and_, bindparam, func, or_, select, union
from sqlalchemy.orm import Session

from app.infra.orm import in_force
from app.participation.admission.models import Guest, Invitation, Nomination
from app.participation.admission.queries.mailboxes import mailboxes_of
from app.participation.admission.values import WITH_KEY, Way
from app.people.directory.models import Appointment, FocalPoint, Membership, Post
from app.planning.events.models import Registration
from app.planning.events.values.places import Invited, Origin, RegistrationStatus

NAMING = [str(way) for way in Way if way not in WITH_KEY]
HELD = (RegistrationStatus.REGISTERED, RegistrationStatus.WAITING, RegistrationStatus.PENDING)
IS_NAMING, STANDS = Invitation.way.in_(NAMING), Invitation.revoked_at.is_(None)
# An invitation that lost its name to an erasure invites nobody, and opens the event to nobody
# either.
CLOSING = or_(STANDS, and_(IS_NAMING, Invitation.target.is_(None)))
WAYS_THERE = (
    select(Invitation.way, Invitation.keeps_open)
    .where(Invitation.event_id == bindparam("event_id"), CLOSING)
    .distinct()
)


def invitation_by_id(db: Session, invitation_id: int) -> Invitation | None:
    return db.get(Invitation, invitation_id)


def nomination_by_id(db: Session, nomination_id: int) -> Nomination | None:
    return db.get(Nomination, nomination_id)


def people_meant(event_id: UUID, on: date) -> CompoundSelect[Any]:
    """Pairs of invitation and person, of all standing invitations of an event; guests and nominees
    as they are now.
    """
    return union(*(asked.where(Invitation.event_id == event_id) for asked in _ways(on)))


def _ways(on: date) -> tuple[Any, ...]:
    pair = Invitation.id.label("invitation_id")
    serving = (in_force(Appointment, on),)
    sitting = (in_force(Membership, on),)
    return (
        select(pair, Invitation.person_id.label("person_id")).where(Invitation.way == Way.PERSON),
        select(pair, Appointment.person_id)
        .join(Post, Post.institution_id == Invitation.institution_id)
        .join(Appointment, Appointment.post_id == Post.id)
        .where(Invitation.way == Way.INSTITUTION, *serving),
        select(pair, Membership.person_id)
        .join(Membership, Membership.working_group_id == Invitation.working_group_id)
        .where(Invitation.way == Way.GROUP, *sitting),
        select(pair, Nomination.person_id)
        .join(Nomination, Nomination.country_code == Invitation.country_code)
        .where(Nomination.event_id == Invitation.event_id, Nomination.withdrawn_at.is_(None)),
        select(pair, Guest.person_id).join(Guest, Guest.invitation_id == Invitation.id),
    )


def invited(db: Session, event_id: UUID, person_id: int, country: str, on: date) -> Invited:
    """What the event's invitations say of one person; keys for guests close an event to nobody."""
    there = {
        (way, keeps_open) for way, keeps_open in db.execute(WAYS_THERE, {"event_id": event_id})
    }
    ways_there = {way for way, _ in there}
    is_guest = Way.GUEST in ways_there and _by_mailbox(db, event_id, person_id)
    if ways_there.isdisjoint(NAMING):
        return Invited(is_meant=is_guest)
    names_anybody = any(way in NAMING and not keeps_open for way, keeps_open in there)
    standing = (Invitation.event_id == event_id, IS_NAMING, STANDS)
    meant = people_meant(event_id, on).subquery()
    own_ways = select(Invitation.way).join(meant, meant.c.invitation_id == Invitation.id)
    ways = set(db.scalars(own_ways.where(*standing, meant.c.person_id == person_id)))
    asked = select(Invitation.id).where(
        *standing, Invitation.country_code == country, Invitation.keeps_open.is_(False)
    )
    return Invited(
        names_anybody=names_anybody,
        is_meant=bool(ways - {Way.COUNTRY}) or is_guest,
        is_nominated=Way.COUNTRY in ways,
        is_country_asked=bool(country) and db.scalar(asked.limit(1)) is not None,
    )


def entered_uninvited(db: Session, event_id: UUID, on: date) -> int:
    """How many registered by themselves, or wait to, whom no standing invitation means."""
    standing = select(Invitation.id).where(
        Invitation.event_id == event_id, Invitation.way.in_(NAMING), Invitation.revoked_at.is_(None)
    )
    meant = people_meant(event_id, on).subquery()
    entered = select(func.count(Registration.id)).where(
        Registration.event_id == event_id,
        Registration.origin == Origin.SELF,
        Registration.status.in_(HELD),
        Registration.person_id.not_in(
            select(meant.c.person_id).where(meant.c.invitation_id.in_(standing))
        ),
    )
    return db.scalar(entered) or 0


def _by_mailbox(db: Session, event_id: UUID, person_id: int) -> bool:
    """Invited as a guest, at an address that is that of somebody of the directory."""
    standing = (
        Invitation.event_id == event_id,
        Invitation.way == Way.GUEST,
        Invitation.revoked_at.is_(None),
    )
    is_own = Invitation.email.in_(mailboxes_of(db, person_id))
    return db.scalar(select(Invitation.id).where(*standing, is_own).limit(1)) is not None


def people_to_write_to(db: Session, invitation: Invitation, *, on: date) -> tuple[int, ...]:
    """Who gets the letter of an invitation that goes to people of the directory; a country's, its
    focal point.
    """
    if invitation.way == Way.COUNTRY:
        asked = select(FocalPoint.person_id).where(
            FocalPoint.country_code == invitation.country_code,
            in_force(FocalPoint, on),
        )
        return tuple(sorted(set(db.scalars(asked))))
    meant = people_meant(invitation.event_id, on).subquery()
    return tuple(
        db.scalars(
            select(meant.c.person_id)
            .where(meant.c.invitation_id == invitation.id)
            .order_by(meant.c.person_id)
        )
    )
