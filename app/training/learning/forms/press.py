"""The hidden fields that name one press of a learner's button; see `Press` in `values`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from app.training.learning.values.events import Press

PRESS_ID, PRESSED_AT, LEARNER = "client_id", "pressed_at", "learner"
LONGEST_PRESS_FIELD = 40


def read_press(form: Mapping[str, str]) -> Press:
    """Returns the press as sent.

    A form without an id, or with what is none, is a press of its own; an instant that cannot be
    read is left out. Nothing here is refused: an answer is worth more than its label.
    """
    try:
        press_id = UUID(form.get(PRESS_ID, "")[:LONGEST_PRESS_FIELD])
    except ValueError:
        return Press()
    return Press(press_id, _instant(form.get(PRESSED_AT, "")[:LONGEST_PRESS_FIELD]))


def _instant(text: str) -> datetime | None:
    """Returns the browser's ISO 8601 with its offset, in UTC."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
