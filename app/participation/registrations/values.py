"""Words of registrations as values: their status, who asked, what a person agreed to, and how
invitations find people.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class RegistrationStatus(StrEnum):
    """Registered counts against the capacity; waiting is promoted in order; of a pending one an
    organizer decides.
    """

    REGISTERED = "registered"
    WAITING = "waiting"
    PENDING = "pending"
    DECLINED = "declined"
    CANCELLED = "cancelled"


ACTIVE = frozenset(
    {RegistrationStatus.REGISTERED, RegistrationStatus.WAITING, RegistrationStatus.PENDING}
)
"""Those that can be cancelled."""


class Origin(StrEnum):
    """Who asked: the person, their focal point, a guest with a link, an organizer."""

    SELF = "self"
    NOMINATION = "nomination"
    GUEST = "guest"
    ORGANIZER = "organizer"


class ConsentPurpose(StrEnum):
    """What personal data may be used for. Nobody takes part without the attendance list; the rest
    is of free will.
    """

    ATTENDANCE_LIST = "attendance-list"
    STATISTICS = "statistics"
    RECORDING = "recording"


class Way(StrEnum):
    """How an invitation finds people. A country's focal point nominates; a guest and who has an
    open link need no account.
    """

    PERSON = "person"
    INSTITUTION = "institution"
    GROUP = "group"
    COUNTRY = "country"
    GUEST = "guest"
    LINK = "link"


NAMING = frozenset({Way.PERSON, Way.INSTITUTION, Way.GROUP, Way.COUNTRY})
"""Those that say who an event is for."""
WITH_KEY = frozenset({Way.GUEST, Way.LINK})
"""Those that open by a key in an address."""


@dataclass(frozen=True)
class Invited:
    """What the invitations of an event say of one person. `names_anybody`: they invite somebody by
    name, institution, group or country, so that nobody else is meant. `is_country_asked`: their
    country names who comes.
    """

    names_anybody: bool = False
    is_meant: bool = False
    is_nominated: bool = False
    is_country_asked: bool = False


CONSENT_VERSION = "2026-1"
"""Of the sentences in rules.py; a new sentence is a new version, and the old ones stay
readable.
"""
REQUIRED_CONSENT = frozenset({ConsentPurpose.ATTENDANCE_LIST})


@dataclass(frozen=True)
class CapacityDraft:
    """How many may register for an event, and how. None is no limit; `quotas` by country code go
    before `country_quota`. `closes_at`: the last instant of registration in UTC,
    None for the start of the event.
    """

    capacity: int | None = None
    country_quota: int | None = None
    quotas: Mapping[str, int] = field(default_factory=dict)
    closes_at: datetime | None = None
    needs_approval: bool = False
