"""What is known of backups, from the journal: it says nothing of anybody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.kernel.actor import Role
from app.office.backups.facts import (
    BackupAsked,
    BackupFact,
    BackupFailed,
    BackupMade,
    DrillFailed,
    DrillPassed,
)
from app.office.backups.values import BackupRun, BackupState, BackupWork, DiskGrowth
from app.people.identity.models import Account, RoleGrant
from app.training.certificates.models import Certificate, CertificateFile
from config import MEGABYTE, Settings

_NEWEST = (
    select(func.max(JournalEntry.id))
    .where(JournalEntry.fact.in_(bindparam("facts", expanding=True)))
    .group_by(JournalEntry.fact)
)
_ENTRIES = select(JournalEntry).where(JournalEntry.id.in_(_NEWEST))
FACTS: tuple[type[BackupFact], ...] = (
    BackupAsked,
    BackupMade,
    BackupFailed,
    DrillPassed,
    DrillFailed,
)


def backup_state(db: Session, settings: Settings) -> BackupState:
    """Returns when backups were last made and tried out."""
    names = [fact.__name__ for fact in FACTS]
    last = {entry.fact: entry for entry in db.scalars(_ENTRIES, {"facts": names})}

    def run(kind: type[BackupFact]) -> BackupRun | None:
        entry = last.get(kind.__name__)
        if entry is None:
            return None
        return BackupRun(entry.at, entry.subject_id, str(entry.payload.get("failure", "")))

    made, failed, drilled, drill_failed = map(run, FACTS[1:])
    asked = last.get(BackupAsked.__name__)
    is_drill = asked is not None and asked.payload["work"] == BackupWork.DRILL
    ends = (drilled, drill_failed) if is_drill else (made, failed)
    is_over = asked is None or any(one is not None and one.at >= asked.at for one in ends)
    return BackupState(
        made,
        failed,
        drilled,
        drill_failed,
        asked_at=None if is_over or asked is None else asked.at,
        is_nightly=settings.backup_folder is not None or bool(settings.backup_url),
    )


_ASKED_BY_NIGHT = select(JournalEntry.payload).where(
    JournalEntry.fact == BackupAsked.__name__,
    JournalEntry.actor_account_id.is_(None),
    JournalEntry.at > bindparam("since"),
)


def was_asked(db: Session, *, work: BackupWork, since: datetime) -> bool:
    """Returns True where the work of a night was asked for after that instant."""
    return any(payload["work"] == work for payload in db.scalars(_ASKED_BY_NIGHT, {"since": since}))


_MADE = (
    select(JournalEntry.at, JournalEntry.payload)
    .where(JournalEntry.fact == BackupMade.__name__, JournalEntry.at > bindparam("since"))
    .order_by(JournalEntry.at, JournalEntry.id)
)
GROWTH_OVER = timedelta(days=31)


def disk_growth(db: Session, *, now: datetime) -> DiskGrowth | None:
    """Returns what was taken up between the first and the last backup of a month; None where none of
    them looked at the disk, as those of earlier versions did not.
    """
    rows = db.execute(_MADE, {"since": now - GROWTH_OVER})
    looked = [(row.at, row.payload) for row in rows if "free_megabytes" in row.payload]
    if not looked:
        return None
    (since, first), (until, last) = looked[0], looked[-1]
    return DiskGrowth(
        since,
        until,
        megabytes=first["free_megabytes"] - last["free_megabytes"],
        database_megabytes=(last["database_bytes"] - first["database_bytes"]) // MEGABYTE,
        files=last["files"] - first["files"],
        free_megabytes=last["free_megabytes"],
    )


@dataclass(frozen=True)
class CertificateToTry:
    """`files`: hashes of what was issued with it and is kept."""

    code: str
    files: tuple[str, ...]


_CERTIFICATE = select(Certificate.id, Certificate.code).order_by(Certificate.id.desc()).limit(1)
_FILES = select(CertificateFile.sha256).where(
    CertificateFile.certificate_id == bindparam("certificate_id")
)
_ORGANIZERS_FIRST = (
    select(Account.id)
    .outerjoin(
        RoleGrant, (RoleGrant.account_id == Account.id) & (RoleGrant.role == Role.ORGANIZER.value)
    )
    .where(Account.active, Account.person_id.is_not(None))
    .order_by(RoleGrant.id.is_(None), Account.id)
    .limit(1)
)


def certificate_to_try(db: Session) -> CertificateToTry | None:
    """Returns the newest certificate; only for a drill, which shows it to nobody."""
    row = db.execute(_CERTIFICATE).one_or_none()
    if row is None:
        return None
    return CertificateToTry(row.code, tuple(db.scalars(_FILES, {"certificate_id": row.id})))


def account_to_try(db: Session) -> int | None:
    """Returns an account that may sign in, an organizer's if there is one; only for a drill."""
    return db.scalar(_ORGANIZERS_FIRST)
