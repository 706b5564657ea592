"""Issuing what was earned, once."""

import secrets
from collections.abc import Sequence
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
    learner_of,
    lock_people,
    module_achievement,
    signatories_on,
)
from app.training.certificates.queries.papers import office_papers
from app.training.certificates.queries.record import marked
from app.training.certificates.values import (
    OF_PARTS,
    WORDED,
    CertificateFacts,
    CertificateKind,
    IssuedFrom,
    PrintedPaper,
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

_OF_ACHIEVEMENT = select(Certificate.id, Certificate.code).where(
    Certificate.achievement == bindparam("achievement")
)
_IN_ITS_PLACE = select(Certificate.id, Certificate.code).where(
    Certificate.replaces_id == bindparam("replaced_id")
)
_INSERT = insert(Certificate)


class NotCompleted(Refusal):
    rule = "course-not-completed"
    msgid = N_("There is no certificate yet: the course has not been completed.")


class ModuleNotCompleted(Refusal):
    rule = "module-not-completed"
    msgid = N_("There is no certificate yet: the module has not been completed.")


def issue_certificate(
    db: Session,
    *,
    actor: Actor,
    now: datetime,
    person_id: int,
    course_edition_id: int,
    place: IssuedFrom,
    enrolment_id: UUID | None = None,
) -> str:
    """Returns the code of a person's one certificate for an enrolment, and issues it now if it was
    not before.

    Without `enrolment_id` it is for the enrolment in that edition that was completed last. Pressed
    twice, or by two workers at once, it gives the same code. Refuses when the completion is not on
    record and when the name cannot be printed.
    """
    earned = Earned(person_id, course_edition_id, now, enrolment_id)
    (code,) = issue_certificates(
        db,
        actor=actor,
        earned=[earned],
        place=place,
    )
    return code


def issue_certificates(
    db: Session,
    *,
    actor: Actor,
    earned: Sequence[Earned],
    place: IssuedFrom,
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
    codes = _issued(db, achievements)
    to_issue = {
        achievement.key: (achievement, one.at)
        for one, achievement in zip(earned, achievements, strict=True)
        if achievement.enrolment_id not in codes
    }
    issued = put_on_record(
        db,
        actor=actor,
        achievements=list(to_issue.values()),
        place=place,
    )
    return [codes.get(one.enrolment_id) or issued[one.key] for one in achievements]


def issue_module_certificate(
    db: Session,
    *,
    actor: Actor,
    now: datetime,
    enrolment_id: UUID,
    number: int,
    place: IssuedFrom,
) -> str:
    """Returns the code of the certificate of one module that the learner completed, and issues it
    now if it was not before; of one that was corrected, the code of the correction.

    By the learner's press only: who completes the course is not sent eight papers. Refuses who did
    not take the course (NotAllowed) and what was not completed.
    """
    person_id = learner_of(db, enrolment_id)
    policy.require_may_take(actor, person_id)
    lock_people(db, {person_id})
    achievement = module_achievement(db, enrolment_id=enrolment_id, number=number)
    if achievement is None:
        raise ModuleNotCompleted
    row = db.execute(_OF_ACHIEVEMENT, {"achievement": achievement.key}).one_or_none()
    if row is not None:
        while later := db.execute(_IN_ITS_PLACE, {"replaced_id": row.id}).one_or_none():
            row = later
        return str(row.code)
    issued = put_on_record(
        db,
        actor=actor,
        achievements=[(achievement, now)],
        place=place,
    )
    return issued[achievement.key]


def put_on_record(
    db: Session,
    *,
    actor: Actor,
    achievements: Sequence[tuple[Achievement, datetime]],
    place: IssuedFrom,
) -> dict[str, str]:
    """Issues a certificate of each achievement, at the instant beside it, in a number of statements
    that does not grow with them. Returns codes by key.

    Whoever calls holds the locks of `lock_people` and knows that none of them was issued before;
    the database refuses a key that was.
    """
    if not achievements:
        return {}
    days = [rules.local_day(at, REFERENCE_ZONE) for _achievement, at in achievements]
    signatories, papers = signatories_on(db, days), office_papers(db)
    codes, rows, told = {}, [], []
    for (achievement, at), day in zip(achievements, days, strict=True):
        code = codes[achievement.key] = rules.code_from(secrets.randbits(rules.RANDOM_BITS))
        signatory = signatories[day]
        facts = _facts(
            achievement,
            signatory,
            papers.printed(achievement.kind, signatory.signature),
            code=code,
            now=at,
            place=place,
        )
        rows.append(_row(facts, achievement))
        person_id = achievement.holder.person_id
        told.append((CertificateIssued(code, facts.kind, person_id, facts.completed_on), at))
    db.execute(_INSERT, marked(db, rows))
    journal.record_dated(db, told, actor=actor)
    return codes


def _issued(db: Session, achievements: Sequence[Achievement]) -> dict[UUID | None, str]:
    rows = db.execute(_ISSUED, {"enrolment_ids": [one.enrolment_id for one in achievements]})
    return {row.enrolment_id: row.code for row in rows}


def _row(facts: CertificateFacts, achievement: Achievement) -> dict[str, object]:
    text = canonical_json(facts)
    return {
        "code": facts.code,
        "kind": facts.kind,
        "person_id": achievement.holder.person_id,
        "course_edition_id": achievement.course_edition_id,
        "enrolment_id": achievement.enrolment_id,
        "event_id": achievement.event_id,
        "achievement": achievement.key,
        "country_code": achievement.holder.country_code,
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
    paper: PrintedPaper,
    *,
    code: str,
    now: datetime,
    place: IssuedFrom,
) -> CertificateFacts:
    completed_on = rules.local_day(achievement.decided_at, achievement.timezone)
    body, kind, holder = current_body(), achievement.kind, achievement.holder
    is_whole = len(achievement.modules) >= achievement.modules_total
    return CertificateFacts(
        code=code,
        kind=kind,
        holder_name=rules.printable_name(holder.name),
        institution=rules.in_both(holder.institution),
        country=rules.in_both(holder.country),
        course_title=rules.in_both(achievement.title),
        edition=achievement.edition,
        guideline_version=achievement.guideline_version,
        hours="" if kind in OF_PARTS else rules.hours_from(achievement.minutes),
        modules=achievement.modules,
        exempted=achievement.exempted,
        completed_on=completed_on,
        issued_at=now.replace(microsecond=0),
        last_valid_on=rules.last_valid_day(completed_on, achievement.validity_months),
        issuer_name=signatory.name,
        issuer_role=signatory.role,
        verify_url=place.address + rules.verify_path(code),
        design=WORDED,
        body_name=rules.in_both(body.name),
        certifier=rules.in_both(body.with_article).map(rules.as_beginning),
        modules_total=achievement.modules_total,
        is_demo=place.is_demo,
        paper=rules.printed(kind, paper, is_whole=is_whole),
    )
