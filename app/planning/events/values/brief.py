"""What an event's page says beyond title, summary and time."""

from dataclasses import dataclass

from app.kernel.text import LocalizedText
from app.planning.events.values.planning import NO_TEXT

LANGUAGES_SPOKEN = ("es", "en", "fr", "pt")
INTERPRETATION = ("es-en", "es-fr", "es-pt", "en-fr")
"""Pairs between which is interpreted, both ways."""


@dataclass(frozen=True)
class Brief:
    """Texts may be Markdown. `languages` and `interpretation`: codes of the tuples above.
    `dial_in`: numbers and codes for who has only a telephone. `recording_url` is shown once the
    event has ended.
    """

    concept: LocalizedText = NO_TEXT
    objectives: LocalizedText = NO_TEXT
    institution_id: int | None = None
    contact: str = ""
    languages: tuple[str, ...] = ()
    interpretation: tuple[str, ...] = ()
    dial_in: str = ""
    recording_url: str = ""


@dataclass(frozen=True)
class BriefShown:
    """A brief as a reader may see it: `dial_in` and `recording_url` "" for whom or while they are
    not shown.
    """

    brief: Brief
    institution: LocalizedText = NO_TEXT
