"""What other people's calendars speak of: entries and problems of a reading, sources and their
state.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.kernel.refusal import Sentence
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan


class SourceKind(StrEnum):
    """Whose calendar it is: another process (titles are shown) or a person (busy hours only)."""

    PROCESS = "process"
    PERSON = "person"


@dataclass(frozen=True)
class CalendarEntry:
    """One occurrence. `key` names it within its calendar from reading to reading; `title` is "" for
    busy hours.
    """

    key: str
    title: str
    span: Timespan
    timezone: str


@dataclass(frozen=True)
class ReadingProblem:
    """What could not be read, or was read with an assumption: `component` is its title or UID,
    `line` counts from 1.
    """

    sentence: Sentence
    component: str = ""
    line: int | None = None


@dataclass(frozen=True)
class CalendarReading:
    """Entries in order of time; `problems` in the order of the file."""

    entries: tuple[CalendarEntry, ...]
    problems: tuple[ReadingProblem, ...]


@dataclass(frozen=True)
class SourceDraft:
    """What somebody asks to add. Without `url` it is a file, read once."""

    kind: SourceKind
    name: LocalizedText
    person_id: int | None = None
    url: str = ""


@dataclass(frozen=True)
class Errand:
    """What the background needs to read an address again."""

    source_id: int
    kind: SourceKind
    url: str
    timezone: str
    etag: str
    last_modified: str
    content_sha256: str
    refreshed_at: datetime | None


@dataclass(frozen=True)
class ReadProblem:
    """A problem as it is kept, in both languages."""

    component: str
    line: int | None
    text: LocalizedText


@dataclass(frozen=True)
class SourceLine:
    """A calendar as its readers see it. `host` is all that is ever shown of an address; "" for a
    file.
    """

    id: int
    kind: SourceKind
    name: LocalizedText
    person: str
    host: str
    entries: int
    problems: tuple[ReadProblem, ...]
    failures: int
    error: LocalizedText | None
    refreshed_at: datetime | None
    next_at: datetime | None

    @property
    def state(self) -> str:
        """Returns waiting, read, failing or given-up."""
        if self.error:
            return "failing" if self.next_at else "given-up"
        return "read" if self.refreshed_at else "waiting"
