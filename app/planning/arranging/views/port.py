"""The port of the pages of an event: what packages above show there. `app/wiring` fills it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra.platform import platform
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput
from app.kernel.text import Language
from app.planning.events.values import EventDetail, EventWork, OpenPoint

EventTab = tuple[str, str, Callable[[Actor, EventDetail], bool]]
"""The msgid of a label, an endpoint that takes `event_id`, and for whom of which event."""


class RegistrationPanelOf(Protocol):
    def __call__(
        self,
        db: Session,
        *,
        event: EventDetail,
        actor: Actor,
        now: datetime,
        language: Language,
        refused: InvalidInput | None = None,
    ) -> object: ...


class MeetingPanelOf(Protocol):
    def __call__(
        self, db: Session, *, event: EventDetail, language: Language, now: datetime
    ) -> object: ...


class ReadingListOf(Protocol):
    def __call__(
        self, db: Session, *, event: EventDetail, actor: Actor, today: date
    ) -> Sequence[object]: ...


class SpeakersOf(Protocol):
    def __call__(self, db: Session, *, event: EventDetail, actor: Actor) -> Sequence[object]: ...


class WorkOf(Protocol):
    """Returns the rows by which an event is judged."""

    def __call__(self, db: Session, *, event: EventDetail) -> EventWork: ...


class ProgressOf(Protocol):
    """Returns the figures of an event, with the rows by which it is judged."""

    def __call__(self, db: Session, *, event: EventDetail) -> Any: ...


@dataclass
class EventPort:
    tabs: Sequence[EventTab]
    registration_panel: RegistrationPanelOf
    meeting_panel: MeetingPanelOf
    room_offer: Callable[[Session], str]
    """Returns the program in which a room is created on publishing; "" without a connection."""
    reading_list: ReadingListOf
    speakers: SpeakersOf
    work: WorkOf
    progress: ProgressOf
    act_of: Callable[[UUID, OpenPoint, EventWork], Any]
    """Returns what to do about one open point."""


def event_port() -> EventPort:
    return platform().port(EventPort)
