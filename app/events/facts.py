"""What happened to events, to registrations and to attendance. Ids only: no names, no addresses."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.kernel.fact import Fact


@dataclass(frozen=True)
class EventFact(Fact):
    """Base: everything here is about one event."""

    subject_kind: ClassVar[str] = "event"

    event_id: UUID

    @property
    def subject_id(self) -> str:
        return str(self.event_id)


@dataclass(frozen=True)
class EventPlanned(EventFact):
    """A draft exists; nobody but its organizers is to be told."""


@dataclass(frozen=True)
class EventPublished(EventFact):
    sequence: int


@dataclass(frozen=True)
class EventMoved(EventFact):
    """Time or place changed. The previous span is kept, so that a message can say "instead of"."""

    sequence: int
    previous_starts_at: datetime | None
    previous_ends_at: datetime | None
    previous_place: str


@dataclass(frozen=True)
class EventChanged(EventFact):
    """Something else than time and place changed: words, people, groups, links."""


@dataclass(frozen=True)
class EventCancelled(EventFact):
    """`was_published` tells whether the public, and not only the organizers, must hear of it."""

    sequence: int
    was_published: bool


@dataclass(frozen=True)
class RegistrationMade(EventFact):
    person_id: int


@dataclass(frozen=True)
class RegistrationCancelled(EventFact):
    person_id: int


@dataclass(frozen=True)
class AttendanceRecorded(EventFact):
    """One fact for one recording, however many people it names. Source: manual, import or check-in.

    `minutes` and `previous_minutes` stand in the order of `person_ids`, None where nothing had been recorded: so a
    correction is kept for good, beside who made it.
    """

    person_ids: tuple[int, ...]
    source: str
    minutes: tuple[int, ...] = ()
    previous_minutes: tuple[int | None, ...] = ()
