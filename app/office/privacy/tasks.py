"""Tasks of every night."""

from collections.abc import Mapping

from flask import current_app

from app.infra import clock
from app.infra.database import transaction
from app.office.privacy.services.expiring import expire
from app.office.privacy.values import RetentionPeriods
from config import Settings


def let_go(*, dry_run: bool = False) -> Mapping[str, int]:
    """Deletes rows by the retention settings of the installation; returns how many of each kind."""
    s: Settings = current_app.extensions["convoca_settings"]
    keep = RetentionPeriods(
        attendance=s.keep_attendance_days,
        answers=s.keep_answers_days,
        letters=s.keep_letters_days,
        attempts=s.keep_attempts_days,
        guests=s.keep_guests_days,
    )
    with transaction() as db:
        return expire(
            db,
            keep=keep,
            domains=current_app.extensions["convoca_personal_data"],
            expire_letters=current_app.extensions["convoca_expire_letters"],
            now=clock.now(),
            dry_run=dry_run,
        )
