"""What can be asked for, and what is known of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypedDict

GIVEN_UP_AFTER = timedelta(hours=1)
"""What was asked for and has not ended by then, perhaps because its machine was switched off, may be
asked for again.
"""


FEWEST_DAYS, DAYS_OF_A_MONTH = 14, 30.4


class BackupWork(StrEnum):
    MAKE = "make"
    DRILL = "drill"


class BackupReason(StrEnum):
    """Why a backup was made. It stands in its manifest."""

    BY_HAND = "by-hand"
    NIGHTLY = "nightly"
    BEFORE_MIGRATING = "before-migrating"


class BackupFailure(StrEnum):
    """What a backup or a drill failed at; the log and the command say more."""

    DATABASE = "database"
    KEYS = "keys"
    DAMAGED = "damaged"
    NONE = "none"
    REFUSED = "refused"
    PROOF = "proof"
    PLACE = "place"


@dataclass(frozen=True)
class BackupRun:
    """What the journal says of the last time: when (UTC), of which backup, and, where it failed, why."""

    at: datetime
    name: str
    failure: str = ""


@dataclass(frozen=True)
class BackupState:
    """The last of each kind, None where there was none. `is_nightly`: a place for them is set.
    `asked_at`: work that was asked for and has not ended.
    """

    made: BackupRun | None
    failed: BackupRun | None
    drilled: BackupRun | None
    drill_failed: BackupRun | None
    asked_at: datetime | None
    is_nightly: bool

    def under_way_since(self, now: datetime) -> datetime | None:
        """Returns when what is being done now was asked for."""
        is_lost = self.asked_at is not None and now - self.asked_at >= GIVEN_UP_AFTER
        return None if is_lost else self.asked_at

    @property
    def is_failing(self) -> bool:
        return _is_later(self.failed, self.made)

    @property
    def is_drill_failing(self) -> bool:
        return _is_later(self.drill_failed, self.drilled)


@dataclass(frozen=True)
class DiskGrowth:
    """What was taken up on the disk of the data between two backups. `free_megabytes` at the later
    one; negative figures say that something was deleted, or the disk enlarged.
    """

    since: datetime
    until: datetime
    megabytes: int
    database_megabytes: int
    files: int
    free_megabytes: int

    @property
    def days(self) -> int:
        return (self.until - self.since) // timedelta(days=1)

    @property
    def is_long_enough(self) -> bool:
        """Returns True where a pace can be said: one sheet brought in is not taken for a habit."""
        return self.days >= FEWEST_DAYS

    @property
    def months_left(self) -> int:
        """Returns after how many whole months the disk is full at this pace. Only where
        something was taken up.
        """
        return int(self.free_megabytes / self.megabytes * self.days / DAYS_OF_A_MONTH)


def _is_later(one: BackupRun | None, other: BackupRun | None) -> bool:
    return one is not None and (other is None or other.at < one.at)


class ProofTold(TypedDict):
    """What the process of a drill prints, as JSON: "works", "none to try" or "fails"."""

    certificate: str
    record: str
    sign_in: str
    problems: list[str]


@dataclass(frozen=True)
class Proof:
    """What a drill found. `age`: how old the backup was, so how much would have been lost (RPO);
    `took`: until all of it worked again (RTO). `problems` are sentences for the technician.
    """

    name: str
    age: timedelta
    took: timedelta
    rows: int
    files: int
    certificate: str
    record: str
    sign_in: str
    problems: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.problems
