"""What speakers from outside are asked, and how they are shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.kernel.text import Language, LocalizedText
from app.planning.events.values import EventDetail


class SpeakerState(StrEnum):
    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


@dataclass(frozen=True)
class SpeakerDraft:
    """Whom the office names. `lines` and `photo` (the bytes of a file, or None) are for the speaker
    to mend. `is_protected`: `name` is a chosen one, and nothing else may be given.
    """

    name: str
    organisation: str
    email: str
    language: Language
    lines: LocalizedText
    photo: bytes | None = None
    is_protected: bool = False


@dataclass(frozen=True)
class SpeakerAnswer:
    """What a speaker sends from their page. `state` None: only the words or the photo change."""

    state: SpeakerState | None
    lines: LocalizedText
    photo: bytes | None = None
    drops_photo: bool = False


@dataclass(frozen=True)
class SpeakerShown:
    person_id: int
    name: str
    organisation: str
    lines: LocalizedText
    has_photo: bool
    state: SpeakerState
    asked_at: datetime
    email: str = ""
    is_protected: bool = False


@dataclass(frozen=True)
class SpeakerPage:
    """What stands behind a speaker's own link."""

    event: EventDetail
    speaker: SpeakerShown
    language: Language


@dataclass(frozen=True)
class SpeakerPlace:
    """Who a key belongs to."""

    person_id: int
    event_id: UUID
