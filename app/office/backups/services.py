"""Asks for backups and writes down what came of them."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import lock_by_name
from app.kernel.actor import SYSTEM, Actor
from app.office.backups.facts import BackupAsked
from app.office.backups.queries import backup_state, was_asked
from app.office.backups.values import BackupWork
from app.office.setup.policy import require_may_set_up
from config import Settings

ASKED_WITHIN = timedelta(hours=6)


def ask_once(db: Session, *, work: BackupWork, now: datetime, settings: Settings) -> None:
    """Has the work of a night done where a place for backups is set: once, however many consumers
    ask at the same hour.
    """
    lock_by_name(db, "backups")
    state = backup_state(db, settings)
    if state.is_nightly and not was_asked(db, work=work, since=now - ASKED_WITHIN):
        ask_for(db, actor=SYSTEM, work=work, now=now)


def ask_by_hand(
    db: Session, *, actor: Actor, work: BackupWork, now: datetime, settings: Settings
) -> bool:
    """Has it done at a press. Returns False where a backup or a trial is under way already."""
    require_may_set_up(actor)
    lock_by_name(db, "backups")
    if backup_state(db, settings).under_way_since(now):
        return False
    ask_for(db, actor=actor, work=work, now=now)
    return True


def ask_for(db: Session, *, actor: Actor, work: BackupWork, now: datetime) -> None:
    """Has a backup made, or the newest one tried out, in the background. Organizers only."""
    require_may_set_up(actor)
    journal.record(db, BackupAsked(backup="", work=work.value), actor=actor, now=now)
