"""The sentences that people agree to for all of Convoca, and the one erasure that is refused."""

from collections.abc import Mapping

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.office.privacy.values import Purpose

VERSION = "2026-1"
"""A new sentence is a new version; the old ones stay readable for whoever agreed to them."""
SENTENCES: Mapping[str, Mapping[Purpose, str]] = {
    "2026-1": {
        Purpose.STATISTICS: N_("I am counted, without my name, in figures by country and sex."),
        Purpose.CONTACT: N_(
            "Convoca may write to me about webinars and courses that I have not asked for."
        ),
    }
}
WORDS_LETTERS = 3


class LastOrganizer(Refusal):
    kind = Kind.CONFLICT
    rule = "last-organizer"
    msgid = N_(
        "This is the only organizer. Give the role to somebody else first, or nobody could run Convoca."
    )


def is_enough(words: str) -> bool:
    """Whether a search names somebody closely enough to be answered."""
    return max(map(len, words.split()), default=0) >= WORDS_LETTERS
