"""Words of an event's agenda as values: a session as proposed, and as its reader may see it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.events.values.planning import NO_TEXT, PersonRole, PersonSummary


def holder_of_session(session_id: UUID) -> str:
    """The name under which the people of a session are claimed in scheduling."""
    return f"session:{session_id}"


class SessionKind(StrEnum):
    OPENING = "opening"
    PLENARY = "plenary"
    PANEL = "panel"
    WORK_TABLE = "work-table"
    GUIDELINES_REVIEW = "guidelines-review"
    AGREEMENTS = "agreements"
    BREAK = "break"
    CLOSING = "closing"


SESSION_ROLES = (
    PersonRole.SPEAKER,
    PersonRole.MODERATOR,
    PersonRole.RAPPORTEUR,
    PersonRole.INTERPRETER,
)


@dataclass(frozen=True, order=True)
class SessionPart:
    person_id: int
    role: PersonRole = PersonRole.SPEAKER


@dataclass(frozen=True)
class SessionDraft:
    """What a planner proposes, already parsed. `work_table_id`: the table of the edition whose
    sitting it is.
    """

    kind: SessionKind
    title: LocalizedText
    span: Timespan
    room: str = ""
    notes: LocalizedText = NO_TEXT
    work_table_id: int | None = None
    people: tuple[SessionPart, ...] = ()

    def settled(self) -> "SessionDraft":
        """The same with each person once, in a fixed order."""
        people = {part.person_id: part for part in reversed(self.people)}
        return replace(self, people=tuple(sorted(people.values())))


@dataclass(frozen=True)
class SessionDetail:
    """A session as its reader may see it; instants aware, in UTC. `people` is empty for who is not
    signed in. `table`: the theme of the work table that sits.
    """

    id: UUID
    kind: SessionKind
    title: LocalizedText
    starts_at: datetime
    ends_at: datetime
    room: str
    notes: LocalizedText
    work_table_id: int | None
    table: LocalizedText
    people: tuple[PersonSummary, ...] = ()

    @property
    def span(self) -> Timespan:
        return Timespan(self.starts_at, self.ends_at)

    def as_draft(self) -> SessionDraft:
        return SessionDraft(
            self.kind,
            self.title,
            self.span,
            self.room,
            self.notes,
            self.work_table_id,
            tuple(SessionPart(person.id, person.role) for person in self.people),
        ).settled()


@dataclass(frozen=True)
class TableChoice:
    """A work table of an edition that the event belongs to."""

    id: int
    edition: str
    theme: LocalizedText
