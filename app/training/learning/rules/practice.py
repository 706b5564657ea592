"""The rule for the private line that a learner writes under a screen."""

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_, storable

LONGEST_NOTE = 2_000


class NoteRefused(Refusal):
    kind = Kind.INVALID
    rule = "note-refused"
    msgid = N_("Write at most %(limit)s characters, without special characters.")


def require_note(text: str) -> str:
    """Returns the line without surrounding space and with "\\n" as line end. Raises NoteRefused when
    it is too long or cannot be stored.
    """
    words = text.replace("\r\n", "\n").strip()
    if len(words) > LONGEST_NOTE or not storable(words):
        raise NoteRefused(limit=LONGEST_NOTE)
    return words
