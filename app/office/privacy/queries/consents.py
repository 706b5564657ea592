"""What a person agreed to: for all of Convoca, and for each event."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.office.privacy.models import Consent
from app.office.privacy.rules import SENTENCES, VERSION
from app.office.privacy.values import ConsentState, EventConsent, Purpose
from app.participation.registrations.models import Registration, RegistrationConsent
from app.participation.registrations.values import REQUIRED_CONSENT, ConsentPurpose
from app.planning.events.models import Event


def standing_consents(db: Session, person_id: int) -> Sequence[ConsentState]:
    """Returns one row for each purpose, in the wording that was agreed to, else in the present one."""
    rows = db.scalars(
        select(Consent).where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
    )
    given = {row.purpose: row for row in rows}
    found = []
    for purpose in Purpose:
        row = given.get(purpose.value)
        version = row.version if row and row.version in SENTENCES else VERSION
        found.append(
            ConsentState(
                purpose=purpose,
                sentence=SENTENCES[version][purpose],
                version=version,
                given_at=row.given_at if row else None,
            )
        )
    return found


def event_consents(db: Session, person_id: int) -> Sequence[EventConsent]:
    """Returns the consents by event, the latest event first."""
    rows = db.execute(
        select(RegistrationConsent, Event.id, Event.title)
        .join(Registration, Registration.id == RegistrationConsent.registration_id)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.person_id == person_id)
        .order_by(RegistrationConsent.given_at.desc(), RegistrationConsent.purpose)
    )
    return [
        EventConsent(
            event_id=event_id,
            title=title,
            purpose=row.purpose,
            version=row.version,
            given_at=row.given_at,
            withdrawn_at=row.withdrawn_at,
            may_withdraw=row.withdrawn_at is None and row.purpose not in REQUIRED_CONSENT,
        )
        for row, event_id, title in rows
    ]


def agreed_to(db: Session, *, registration_id: int) -> frozenset[ConsentPurpose]:
    """Returns the purposes that were agreed to with a registration and are not withdrawn."""
    query = select(RegistrationConsent.purpose).where(
        RegistrationConsent.registration_id == registration_id,
        RegistrationConsent.withdrawn_at.is_(None),
    )
    return frozenset(ConsentPurpose(one) for one in db.scalars(query))
