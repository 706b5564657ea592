"""Issuing a certificate anew, in place of one whose words are wrong: never an edit."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import NotFound, Refusal
from app.kernel.text import N_
from app.people.directory.policy import require_may_correct
from app.training.certificates import policy, rules
from app.training.certificates.facts import CertificateCorrected, SuccessorProposed
from app.training.certificates.models import Certificate, NameErasure, Revocation
from app.training.certificates.queries.achievements import (
    Signatory,
    body_itself,
    institution_on,
    lock_people,
    served_by,
    signatories_on,
)
from app.training.certificates.queries.corrections import (
    Misprint,
    as_on_record,
    country_of,
    misprints,
    name_on_record,
)
from app.training.certificates.queries.record import marked
from app.training.certificates.services.ending import (
    ReplacedMeanwhile,
    add_proposal,
    locked,
    require_others_proposal,
)
from app.training.certificates.values import (
    IssuedFrom,
    RevocationReason,
    canonical_json,
    fingerprint_of,
)


class NotRevoked(Refusal):
    rule = "certificate-not-revoked"
    msgid = N_(
        "This certificate stands. What is wrong with it is corrected on its holder's record."
    )


def correct_certificates(
    db: Session,
    *,
    actor: Actor,
    now: datetime,
    person_id: int,
    place: IssuedFrom,
) -> list[str]:
    """Issues anew those of a person's certificates that stand and print otherwise than the record.

    Days and achievement are those of the old one, whose code leads on. Returns the new codes; none
    where everything is right, as for whoever presses twice. Refuses a name that cannot be printed.
    """
    lock_people(db, [person_id])
    require_may_correct(actor, country_of(db, person_id))
    # nobody ends one of them while it is replaced
    own = select(Certificate).where(Certificate.person_id == person_id).order_by(Certificate.id)
    rows = {row.id: row for row in db.scalars(own.with_for_update())}
    today = rules.local_day(now, REFERENCE_ZONE)
    wrong = misprints(db, person_id, today=today)
    return _issue_in_place(
        db,
        [(rows[one.certificate_id], one) for one in wrong],
        actor=actor,
        now=now,
        place=place,
    )


def propose_successor(db: Session, *, actor: Actor, now: datetime, code: str) -> None:
    """Proposes to mend a revocation that was a mistake: two people ended the certificate, and two
    issue another in its place.
    """
    policy.require_may_propose_revocation(actor)
    certificate, revocation = _revoked(db, code)
    reason = RevocationReason(revocation.reason)
    add_proposal(db, certificate, actor=actor, now=now, reason=reason)
    journal.record(db, SuccessorProposed(code, certificate.person_id), actor=actor, now=now)


def issue_in_place_of_revoked(
    db: Session,
    *,
    actor: Actor,
    now: datetime,
    code: str,
    place: IssuedFrom,
    seen: str = "",
) -> str:
    """Issues a certificate in place of a revoked one, as somebody else proposed; the old one stays
    revoked. `seen`: the mark of the proposal that the actor read. Returns the new code.
    """
    policy.require_may_propose_revocation(actor)
    certificate, _revocation = _revoked(db, code)
    db.delete(require_others_proposal(db, certificate, actor=actor, seen=seen))
    served = served_by(db, [certificate.person_id])[certificate.person_id]
    on_record = as_on_record(
        certificate,
        name_on_record(db, certificate.person_id),
        institution_on(certificate.completed_on, served),
    )
    (new,) = _issue_in_place(
        db,
        [(certificate, on_record)],
        actor=actor,
        now=now,
        place=place,
    )
    return new


def _revoked(db: Session, code: str) -> tuple[Certificate, Revocation]:
    """Returns a revoked certificate, locked. Refuses one that stands or has a successor."""
    certificate = locked(db, code)
    if db.get(NameErasure, certificate.id) is not None:
        raise NotFound  # its holder wanted the name on none
    revocation = db.get(Revocation, certificate.id)
    if revocation is None:
        raise NotRevoked
    later = select(Certificate.id).where(Certificate.replaces_id == certificate.id)
    if db.scalar(later) is not None:
        raise ReplacedMeanwhile
    return certificate, revocation


def _issue_in_place(
    db: Session,
    corrected: Sequence[tuple[Certificate, Misprint]],
    *,
    actor: Actor,
    now: datetime,
    place: IssuedFrom,
) -> list[str]:
    if not corrected:
        return []
    day = rules.local_day(now, REFERENCE_ZONE)
    signatory = signatories_on(db, [day])[day]
    rows, facts = [], []
    for before, one in corrected:
        row = _row(
            before,
            one,
            code=rules.code_from(secrets.randbits(rules.RANDOM_BITS)),
            signatory=signatory,
            now=now,
            place=place,
        )
        rows.append(row)
        facts.append(CertificateCorrected(row["code"], before.person_id, before.code))
    db.execute(insert(Certificate), marked(db, rows))
    journal.record_all(db, facts, actor=actor, now=now)
    return [row["code"] for row in rows]


def _row(
    before: Certificate,
    one: Misprint,
    *,
    code: str,
    signatory: Signatory,
    now: datetime,
    place: IssuedFrom,
) -> dict[str, Any]:
    paper = one.facts.paper
    if paper is not None:
        paper = replace(paper, signature=signatory.signature)
    elif not signatory.name:  # older designs have a line for somebody
        signatory = body_itself()
    facts = replace(
        one.facts,
        paper=paper,
        code=code,
        holder_name=rules.printable_name(one.holder_name),
        institution=one.institution,
        issued_at=now.replace(microsecond=0),
        issuer_name=signatory.name,
        issuer_role=signatory.role,
        verify_url=place.address + rules.verify_path(code),
        is_demo=one.facts.is_demo or place.is_demo,
    )
    text = canonical_json(facts)
    return {
        "code": code,
        "kind": before.kind,
        "person_id": before.person_id,
        "course_edition_id": before.course_edition_id,
        "enrolment_id": before.enrolment_id,
        "event_id": before.event_id,
        "achievement": rules.in_place_of(before.code),
        "replaces_id": before.id,
        "country_code": before.country_code,
        "facts": text,
        "facts_sha256": fingerprint_of(text),
        "design": before.design,
        "completed_on": before.completed_on,
        "last_valid_on": before.last_valid_on,
        "issued_at": facts.issued_at,
    }
