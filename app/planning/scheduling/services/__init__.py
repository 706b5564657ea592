"""Use cases of scheduling, the only writers of the calendar of record."""

from app.planning.scheduling.services.claims import (
    claim,
    held,
    let_pass,
    lock,
    reclaim,
    release,
    restore,
    settle,
    stands_beside,
)
from app.planning.scheduling.services.retiling import retile_all

__all__ = [
    "claim",
    "held",
    "let_pass",
    "lock",
    "reclaim",
    "release",
    "restore",
    "retile_all",
    "settle",
    "stands_beside",
]
