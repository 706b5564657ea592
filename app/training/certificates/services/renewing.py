"""The way to the next certificate."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.text import Language
from app.training.certificates.queries.renewals import renewals_of
from app.training.certificates.values import (
    RenewalKind,
)
from app.training.learning.policy import require_learner
from app.training.learning.queries.courses import own_courses
from app.training.learning.rules.progress import NothingToRenew
from app.training.learning.services.study import enrol_again


def renew_certificate(
    db: Session, *, actor: Actor, course_slug: str, language: Language, now: datetime, today: date
) -> UUID:
    """Enrols the holder again: in what changed where their certificate holds, else in the whole
    course. Pressed twice it is one enrolment. What was earned before stays. Raises NothingToRenew.
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
        changes_only=renewal.kind is RenewalKind.CHANGES,
    )
