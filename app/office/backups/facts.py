"""What happened to backups."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class BackupFact(Fact):
    """Base: about one backup, by its name; "" before it has one."""

    subject_kind: ClassVar[str] = "backup"

    backup: str

    @property
    def subject_id(self) -> str:
        return self.backup


@dataclass(frozen=True)
class BackupAsked(BackupFact):
    """Somebody pressed a button for one, or for a drill (`work`)."""

    work: str


@dataclass(frozen=True)
class BackupMade(BackupFact):
    """It is whole in each of its places. `files`: stored files it holds, of which `copied` are new.
    `database_bytes`: of its copy of the database; `free_megabytes`: on the disk of the data then.
    """

    files: int
    copied: int
    damaged: int
    database_bytes: int
    free_megabytes: int


@dataclass(frozen=True)
class BackupFailed(BackupFact):
    """`failure` is a BackupFailure: never a path or a name of a host."""

    failure: str


@dataclass(frozen=True)
class DrillPassed(BackupFact):
    """It was restored and worked. Minutes: how old it was, and seconds: how long it took."""

    old_minutes: int
    took_seconds: int


@dataclass(frozen=True)
class DrillFailed(BackupFact):
    """`failure` as in BackupFailed."""

    failure: str
