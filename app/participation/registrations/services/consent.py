"""What somebody agreed to when registering: kept by purpose and version, given and taken back by
herself.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.participation.registrations.facts import ConsentGiven, ConsentWithdrawn
from app.participation.registrations.models import Registration, RegistrationConsent
from app.participation.registrations.values import REQUIRED_CONSENT, ConsentPurpose


def note_consent(
    db: Session,
    row: Registration,
    *,
    actor: Actor,
    version: str,
    purposes: Collection[ConsentPurpose],
    now: datetime,
) -> None:
    """Adds what is new of it: what was agreed to before keeps its time, what is not ticked again is
    not taken back.
    """
    known = {ConsentPurpose(one.purpose): one for one in _kept(db, row) if one.version == version}
    fresh = sorted(p for p in purposes if p not in known or known[p].withdrawn_at is not None)
    for purpose in fresh:
        one = known.get(purpose) or RegistrationConsent(
            registration_id=row.id, purpose=purpose, version=version
        )
        one.given_at, one.withdrawn_at = now, None
        db.add(one)
    row.consent_version = version
    db.flush()
    if fresh:
        journal.record(
            db,
            ConsentGiven(
                event_id=row.event_id,
                person_id=row.person_id,
                purposes=tuple(fresh),
                version=version,
            ),
            actor=actor,
            now=now,
        )


def first_consent(
    db: Session,
    row: Registration,
    *,
    version: str,
    purposes: Collection[ConsentPurpose],
    now: datetime,
) -> ConsentGiven | None:
    """As `note_consent`, for a registration that was written just now and has none; the caller
    records the fact, which is None when nothing was agreed to.
    """
    fresh = sorted(set(purposes))
    if not fresh:
        return None
    db.execute(
        insert(RegistrationConsent),
        [
            {"registration_id": row.id, "purpose": one, "version": version, "given_at": now}
            for one in fresh
        ],
    )
    return ConsentGiven(
        event_id=row.event_id, person_id=row.person_id, purposes=tuple(fresh), version=version
    )


def withdraw_consent(
    db: Session, row: Registration, *, actor: Actor, kept: Collection[ConsentPurpose], now: datetime
) -> None:
    """Takes back, in every version, what is not among `kept`; what taking part cannot do without
    stays.
    """
    staying = {*kept, *REQUIRED_CONSENT}
    gone = [
        one
        for one in _kept(db, row)
        if one.withdrawn_at is None and ConsentPurpose(one.purpose) not in staying
    ]
    for one in gone:
        one.withdrawn_at = now
    db.flush()
    if gone:
        purposes = tuple(sorted({one.purpose for one in gone}))
        journal.record(
            db, ConsentWithdrawn(row.event_id, row.person_id, purposes), actor=actor, now=now
        )


def _kept(db: Session, row: Registration) -> Sequence[RegistrationConsent]:
    return db.scalars(
        select(RegistrationConsent).where(RegistrationConsent.registration_id == row.id)
    ).all()
