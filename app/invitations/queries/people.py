"""Which people an invitation means on a day: whom it names, who serves there, who sits there, who came by its key."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, or_, select, union
from sqlalchemy.orm import Session

from app.directory.models import Appointment, FocalPoint, Membership, Post
from app.invitations.models import Guest, Invitation, Nomination
from app.invitations.values import Way


def people_meant(event_id: UUID, on: date) -> CompoundSelect[Any]:
    """Pairs of invitation and person, of all standing invitations of an event; guests and nominees as they are now."""
    return union(*(asked.where(Invitation.event_id == event_id) for asked in _ways(on)))


def _ways(on: date) -> tuple[Any, ...]:
    pair = Invitation.id.label("invitation_id")
    serving = (Appointment.valid_from <= on, or_(Appointment.valid_until.is_(None), Appointment.valid_until > on))
    sitting = (Membership.valid_from <= on, or_(Membership.valid_until.is_(None), Membership.valid_until > on))
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


def people_to_write_to(db: Session, invitation: Invitation, *, on: date) -> tuple[int, ...]:
    """Who gets the letter of an invitation that goes to people of the directory; a country's, its focal point."""
    if invitation.way == Way.COUNTRY:
        in_office = or_(FocalPoint.valid_until.is_(None), FocalPoint.valid_until > on)
        asked = select(FocalPoint.person_id).where(
            FocalPoint.country_code == invitation.country_code, FocalPoint.valid_from <= on, in_office
        )
        return tuple(sorted(set(db.scalars(asked))))
    meant = people_meant(invitation.event_id, on).subquery()
    return tuple(
        db.scalars(select(meant.c.person_id).where(meant.c.invitation_id == invitation.id).order_by(meant.c.person_id))
    )
