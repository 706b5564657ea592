"""What an event asks of a meeting program, and what was made of it. Instants are aware UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.infra.meetings.port import MeetingOrder
from app.planning.events.rules.joining import MeetingProvider

CONNECTABLE = (MeetingProvider.ZOOM, MeetingProvider.TEAMS)


class MeetingState(StrEnum):
    """Asked: the program may or may not have made it yet. Made: it stands there. Gone: it was
    cancelled there.
    """

    ASKED = "asked"
    MADE = "made"
    GONE = "gone"


class MeetingAct(StrEnum):
    """What is to be done next so that the meeting follows its event."""

    CREATE = "create"
    MOVE = "move"
    CANCEL = "cancel"
    LINK = "link"
    NOTHING = "nothing"


@dataclass(frozen=True)
class EventWish:
    """`is_wanted`: published, online or hybrid, to come, of at most a day. `join_url`: the link
    that stands in the event now.
    """

    is_wanted: bool
    is_over: bool
    topic: str
    starts_at: datetime | None
    ends_at: datetime | None
    timezone: str
    join_url: str


@dataclass(frozen=True)
class MeetingTold:
    """What the program was told last."""

    state: MeetingState
    external_id: str
    join_url: str
    topic: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Errands:
    """One thing to do at a program, with all that it takes. `was_asked`: an earlier try may have
    been heard. `busy_until`: until then the worker that took it up is alone with it; when another
    has taken it up after that, this one's answer no longer counts.
    """

    event_id: UUID
    act: MeetingAct
    provider: MeetingProvider
    sealed: str
    external_id: str
    was_asked: bool
    order: MeetingOrder
    busy_until: datetime


@dataclass(frozen=True)
class PersonToAdmit:
    registration_id: int
    person_id: int
    name: str
    email: str


@dataclass(frozen=True)
class PersonToDismiss:
    registration_id: int
    person_id: int
    ref: str


@dataclass(frozen=True)
class LinkErrands:
    """Whose own links are to be given and taken away, with all that it takes. `meeting`: its key.
    `busy_until` as of Errands.
    """

    event_id: UUID
    meeting: str
    provider: MeetingProvider
    sealed: str
    external_id: str
    to_give: tuple[PersonToAdmit, ...]
    to_take: tuple[PersonToDismiss, ...]
    busy_until: datetime


@dataclass(frozen=True)
class ConnectionShown:
    """The connection as pages show it: of the secret only how it ends."""

    provider: MeetingProvider
    host: str
    ending: str
    checked_at: datetime
