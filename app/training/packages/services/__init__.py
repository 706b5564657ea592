"""The only writers of packages: `importing`, `taking` and `recording`, and `erasing`."""

from app.training.packages.services.importing import (
    accept_upload,
    discard_upload,
    keep_upload,
    let_go_of_old_uploads,
    withdraw_package,
)
from app.training.packages.services.recording import save_commit
from app.training.packages.services.taking import enrol, open_session

__all__ = [
    "accept_upload",
    "discard_upload",
    "enrol",
    "keep_upload",
    "let_go_of_old_uploads",
    "open_session",
    "save_commit",
    "withdraw_package",
]
