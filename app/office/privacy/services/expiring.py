"""Deletes what need not be kept any longer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import forget_after
from app.kernel.actor import SYSTEM
from app.office.privacy.facts import RetentionRun
from app.office.privacy.services.erasing import erase
from app.office.privacy.values import Domain, RetentionPeriods
from app.participation.attendance.services.recording import expire_attendance, expire_details
from app.participation.invitations.queries.guests import guests_invited
from app.participation.speakers.queries import guests_who_speak
from app.people.access.services import expire_requests
from app.people.directory.services.people import erased_name
from app.people.identity.services.accounts import expire_attempts
from app.training.learning.services.recording import expire_answers

Expiring = Callable[..., int]
"""f(db, before=, dry_run=): how many rows are older."""


def expire(
    db: Session,
    *,
    keep: RetentionPeriods,
    domains: Sequence[Domain],
    expire_letters: Expiring,
    now: datetime,
    dry_run: bool,
) -> Mapping[str, int]:
    """Deletes what was kept long enough; returns how many rows of each kind.

    With `dry_run` it deletes nothing and returns how many it would. A fact is recorded for each
    kind that had any.

    Letters are kept upstairs, so what lets go of them is handed in.
    """

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    found = {
        "attendance": expire_attendance(db, before=before(keep.attendance), dry_run=dry_run),
        "attendance-details": expire_details(
            db, before=before(keep.attendance), now=now, dry_run=dry_run
        ),
        "quiz-answers": expire_answers(db, before=before(keep.answers), dry_run=dry_run),
        "sign-in-attempts": expire_attempts(db, before=before(keep.attempts), dry_run=dry_run),
        "access-requests": expire_requests(db, now=now, dry_run=dry_run),
        "letters": expire_letters(db, before=before(keep.letters), dry_run=dry_run),
        "guests": _expire_guests(db, before(keep.guests), domains, now, dry_run=dry_run),
    }
    if not dry_run:
        forget_after(db)
        for kind, rows in found.items():
            if rows:
                journal.record(db, RetentionRun(kind, rows), actor=SYSTEM, now=now)
    return found


def _expire_guests(
    db: Session, before: datetime, domains: Sequence[Domain], now: datetime, *, dry_run: bool
) -> int:
    """Erases guests and outside speakers of events that ended before the instant; returns how many.
    With `dry_run` it only counts them.
    """
    people = guests_invited(db, before=before) | dict(guests_who_speak(db, before=before))
    known = [number for number, name in sorted(people.items()) if name != erased_name(number)]
    if not dry_run:
        for person_id in known:
            erase(db, actor=SYSTEM, person_id=person_id, domains=domains, now=now)
    return len(known)
