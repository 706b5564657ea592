"""Gives and withdraws consents."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.office.privacy import policy
from app.office.privacy.facts import ConsentChanged
from app.office.privacy.models import Consent
from app.office.privacy.queries.consents import agreed_to
from app.office.privacy.rules import VERSION
from app.office.privacy.values import Purpose
from app.participation.registrations.services.registering import registration_of, withdraw_consent
from app.participation.registrations.values import REQUIRED_CONSENT, ConsentPurpose
from app.people.directory.queries.people import person_of


def set_consent(
    db: Session, *, actor: Actor, purpose: Purpose, is_given: bool, now: datetime
) -> bool:
    """Gives a consent in the present wording, or withdraws it; returns whether anything changed."""
    person_id = policy.require_person(actor)
    person_of(db, person_id, locked=True)
    mine = select(Consent).where(Consent.person_id == person_id, Consent.purpose == purpose.value)
    standing = db.scalar(mine.where(Consent.withdrawn_at.is_(None)))
    if (standing is not None) is is_given:
        return False
    version = standing.version if standing else VERSION
    if standing is None:
        db.add(Consent(person_id=person_id, purpose=purpose.value, version=VERSION, given_at=now))
    else:
        standing.withdrawn_at = now
    db.flush()
    fact = ConsentChanged(
        person_id=person_id,
        purpose=purpose.value,
        version=version,
        change="given" if is_given else "withdrawn",
    )
    journal.record(db, fact, actor=actor, now=now)
    return True


def withdraw_event_consent(
    db: Session, *, actor: Actor, event_id: UUID, purpose: str, now: datetime
) -> bool:
    """Withdraws a voluntary consent for one event; returns whether anything changed. A consent
    without which nobody takes part ends with the registration only.
    """
    row = registration_of(db, event_id, policy.require_person(actor))
    if row is None:
        return False
    agreed = agreed_to(db, registration_id=row.id)
    if purpose not in agreed - REQUIRED_CONSENT:
        return False
    withdraw_consent(db, row, actor=actor, kept=agreed - {ConsentPurpose(purpose)}, now=now)
    return True
