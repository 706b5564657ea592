"""Ending a certificate, for good."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound, Refusal
from app.kernel.text import N_
from app.training.certificates import policy
from app.training.certificates.facts import CertificateRevoked
from app.training.certificates.models import Certificate, Revocation
from app.training.certificates.values import (
    RevocationReason,
)


class AlreadyRevoked(Refusal):
    rule = "certificate-already-revoked"
    msgid = N_("This certificate has already been revoked.")


def revoke_certificate(
    db: Session, *, actor: Actor, now: datetime, code: str, reason: RevocationReason, note: str = ""
) -> None:
    """Ends a certificate, for good; the public page says so at once. `reason` is public, `note`
    stays inside.
    """
    policy.require_may_revoke(actor)
    certificate = db.scalar(select(Certificate).where(Certificate.code == code).with_for_update())
    if certificate is None:
        raise NotFound
    if db.get(Revocation, certificate.id) is not None:
        raise AlreadyRevoked
    db.add(
        Revocation(
            certificate_id=certificate.id,
            reason=reason,
            note=note,
            revoked_at=now,
            revoked_by=actor.account_id or None,
        )
    )
    journal.record(
        db, CertificateRevoked(code, certificate.person_id, reason), actor=actor, now=now
    )
