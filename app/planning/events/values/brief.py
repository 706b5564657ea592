"""What an event's page says beyond title, summary and time."""

from dataclasses import dataclass

from app.kernel.text import LocalizedText
from app.planning.events.values.planning import NO_TEXT


@dataclass(frozen=True)
class Brief:
    """Each field is stored in the column of its name in EventBrief.

    Texts may be Markdown. `languages`: codes ("es"). `interpretation`: pairs of codes between which
    is interpreted both ways ("es-en"). `dial_in`: numbers and codes for people who have only a
    telephone. `recording_url` is shown once the event has ended.
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
