"""What is proposed for certificates, to revoke one or to mend that, and who decides it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor, Role
from app.kernel.seen import mark_of
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.people.identity.queries import in_office
from app.training.certificates import policy
from app.training.certificates.models import Certificate, Revocation, RevocationProposal
from app.training.certificates.values import (
    CertificateFacts,
    CertificateKind,
    RevocationReason,
    facts_from,
)


@dataclass(frozen=True)
class CertificateProposal:
    """What somebody proposes: to revoke a certificate or, where `mends`, to issue another in place
    of one that was revoked for this reason. `mark`: of what whoever decides has read; `is_own`: the
    reader proposed it and cannot confirm it.
    """

    code: str
    kind: CertificateKind
    facts: CertificateFacts
    reason: RevocationReason
    note: str
    proposed_at: datetime
    by: str
    mends: bool
    is_own: bool
    mark: str


TO_CONFIRM = (
    select(func.count())
    .select_from(RevocationProposal)
    .where(RevocationProposal.proposed_by != bindparam("account_id"))
)
"""Counts what others propose and an account may decide, to be asked together with other numbers."""


def proposals(db: Session, *, actor: Actor) -> Sequence[CertificateProposal]:
    """Returns what waits for a second person, the oldest first; for organizers."""
    policy.require_may_propose_revocation(actor)
    rows = db.execute(
        select(
            RevocationProposal,
            Certificate.code,
            Certificate.kind,
            Certificate.facts,
            func.coalesce(Person.full_name, Account.email),
            Revocation.certificate_id.is_not(None),
        )
        .join(Certificate, Certificate.id == RevocationProposal.certificate_id)
        .join(Account, Account.id == RevocationProposal.proposed_by)
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
        .order_by(RevocationProposal.proposed_at, RevocationProposal.certificate_id)
    )
    return [
        CertificateProposal(
            code=code,
            kind=CertificateKind(kind),
            facts=facts_from(facts),
            reason=RevocationReason(row.reason),
            note=row.note,
            proposed_at=row.proposed_at,
            by=name,
            mends=mends,
            is_own=row.proposed_by == actor.account_id,
            mark=mark_of(seen_of(row)),
        )
        for row, code, kind, facts, name, mends in rows
    ]


def seen_of(proposal: RevocationProposal) -> tuple[Any, ...]:
    """Returns what whoever decides about a proposal must have read."""
    return (proposal.reason, proposal.note, proposal.proposed_by, proposal.proposed_at)


def second_people(db: Session, *, actor: Actor, today: date) -> tuple[str, ...]:
    """Returns the names of the organizers who may confirm what the actor proposes."""
    return tuple(
        one.name
        for one in in_office(db, Role.ORGANIZER, today=today)
        if one.account_id != actor.account_id
    )
