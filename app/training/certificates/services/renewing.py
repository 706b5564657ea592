"""The way to the next certificate."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.text import Language
from app.training.certificates.models import RenewalNotice
from app.training.certificates.queries.renewals import ending_of, renewals_of
from app.training.certificates.rules import KEPT
from app.training.learning.policy import require_learner
from app.training.learning.queries.courses import own_courses
from app.training.learning.rules.progress import NothingToRenew
from app.training.learning.services.study import enrol_again, renew_official


def renew_certificate(
    db: Session, *, actor: Actor, course_slug: str, language: Language, now: datetime, today: date
) -> UUID:
    """Enrols the holder again: where their certificate holds in what changed, or in the quizzes
    where nothing did; else in the whole course. Pressed twice it is one enrolment. What was earned
    before stays. Raises NothingToRenew.
    """
    renewal = renewals_of(db, actor=actor, today=today).get(course_slug)
    if renewal is None or renewal.kind is None:
        still_open = own_courses(db, person_id=require_learner(actor)).open.get(course_slug)
        if still_open is None:
            raise NothingToRenew
        return still_open
    return enrol_again(
        db,
        actor=actor,
        course_slug=course_slug,
        language=language,
        now=now,
        keeps=KEPT[renewal.kind],
    )


def renew_ending(
    db: Session,
    *,
    actor: Actor,
    country_code: str = "",
    course_slug: str = "",
    person_ids: Collection[int] | None = None,
    now: datetime,
    today: date,
) -> int:
    """Enrols whoever holds a certificate that ends soon in its renewal: of one country, else of all
    that the actor answers for; with `person_ids`, of those people alone. Returns how many; each is
    told by letter. Whoever takes the course again already is passed over, so that a second press
    enrols nobody.
    """
    listed = ending_of(
        db, actor=actor, country_code=country_code, course_slug=course_slug, today=today
    )
    begun = [
        renew_official(
            db, actor=actor, person_id=one.person_id, course_slug=one.course_slug, now=now
        )
        for one in sorted(listed, key=lambda one: one.person_id)  # locks in one order
        if not one.is_begun and (person_ids is None or one.person_id in person_ids)
    ]
    return sum(one is not None for one in begun)


def note_notices(db: Session, notices: Collection[tuple[int, int]], *, now: datetime) -> None:
    """Notes of which certificates their holders are told now, and how many days before the end."""
    if notices:
        rows = [
            {"certificate_id": certificate_id, "days": days, "told_at": now}
            for certificate_id, days in notices
        ]
        db.execute(insert(RenewalNotice), rows)
