"""Words of materials as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.kernel.text import LocalizedText


class MaterialKind(StrEnum):
    CONCEPT_NOTE = "concept-note"
    AGENDA = "agenda"
    PRESENTATION = "presentation"
    FACT_SHEET = "fact-sheet"
    RESEARCH = "research"
    TOOL = "tool"
    RECORDING = "recording"
    REPORT = "report"
    OTHER = "other"


class Visibility(StrEnum):
    """Who may read it, among those who see the event at all. Members: whoever has an account.
    Group: who sits in one of the event's working groups, who has a part in the event, and whoever
    registered for it.
    """

    PUBLIC = "public"
    MEMBERS = "members"
    GROUP = "group"


@dataclass(frozen=True)
class GivenFile:
    """A file as it was sent: nothing of it is believed but its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class MaterialDraft:
    """A file or a link, never both. `language`: "es", "en" or "es en"."""

    kind: MaterialKind
    title: LocalizedText
    language: str
    visibility: Visibility
    url: str = ""
    file: GivenFile | None = None
    session_id: UUID | None = None


@dataclass(frozen=True)
class MaterialView:
    """A material as its reader may see it. `downloads` is None for who does not run the event."""

    id: UUID
    kind: MaterialKind
    title: LocalizedText
    language: str
    visibility: Visibility
    url: str
    filename: str
    size_bytes: int
    added_at: datetime
    session: LocalizedText | None
    may_read: bool
    downloads: int | None = None


@dataclass(frozen=True)
class StoredFile:
    """Where a file lies and as what it is handed out."""

    key: str
    filename: str
    media_type: str
