"""Whom an invitation would reach that is not saved yet."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.infra.orm import in_force
from app.office.notifications.queries.people import people, recipient_of
from app.office.notifications.values import Recipient
from app.participation.invitations.values import InvitationDraft
from app.participation.registrations.models import Invitation
from app.participation.registrations.values import Way
from app.people.directory.models import (
    Appointment,
    FocalPoint,
    Membership,
    Person,
    Post,
    WorkingGroup,
)
from app.planning.events.models import EventPerson
from app.planning.events.queries.people import NAMED_ROLES
from app.web.letters_ahead import ToldIfPublished


def people_meant_by(db: Session, draft: InvitationDraft, *, on: date) -> list[Recipient]:
    """Returns a country's focal points; who serves at the institution or sits in the group that
    day.
    """
    rows = db.execute(people().where(Person.id.in_(_meant(draft, on))))
    return [to for row in rows if (to := recipient_of(*row)) is not None]


def focal_points_of(db: Session, codes: Collection[str], *, on: date) -> list[Recipient]:
    """Returns the focal points of these countries on that day, each person once."""
    meant = select(FocalPoint.person_id).where(
        FocalPoint.country_code.in_(codes), in_force(FocalPoint, on)
    )
    rows = db.execute(people().where(Person.id.in_(meant)))
    return [to for row in rows if (to := recipient_of(*row)) is not None]


def told_if_published(db: Session, event_ids: Collection[UUID]) -> dict[UUID, ToldIfPublished]:
    """Two statements. Open links go by whoever hands them on, and are no letter."""
    in_programme = (
        select(EventPerson.event_id, func.count(EventPerson.person_id.distinct()))
        .where(EventPerson.event_id.in_(event_ids), EventPerson.role.in_(NAMED_ROLES))
        .group_by(EventPerson.event_id)
    )
    prepared = (
        select(Invitation.event_id, func.count(Invitation.id))
        .where(
            Invitation.event_id.in_(event_ids),
            Invitation.sent_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.way != Way.LINK,
        )
        .group_by(Invitation.event_id)
    )
    people_told = {row[0]: row[1] for row in db.execute(in_programme)}
    invitations = {row[0]: row[1] for row in db.execute(prepared)}
    return {
        event_id: ToldIfPublished(people_told.get(event_id, 0), invitations.get(event_id, 0))
        for event_id in event_ids
    }


def _meant(draft: InvitationDraft, on: date) -> Any:
    if draft.way == Way.PERSON:
        return select(Person.id).where(Person.id == draft.person_id)
    if draft.way == Way.COUNTRY:
        return select(FocalPoint.person_id).where(
            FocalPoint.country_code == draft.country_code, in_force(FocalPoint, on)
        )
    if draft.way == Way.GROUP:
        return (
            select(Membership.person_id)
            .join(WorkingGroup, WorkingGroup.id == Membership.working_group_id)
            .where(WorkingGroup.slug == draft.group, in_force(Membership, on))
        )
    return (
        select(Appointment.person_id)
        .join(Post, Post.id == Appointment.post_id)
        .where(Post.institution_id == draft.institution_id, in_force(Appointment, on))
    )
