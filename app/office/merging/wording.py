"""Counts of rows as words."""

from collections.abc import Mapping

from app.infra.language import translate
from app.kernel.text import Language


def counts_text(language: Language, counts: Mapping[str, int]) -> str:
    """Returns "registrations: 3 · attendance: 2"."""
    said = [
        f"{translate(language, kind)}: {number}" for kind, number in counts.items() if number > 0
    ]
    return " · ".join(said)
