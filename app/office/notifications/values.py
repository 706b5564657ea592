"""Who is written to, and what a letter says of an event: values before they become words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.kernel.text import Language, LocalizedText
from app.kernel.timespan import Timespan
from app.participation.registrations.values import RegistrationStatus
from app.planning.events.values import PersonRole

NOBODY = 0


@dataclass(frozen=True)
class Wishes:
    """Which letters somebody wants: reminders a week, a day, an hour before; invitations that
    calendars understand, and those also as a file; letters that the office writes to many.
    `changed_at` is None for who never said anything.
    """

    week: bool = True
    day: bool = True
    hour: bool = True
    calendar: bool = True
    attachment: bool = False
    letters: bool = True
    changed_at: datetime | None = None


ALL_LETTERS = Wishes()


@dataclass(frozen=True)
class PlanNotice:
    """A work plan as letters tell of it. `leaders`: who moderates its table and reports for it;
    `countries`: those that sit at it.
    """

    work_table_id: int
    theme: LocalizedText
    note: str
    decision_ref: str
    leaders: tuple[int, ...]
    countries: frozenset[str]


@dataclass(frozen=True)
class Recipient:
    """Who is written to, in which language, with times in which IANA zone. Somebody may have no
    account; an account that is nobody's in the directory has the `person_id` NOBODY. `guest_key`:
    a guest's own key, sealed. `known_as`: the name as others read it, another one where it
    stays inside the country.
    """

    person_id: int
    name: str
    address: str
    language: Language
    timezone: str
    wishes: Wishes = ALL_LETTERS
    guest_key: str = ""
    known_as: str = ""


@dataclass(frozen=True)
class RegistrationState:
    """How somebody stands with an event, since when, by whose doing, and what their calendar
    answered.

    `own_url`: their own link to join, "" for none.
    `status` is None for who is not in the event's list. `roles`: what they are named as in its
    programme. `turns`: how often their invitation was turned round.
    """

    to: Recipient
    status: RegistrationStatus | None
    changed_at: datetime
    origin: str = "self"
    partstat: str = ""
    turns: int = 0
    roles: tuple[PersonRole, ...] = ()
    own_url: str = ""

    @property
    def comes(self) -> bool:
        """Returns True for who has a place and for who has a part in the programme: both are
        invited by calendar.
        """
        return self.status is RegistrationStatus.REGISTERED or bool(self.roles)


@dataclass(frozen=True)
class EventNotice:
    """What a message says of an event. `span` is None while its date is only known by month.
    `dial_in`: numbers and codes for who has only a telephone, "" where there are none. `is_online`:
    there is a link to join.
    """

    event_id: UUID
    title: LocalizedText
    span: Timespan | None
    timezone: str
    place: str
    sequence: int
    dial_in: str = ""
    is_online: bool = True
    is_all_day: bool = False
    is_cancelled: bool = False


@dataclass(frozen=True)
class RequestNotice:
    """What the presidency was asked about an event, and by whom: None where they cannot be written
    to. `span` is the time asked for, `offered` the one that the presidency proposed instead.
    """

    asked_by: Recipient | None
    span: Timespan
    timezone: str
    reason: str
    decide_by: datetime
    answer: str
    is_offered: bool
    offered: Timespan | None
    is_move: bool


@dataclass(frozen=True)
class DigestLine:
    """What a country reported, in one sentence."""

    country: LocalizedText
    fact: LocalizedText


@dataclass(frozen=True)
class MatrixDigest:
    """A published period for the focal points of one country: what is near to its own rows, and
    some of the rest.
    """

    country: str
    near: tuple[DigestLine, ...]
    others: tuple[DigestLine, ...]
