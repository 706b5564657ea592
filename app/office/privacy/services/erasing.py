"""Erases a person everywhere, and exports all that is known of one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import forget_after
from app.kernel.actor import Actor
from app.kernel.numbers import LARGEST_ID
from app.kernel.refusal import NotFound
from app.office.privacy import policy
from app.office.privacy.facts import PersonalRecordRead, PersonErased
from app.office.privacy.models import Consent
from app.office.privacy.queries.personal import everything_about
from app.office.privacy.values import Domain
from app.people.directory.facts import ExportMade
from app.people.directory.queries.people import person_of, records_of_person
from app.people.directory.services.people import lock_joined_records
from app.people.identity.services.roles import lock_organizers


def take_along(
    db: Session, *, actor: Actor, person_id: int, domains: Sequence[Domain], now: datetime
) -> dict[str, Any]:
    """Returns all data of the person and of the records that were joined to it, and records the
    export.
    """
    _require_person(db, actor, person_id)
    data = everything_about(db, person_id, domains)
    journal.record(db, ExportMade("personal-data", str(person_id), len(data)), actor=actor, now=now)
    return data


def record_reading(db: Session, *, actor: Actor, person_id: int, now: datetime) -> None:
    """Records that the actor opened the person's record."""
    policy.require_may_handle(actor, person_id)
    journal.record(db, PersonalRecordRead(person_id), actor=actor, now=now)


def erase(
    db: Session, *, actor: Actor, person_id: int, domains: Sequence[Domain], now: datetime
) -> None:
    """In the order of `domains`, of which those that know the address by the account come before
    identity. Every record that was joined to the person's is forgotten with it.

    Refuses with LastOrganizer to leave the platform without an organizer. A second time changes
    nothing more.
    """
    forget_after(db)
    lock_organizers(db)
    lock_joined_records(db)
    _require_person(db, actor, person_id)
    people = records_of_person(db, person_id)
    for domain in domains:
        if domain.erase is not None:
            for number in people:
                domain.erase(db, person_id=number, now=now)
    journal.record_all(db, [PersonErased(number) for number in people], actor=actor, now=now)


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Erases what this package keeps: withdraws the consents, which stay as proof of what was
    allowed until now.
    """
    standing = update(Consent).where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
    db.execute(standing.values(withdrawn_at=now))


def _require_person(db: Session, actor: Actor, person_id: int) -> None:
    policy.require_may_handle(actor, person_id)
    if not 0 < person_id <= LARGEST_ID or person_of(db, person_id) is None:
        raise NotFound
