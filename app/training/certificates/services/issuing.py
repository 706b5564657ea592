"""Issuing what was earned, once."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.body import current_body
from app.kernel.actor import Actor
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import Refusal
from app.kernel.text import N_
from app.training.certificates import policy, rules
from app.training.certificates.facts import CertificateIssued
from app.training.certificates.models import Certificate
from app.training.certificates.queries.achievements import (
    Achievement,
    Earned,
    Signatory,
    achievements_of,
    lock_people,
    signatories_on,
)
from app.training.certificates.values import (
    CertificateFacts,
    CertificateKind,
    canonical_json,
    fingerprint_of,
)

_ISSUED = (
    select(Certificate.enrolment_id, Certificate.code)
    .where(
        Certificate.enrolment_id.in_(bindparam("enrolment_ids", expanding=True)),
        Certificate.kind == CertificateKind.COMPLETION,
    )
    .order_by(Certificate.id)  # one that corrects another comes after it
)

_INSERT = insert(Certificate)


class NotCompleted(Refusal):
    rule = "course-not-completed"
    msgid = N_("There is no certificate yet: the course has not been completed.")


def issue_certificate(
    db: Session,
    *,
    actor: Actor,
    now: datetime,
    person_id: int,
    course_edition_id: int,
    address: str,
    enrolment_id: UUID | None = None,
    is_demo: bool = False,
    random_bits: Callable[[int], int] = secrets.randbits,
) -> str:
    """Returns the code of a person's one certificate for an enrolment, and issues it now if it was
    not before.

    Without `enrolment_id` it is for the enrolment in that edition that was completed last. Pressed
    twice, or by two workers at once, it gives the same code. Refuses when the completion is not on
    record and when the name cannot be printed. `address` is the site's public address, for the QR
    image, "" while there is none; `is_demo` marks the certificate of a demonstration, on paper and
    in public, for good.
    """
    earned = Earned(person_id, course_edition_id, now, enrolment_id)
    (code,) = issue_certificates(
        db,
        actor=actor,
        earned=[earned],
        address=address,
        is_demo=is_demo,
        random_bits=random_bits,
    )
    return code


def issue_certificates(
    db: Session,
    *,
    actor: Actor,
    earned: Sequence[Earned],
    address: str,
    is_demo: bool = False,
    random_bits: Callable[[int], int] = secrets.randbits,
) -> list[str]:
    """Issues as `issue_certificate` does for many at once, in a number of statements that does not
    grow with them.

    Each is issued at an instant of its own. Returns their codes in that order; refuses all where
    one is refused.
    """
    if not earned:
        return []
    for one in earned:
        policy.require_may_issue(actor, one.person_id)
    lock_people(db, {one.person_id for one in earned})
    achievements = [one for one in achievements_of(db, earned) if one is not None]
    if len(achievements) < len(earned):
        raise NotCompleted
    codes = _issued(db, [one.enrolment_id for one in achievements])
    days = [rules.local_day(one.at, REFERENCE_ZONE) for one in earned]
    signatories = signatories_on(db, days)
    rows, told = [], []
    for one, achievement, day in zip(earned, achievements, days, strict=True):
        if achievement.enrolment_id in codes:
            continue
        code = codes[achievement.enrolment_id] = rules.code_from(random_bits(rules.RANDOM_BITS))
        facts = _facts(
            achievement, signatories[day], code=code, now=one.at, address=address, is_demo=is_demo
        )
        rows.append(_row(facts, earned=one, achievement=achievement))
        fact = CertificateIssued(code, facts.kind, one.person_id, facts.completed_on)
        told.append((fact, one.at))
    if rows:
        db.execute(_INSERT, rows)
        journal.record_dated(db, told, actor=actor)
    return [codes[one.enrolment_id] for one in achievements]


def _issued(db: Session, enrolment_ids: Sequence[UUID]) -> dict[UUID | None, str]:
    rows = db.execute(_ISSUED, {"enrolment_ids": list(enrolment_ids)})
    return {row.enrolment_id: row.code for row in rows}


def _row(facts: CertificateFacts, *, earned: Earned, achievement: Achievement) -> dict[str, object]:
    text = canonical_json(facts)
    return {
        "code": facts.code,
        "kind": facts.kind,
        "person_id": earned.person_id,
        "course_edition_id": earned.edition_id,
        "enrolment_id": achievement.enrolment_id,
        "achievement": rules.of_enrolment(achievement.enrolment_id),
        "country_code": achievement.country_code,
        "facts": text,
        "facts_sha256": fingerprint_of(text),
        "design": facts.design,
        "completed_on": facts.completed_on,
        "last_valid_on": facts.last_valid_on,
        "issued_at": facts.issued_at,
    }


def _facts(
    achievement: Achievement,
    signatory: Signatory,
    *,
    code: str,
    now: datetime,
    address: str,
    is_demo: bool,
) -> CertificateFacts:
    completed_on = rules.local_day(achievement.decided_at, achievement.timezone)
    body = current_body()
    return CertificateFacts(
        code=code,
        kind=CertificateKind.COMPLETION,
        holder_name=rules.printable_name(achievement.holder_name),
        institution=rules.in_both(achievement.institution),
        country=rules.in_both(achievement.country),
        course_title=rules.in_both(achievement.course_title),
        edition=achievement.edition,
        guideline_version=achievement.guideline_version,
        hours=rules.hours_from(achievement.minutes),
        modules=achievement.modules,
        exempted=achievement.exempted,
        completed_on=completed_on,
        issued_at=now.replace(microsecond=0),
        last_valid_on=rules.last_valid_day(completed_on, achievement.validity_months),
        issuer_name=signatory.name,
        issuer_role=signatory.role,
        verify_url=address + rules.verify_path(code),
        design=body.certificate_design,
        body_name=rules.in_both(body.name),
        certifier=rules.in_both(body.with_article).map(rules.as_beginning),
        modules_total=achievement.modules_total,
        is_demo=is_demo,
    )
