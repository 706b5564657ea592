"""The only writers of packages: `importing`, `taking` and `recording`, and `erasing`."""

from app.training.packages.services.importing import (
    accept_upload,
    discard_upload,
    keep_upload,
    withdraw_package,
)
from app.training.packages.services.recording import save_commit
from app.training.packages.services.taking import enrol, open_session

__all__ = [
    "accept_upload",
    "discard_upload",
    "enrol",
    "keep_upload",
    "open_session",
    "save_commit",
    "withdraw_package",
]
