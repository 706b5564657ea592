"""States of deadlines as words."""

from app.kernel.text import N_
from app.training.deadlines.values import DeadlineState

STATES: dict[DeadlineState, tuple[str, str]] = {
    DeadlineState.OPEN: (N_("Still open"), "quiet"),
    DeadlineState.OVERDUE: (N_("Date passed"), "warn"),
    DeadlineState.IN_TIME: (N_("Finished in time"), "good"),
    DeadlineState.LATE: (N_("Finished later"), "good"),
}
"""With the look of each."""
