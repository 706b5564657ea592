"""What happened to events, to their parts and to attendance. Ids only: no names, no addresses."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.kernel.fact import Fact
from app.planning.events.values import MoveCause


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
class PastEventRecorded(EventFact):
    """An event of earlier years was written down: nobody is to be told."""


@dataclass(frozen=True)
class EventDuplicated(EventFact):
    """A draft was made like another event; what packages above events keep of it may be copied."""

    source_id: UUID


@dataclass(frozen=True)
class EventPublished(EventFact):
    sequence: int


@dataclass(frozen=True)
class RuleOverridden(EventFact):
    """Somebody entitled let the event stand against a rule; the reason stands beside the
    engagement. `against` is the holder of the other engagement, "" when the rule speaks of no
    single one.
    """

    rule: str
    against: str


@dataclass(frozen=True)
class EventMoved(EventFact):
    """Time or place changed. Where it was before is kept, so that a message can say "instead of",
    and that nothing has changed when it is there again.
    """

    sequence: int
    previous_starts_at: datetime | None
    previous_ends_at: datetime | None
    previous_place: str
    cause: MoveCause = MoveCause.PLANNED
    previous_timezone: str = ""
    previous_mode: str = ""


@dataclass(frozen=True)
class EventChanged(EventFact):
    """Something else than time and place changed: words, people, groups, links."""


@dataclass(frozen=True)
class EventCancelled(EventFact):
    """`was_published` tells whether the public, and not only the organizers, must hear of it."""

    sequence: int
    was_published: bool


@dataclass(frozen=True)
class AttendanceRecorded(EventFact):
    """One fact for one recording, however many people it names. Source: manual, import or check-in.

    `minutes` and `previous_minutes` stand in the order of `person_ids`, None where nothing had been
    recorded: so a correction is kept for good, beside who made it.
    """

    person_ids: tuple[int, ...]
    source: str
    minutes: tuple[int, ...] = ()
    previous_minutes: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class SeriesFact(Fact):
    """Base: about several events that were planned as one act. What happened to each is told of
    each besides.
    """

    subject_kind: ClassVar[str] = "series"

    series_id: UUID

    @property
    def subject_id(self) -> str:
        return str(self.series_id)


@dataclass(frozen=True)
class SeriesPlanned(SeriesFact):
    event_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class SeriesChanged(SeriesFact):
    """`scope`: this, following or all, as it was asked; `event_ids`: those it came down to."""

    scope: str
    event_ids: tuple[UUID, ...]
    is_cancelled: bool = False


@dataclass(frozen=True)
class ApprovalAsked(EventFact):
    """The organizers ask the presidency: for a draft, or to move what is published. `request_id`
    is missing from what was asked before requests were kept.
    """

    request_id: UUID | None = None


@dataclass(frozen=True)
class EventApproved(EventFact):
    """The presidency authorized it. A draft is the organizers' to publish; what was published has
    been moved.
    """

    request_id: UUID | None = None


@dataclass(frozen=True)
class EventReturned(EventFact):
    """The presidency did not authorize it, or offers another hour; a draft is a draft again. Its
    words stand in the request, and in the event's own record.
    """

    request_id: UUID | None = None


@dataclass(frozen=True)
class ApprovalWithdrawn(EventFact):
    """Those who asked do not ask any more."""

    request_id: UUID


@dataclass(frozen=True)
class ApprovalLapsed(EventFact):
    """Nobody answered in time, so nothing is authorized."""

    request_id: UUID


@dataclass(frozen=True)
class EventStarted(EventFact):
    """Told once, by the clock."""


@dataclass(frozen=True)
class EventEnded(EventFact):
    """Told once, by the clock."""


@dataclass(frozen=True)
class EventClosed(EventFact):
    """Attendance, agreements and findings are complete; what is closed is no longer changed."""


@dataclass(frozen=True)
class EventReopened(EventFact):
    """Closing was a mistake or too early; the reason stands in the event's own record."""


@dataclass(frozen=True)
class EventReinstated(EventFact):
    """A cancellation was taken back: the event takes place after all. `was_published` as in
    EventCancelled.
    """

    sequence: int
    was_published: bool


@dataclass(frozen=True)
class EventDeleted(EventFact):
    """The record was made by mistake, and nothing hung on it."""


@dataclass(frozen=True)
class AgendaChanged(EventFact):
    """A session was added, changed or taken out."""


# What happened to the parts that people have in a published event: speaker, moderator, rapporteur,
# interpreter.


@dataclass(frozen=True)
class PartGiven(EventFact):
    """The event was published with the person in its programme, or they were added since."""

    person_id: int


@dataclass(frozen=True)
class PartChanged(EventFact):
    """The person keeps a part in the programme and has other roles in it now."""

    person_id: int


@dataclass(frozen=True)
class PartTaken(EventFact):
    """The person has no part in the programme any more."""

    person_id: int
