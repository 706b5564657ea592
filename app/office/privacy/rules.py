"""The sentences that people agree to for all of Convoca, and the least that a search for a person
needs.
"""

from collections.abc import Mapping

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


def is_enough(words: str) -> bool:
    """Returns True when one word of the search is long enough to find a person by."""
    return max(map(len, words.split()), default=0) >= WORDS_LETTERS
