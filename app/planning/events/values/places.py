"""Words of taking part as values: how a registration stands, how it came about, what a person
agreed to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class RegistrationStatus(StrEnum):
    """Registered has a place; waiting stands in line for one; of a pending one an organizer
    decides.
    """

    REGISTERED = "registered"
    WAITING = "waiting"
    PENDING = "pending"
    DECLINED = "declined"
    CANCELLED = "cancelled"


STANDING = frozenset(
    {RegistrationStatus.REGISTERED, RegistrationStatus.WAITING, RegistrationStatus.PENDING}
)
"""Those that can be given back."""


class Origin(StrEnum):
    """Who asked for the place: the person, their focal point, a guest with a link, an organizer."""

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
"""Of the sentences in rules/consent.py; a new sentence is a new version, and the old ones stay
readable.
"""
REQUIRED_CONSENT = frozenset({ConsentPurpose.ATTENDANCE_LIST})


@dataclass(frozen=True)
class PlacesDraft:
    """How many places an event has and how they are given. None is no limit; `exceptions` by
    country code go before `country_quota`. `closes_at`: the last instant of registration in UTC,
    None for the start of the event.
    """

    capacity: int | None = None
    country_quota: int | None = None
    exceptions: Mapping[str, int] = field(default_factory=dict)
    closes_at: datetime | None = None
    needs_approval: bool = False
