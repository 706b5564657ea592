"""Tasks of every night."""

from collections.abc import Mapping

from app.infra import clock
from app.infra.database import transaction
from app.infra.platform import platform
from app.office.privacy.services import expire
from app.office.privacy.values import PersonalData, RetentionPeriods


def let_go(*, dry_run: bool = False) -> Mapping[str, int]:
    """Deletes rows by the retention settings of the installation; returns how many of each kind."""
    s = platform().settings
    keep = RetentionPeriods(
        attendance=s.keep_attendance_days,
        answers=s.keep_answers_days,
        letters=s.keep_letters_days,
        attempts=s.keep_attempts_days,
        guests=s.keep_guests_days,
    )
    personal = platform().port(PersonalData)
    with transaction() as db:
        return expire(
            db,
            keep=keep,
            domains=personal.domains,
            expire_letters=personal.expire_letters,
            now=clock.now(),
            dry_run=dry_run,
        )
