"""Ending a certificate, for good: by two people at the screen, or by the machine's administrator."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.record_keys import mark
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound, Refusal
from app.kernel.seen import ChangedMeanwhile, require_as_seen
from app.kernel.text import N_
from app.training.certificates import policy
from app.training.certificates.facts import (
    CertificateLetterAsked,
    CertificateRevoked,
    RevocationProposed,
    RevocationWithdrawn,
)
from app.training.certificates.models import Certificate, Revocation, RevocationProposal
from app.training.certificates.queries.proposals import seen_of
from app.training.certificates.queries.record import REVOCATIONS
from app.training.certificates.values import RevocationReason


class AlreadyRevoked(Refusal):
    rule = "certificate-already-revoked"
    msgid = N_("This certificate has already been revoked.")


class AlreadyProposed(Refusal):
    rule = "revocation-already-proposed"
    msgid = N_("Somebody has already proposed this.")


class NothingProposed(Refusal):
    rule = "no-revocation-proposed"
    msgid = N_("Nobody proposes this any more.")


class OwnProposal(Refusal):
    rule = "revocation-by-one-person"
    msgid = N_("Somebody else than whoever proposed it decides it.")


class ReplacedMeanwhile(Refusal):
    rule = "certificate-replaced"
    msgid = N_("Another certificate took the place of this one. Look for that one.")


class ProposalChanged(ChangedMeanwhile):
    msgid = N_("The proposal changed since this page was opened. Read it again before you decide.")


def propose_revocation(
    db: Session, *, actor: Actor, now: datetime, code: str, reason: RevocationReason, note: str = ""
) -> None:
    """Proposes to end a certificate, which stands until somebody else confirms it. `reason` becomes
    public then, `note` stays inside.
    """
    policy.require_may_propose_revocation(actor)
    certificate = locked(db, code)
    _require_standing(db, certificate)
    add_proposal(db, certificate, actor=actor, now=now, reason=reason, note=note.strip())
    fact = RevocationProposed(code, certificate.person_id, reason)
    journal.record(db, fact, actor=actor, now=now)


def confirm_revocation(
    db: Session, *, actor: Actor, now: datetime, code: str, seen: str = ""
) -> None:
    """Ends a certificate as somebody else proposed; the public page says so at once. `seen`: the
    mark of the proposal that the actor read.
    """
    policy.require_may_propose_revocation(actor)
    certificate = locked(db, code)
    _require_standing(db, certificate)
    proposal = require_others_proposal(db, certificate, actor=actor, seen=seen)
    reason = RevocationReason(proposal.reason)
    _revoke(
        db,
        certificate,
        actor=actor,
        now=now,
        reason=reason,
        note=proposal.note,
        proposed_by=proposal.proposed_by,
    )
    db.delete(proposal)


def withdraw_proposal(db: Session, *, actor: Actor, now: datetime, code: str) -> None:
    """Takes a proposal back, one's own or somebody else's: nothing changes."""
    policy.require_may_propose_revocation(actor)
    certificate = locked(db, code)
    db.delete(_proposal(db, certificate))
    fact = RevocationWithdrawn(code, certificate.person_id)
    journal.record(db, fact, actor=actor, now=now)


def revoke_certificate(
    db: Session, *, actor: Actor, now: datetime, code: str, reason: RevocationReason, note: str = ""
) -> None:
    """Ends a certificate, for good; the public page says so at once. `reason` is public, `note`
    stays inside. For whoever administers the machine: at the screen two people do it.
    """
    policy.require_may_revoke(actor)
    certificate = locked(db, code)
    if db.get(Revocation, certificate.id) is not None:
        raise AlreadyRevoked
    if (proposal := db.get(RevocationProposal, certificate.id)) is not None:
        db.delete(proposal)
    _revoke(db, certificate, actor=actor, now=now, reason=reason, note=note)


def send_letter_again(db: Session, *, actor: Actor, now: datetime, code: str) -> str:
    """Has the letter about a certificate that stands sent to its holder once more. Returns the
    country in whose list it is.
    """
    certificate = locked(db, code)
    if not policy.may_write_about(actor, certificate.country_code):
        raise NotFound
    _require_standing(db, certificate)
    fact = CertificateLetterAsked(code, certificate.person_id)
    journal.record(db, fact, actor=actor, now=now)
    return certificate.country_code or ""


def locked(db: Session, code: str) -> Certificate:
    """Returns the certificate, of which nobody else decides until this transaction ends."""
    certificate = db.scalar(select(Certificate).where(Certificate.code == code).with_for_update())
    if certificate is None:
        raise NotFound
    return certificate


def add_proposal(
    db: Session,
    certificate: Certificate,
    *,
    actor: Actor,
    now: datetime,
    reason: RevocationReason,
    note: str = "",
) -> None:
    """Adds what is proposed for a locked certificate; of two, the first holds."""
    if db.get(RevocationProposal, certificate.id) is not None:
        raise AlreadyProposed
    db.add(
        RevocationProposal(
            certificate_id=certificate.id,
            reason=reason,
            note=note,
            proposed_at=now,
            proposed_by=actor.account_id,
        )
    )


def require_others_proposal(
    db: Session, certificate: Certificate, *, actor: Actor, seen: str
) -> RevocationProposal:
    """Returns what somebody else proposed and the actor has read."""
    proposal = _proposal(db, certificate)
    if proposal.proposed_by == actor.account_id:
        raise OwnProposal
    require_as_seen(seen, seen_of(proposal), ProposalChanged)
    return proposal


def _require_standing(db: Session, certificate: Certificate) -> None:
    if db.get(Revocation, certificate.id) is not None:
        raise AlreadyRevoked
    later = select(Certificate.id).where(Certificate.replaces_id == certificate.id)
    if db.scalar(later) is not None:
        raise ReplacedMeanwhile


def _proposal(db: Session, certificate: Certificate) -> RevocationProposal:
    proposal = db.get(RevocationProposal, certificate.id)
    if proposal is None:
        raise NothingProposed
    return proposal


def _revoke(
    db: Session,
    certificate: Certificate,
    *,
    actor: Actor,
    now: datetime,
    reason: RevocationReason,
    note: str,
    proposed_by: int | None = None,
) -> None:
    values = {
        "certificate_id": certificate.id,
        "reason": reason,
        "note": note,
        "revoked_at": now,
        "revoked_by": actor.account_id or None,
        "proposed_by": proposed_by,
    }
    db.add(Revocation(**values, record_mark=mark(db, REVOCATIONS.content_of(values))))
    fact = CertificateRevoked(certificate.code, certificate.person_id, reason)
    journal.record(db, fact, actor=actor, now=now)
