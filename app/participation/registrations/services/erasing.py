"""Erasing a person from registrations: those for events to come are cancelled, and those of the past
remain as a counted number.
"""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.participation.registrations.models import Registration, RegistrationConsent
from app.participation.registrations.services.registering import cancel_registration, set_status
from app.participation.registrations.values import ACTIVE, RegistrationStatus
from app.planning.events.models import Event, NamedPart
from app.planning.events.values import EventStatus


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Erases what may be erased, before identity forgets whose account it was. Check-in codes go,
    and what was agreed to is withdrawn.
    """
    active = (
        select(Registration.event_id)
        .join(Event, Event.id == Registration.event_id)
        .where(
            Registration.person_id == person_id,
            Registration.status.in_([one.value for one in ACTIVE]),
        )
        .where(
            Event.status == EventStatus.PUBLISHED,
            or_(Event.starts_at > now, Event.starts_at.is_(None)),
        )
        .order_by(Event.id)
    )
    for event_id in db.scalars(active).all():
        cancel_registration(
            db, actor=Actor(person_id=person_id), event_id=event_id, person_id=person_id, now=now
        )
    declined = (
        Registration.person_id == person_id,
        Registration.status == RegistrationStatus.DECLINED,
    )
    for row in db.scalars(select(Registration).where(*declined)):
        set_status(
            row, RegistrationStatus.CANCELLED, now=now
        )  # else an organizer could still decide otherwise
    own_ids = select(Registration.id).where(Registration.person_id == person_id)
    db.execute(
        update(Registration)
        .where(Registration.person_id == person_id)
        .values(check_in_code=None, own_url="")
    )
    over = select(Event.id).where(Event.ends_at <= now)
    past = update(Registration).where(
        Registration.person_id == person_id, Registration.event_id.in_(over)
    )
    db.execute(past.values(own_link_ref="", own_link_of=""))
    answers = update(NamedPart).where(NamedPart.person_id == person_id)
    db.execute(answers.values(partstat="", answered_at=None))
    db.execute(
        update(RegistrationConsent)
        .where(
            RegistrationConsent.registration_id.in_(own_ids),
            RegistrationConsent.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    db.flush()
