"""Asks for backups and writes down what came of them."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.office.backups.facts import BackupAsked
from app.office.backups.values import BackupWork
from app.office.setup.policy import require_may_set_up


def ask_for(db: Session, *, actor: Actor, work: BackupWork, now: datetime) -> None:
    """Has a backup made, or the newest one tried out, in the background. Organizers only."""
    require_may_set_up(actor)
    journal.record(db, BackupAsked(backup="", work=work.value), actor=actor, now=now)
