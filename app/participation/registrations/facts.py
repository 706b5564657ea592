"""What happened to registrations, to consent and to the capacity of an event. Ids only: no names, no
addresses.
"""

from dataclasses import dataclass
from datetime import datetime

from app.planning.events.facts import EventFact


@dataclass(frozen=True)
class RegistrationMade(EventFact):
    person_id: int


@dataclass(frozen=True)
class RegistrationCancelled(EventFact):
    person_id: int


@dataclass(frozen=True)
class RegistrationWaiting(EventFact):
    """No place was free: in order on the waiting list."""

    person_id: int


@dataclass(frozen=True)
class RegistrationPending(EventFact):
    """An organizer decides."""

    person_id: int


@dataclass(frozen=True)
class RegistrationDeclined(EventFact):
    person_id: int


@dataclass(frozen=True)
class GuestPlaceTakenOver(EventFact):
    """The person had come as a guest, `guest_id`, and is registered with an account now: what the
    guest had belongs to the person.
    """

    person_id: int
    guest_id: int


@dataclass(frozen=True)
class PlaceGiven(EventFact):
    """From the waiting list or by an organizer's decision: the person is registered now. Like
    RegistrationMade for who listens, but nobody pressed a button just now.
    """

    person_id: int


@dataclass(frozen=True)
class RegistrationRestored(EventFact):
    """Giving the place back was undone within the minute; nobody had been told of it."""

    person_id: int


@dataclass(frozen=True)
class ConsentGiven(EventFact):
    """Ticked by the person; the sentences of each purpose stand under the version."""

    person_id: int
    purposes: tuple[str, ...]
    version: str


@dataclass(frozen=True)
class ConsentWithdrawn(EventFact):
    person_id: int
    purposes: tuple[str, ...]


@dataclass(frozen=True)
class PlacesChanged(EventFact):
    """Capacity, quotas, deadline or approval were set; `closes_at` in UTC, None for until the
    start.
    """

    capacity: int | None
    country_quota: int | None
    exceptions: tuple[tuple[str, int], ...]
    closes_at: datetime | None
    needs_approval: bool


@dataclass(frozen=True)
class InvitationAnswered(EventFact):
    """By mail, from the attendee's own calendar. `partstat` as in RFC 5546 §3.2.3; `answered_at` is
    its DTSTAMP.
    """

    person_id: int
    partstat: str
    answered_at: datetime
