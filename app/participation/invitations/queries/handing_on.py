"""Requests for names whose letter had nobody to go to, or went to somebody who has left."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.infra.orm import in_force
from app.participation.registrations.models import Invitation, Nomination
from app.participation.registrations.values import Way
from app.people.directory.models import FocalPoint
from app.planning.events.models import Event
from app.planning.events.values import EventStatus


def requests_to_hand_on(
    db: Session,
    *,
    country_code: str,
    person_id: int,
    today: date,
    sent_by: datetime,
    now: datetime,
) -> Sequence[Invitation]:
    """Returns, locked, the requests that a new focal point is to get: of events to come, sent by
    that instant, and without any names. None where the person is not in office today, or where a
    colleague is, who has the letter already.
    """
    in_office = select(FocalPoint.person_id).where(
        FocalPoint.country_code == country_code, in_force(FocalPoint, today)
    )
    if set(db.scalars(in_office)) != {person_id}:
        return ()
    named = exists().where(
        Nomination.event_id == Invitation.event_id,
        Nomination.country_code == country_code,
        Nomination.withdrawn_at.is_(None),
    )
    query = (
        select(Invitation)
        .join(Event, Event.id == Invitation.event_id)
        .where(
            Invitation.way == Way.COUNTRY,
            Invitation.country_code == country_code,
            Invitation.revoked_at.is_(None),
            Invitation.sent_at <= sent_by,
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > now,
            ~named,
        )
        .order_by(Invitation.id)
        .with_for_update(of=Invitation)
    )
    return db.scalars(query).all()


def coming_into_office(db: Session, *, on: date) -> Sequence[tuple[str, int]]:
    """Returns country and person of the focal points whose first day it is."""
    query = select(FocalPoint.country_code, FocalPoint.person_id).where(FocalPoint.valid_from == on)
    return [(code, person_id) for code, person_id in db.execute(query.order_by(FocalPoint.id))]
