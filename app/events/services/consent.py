"""What somebody agreed to when registering: kept by purpose and version, and never written by another."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.events.facts import ConsentGiven
from app.events.models import Registration, RegistrationConsent
from app.events.values.places import ConsentPurpose
from app.infra import journal
from app.kernel.actor import Actor


def note_consent(
    db: Session, row: Registration, *, actor: Actor, version: str, purposes: Collection[ConsentPurpose], now: datetime
) -> None:
    """Adds what is new of it: what was agreed to before keeps its time, what is not ticked again is not taken back."""
    kept = select(RegistrationConsent).where(RegistrationConsent.registration_id == row.id)
    known = {ConsentPurpose(one.purpose): one for one in db.scalars(kept.where(RegistrationConsent.version == version))}
    fresh = sorted(p for p in purposes if p not in known or known[p].withdrawn_at is not None)
    for purpose in fresh:
        one = known.get(purpose) or RegistrationConsent(registration_id=row.id, purpose=purpose, version=version)
        one.given_at, one.withdrawn_at = now, None
        db.add(one)
    row.consent_version = version
    db.flush()
    if fresh:
        journal.record(db, ConsentGiven(row.event_id, row.person_id, tuple(fresh), version), actor=actor, now=now)
