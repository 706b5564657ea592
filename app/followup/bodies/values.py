"""Another body, and what is done together with it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from app.kernel.text import LocalizedText


@dataclass(frozen=True)
class SharedEvent:
    """An event that is held together; `starts_at` None where the date is not known to the day."""

    id: UUID
    title: LocalizedText
    starts_at: datetime | None
    timezone: str


@dataclass(frozen=True)
class SharedActivity:
    """A validated activity that names the body; `table` is the theme of its work table."""

    id: int
    number: int
    text: LocalizedText
    table: LocalizedText
    due: date | None


@dataclass(frozen=True)
class OtherBody:
    """`name` as the latest event writes it. `has_calendar`: its dates warn whoever plans at that time."""

    key: str
    name: str
    events: tuple[SharedEvent, ...] = field(default=())
    activities: tuple[SharedActivity, ...] = field(default=())
    has_calendar: bool = False
