"""Words of materials as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.kernel.paging import Paging
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
class MaterialDescription:
    """What is said of a material, and who may open it. `language`: "es", "en" or "es en". `sections`
    are codes of the Guidelines that it is about; `theme` is free, in few words.
    """

    kind: MaterialKind
    title: LocalizedText
    language: str
    visibility: Visibility
    session_id: UUID | None = None
    sections: tuple[str, ...] = ()
    theme: str = ""


@dataclass(frozen=True)
class MaterialDraft(MaterialDescription):
    """A material to hand out: a file or a link, never both."""

    url: str = ""
    file: GivenFile | None = None


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
    sections: tuple[str, ...] = ()
    theme: str = ""


@dataclass(frozen=True)
class LibraryFilters:
    """What the library is narrowed to; "" and None for all. `language` is "es" or "en"."""

    kind: MaterialKind | None = None
    section: str = ""
    theme: str = ""
    language: str = ""


@dataclass(frozen=True)
class MaterialCopy:
    """A copy of a material: the event that handed it out."""

    material_id: UUID
    event_id: UUID
    event_title: LocalizedText


@dataclass(frozen=True)
class LibraryItem:
    """A material in the library, for who may open it, once for all events that handed it out.

    `copies` are these that the reader may open, the newest first; the rest is what the newest says.
    """

    id: UUID
    kind: MaterialKind
    title: LocalizedText
    language: str
    sections: tuple[str, ...]
    theme: str
    url: str
    filename: str
    size_bytes: int
    added_at: datetime
    copies: tuple[MaterialCopy, ...]


@dataclass(frozen=True)
class LibraryPage:
    """`themes`: those of everything that the reader may open, for the filter."""

    items: tuple[LibraryItem, ...]
    paging: Paging
    themes: tuple[str, ...]


@dataclass(frozen=True)
class StoredFile:
    """Where a file lies and as what it is handed out."""

    key: str
    filename: str
    media_type: str
