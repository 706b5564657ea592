"""Use cases of scheduling, the only writers of the calendar of record."""

from app.planning.scheduling.services.claims import (
    claim,
    held,
    let_pass,
    lock,
    reclaim,
    release,
    settle,
)
from app.planning.scheduling.services.retiling import retile_all

__all__ = [
    "claim",
    "held",
    "let_pass",
    "lock",
    "reclaim",
    "release",
    "retile_all",
    "settle",
]
