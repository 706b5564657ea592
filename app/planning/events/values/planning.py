"""Words of planning as values: what an organizer proposes, and what a reader sees of an event."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.kernel.reference import REFERENCE_ZONE
from app.kernel.seen import mark_of
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan

NO_TEXT = LocalizedText()


def holder_of(event_id: UUID) -> str:
    """The name under which an event's time is claimed in scheduling."""
    return f"event:{event_id}"


class EventKind(StrEnum):
    WEBINAR = "webinar"
    WORKSHOP = "workshop"
    MEETING = "meeting"
    CONGRESS = "congress"
    GOVERNANCE = "governance"
    TRAINING = "training"
    EXTERNAL = "external"


EXCLUSIVE_KINDS = frozenset({EventKind.CONGRESS, EventKind.GOVERNANCE})
"""While one of these meets, the region holds nothing else."""


class EventStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Mode(StrEnum):
    ONLINE = "online"
    IN_PERSON = "in-person"
    HYBRID = "hybrid"


class PersonRole(StrEnum):
    SPEAKER = "speaker"
    MODERATOR = "moderator"
    RAPPORTEUR = "rapporteur"
    INTERPRETER = "interpreter"
    DELEGATE = "delegate"
    HOST = "host"


class LinkRole(StrEnum):
    """What an event is to an edition of the congress; one webinar may follow up III and prepare
    IV.
    """

    CONGRESS = "congress"
    PREPARATORY = "preparatory"
    FOLLOW_UP = "follow-up"


class MoveCause(StrEnum):
    """Why an event is at another time: somebody planned it so, or a government changed the rules of
    its zone.
    """

    PLANNED = "planned"
    ZONE_RULES = "zone-rules"


class DatePrecision(StrEnum):
    """How exactly the date is known. Month, year and unknown have no instants and never claim
    time.
    """

    INSTANT = "instant"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


@dataclass(frozen=True, order=True)
class Participant:
    """Somebody needed. `seat` says why this person: "" for nobody else, or the seats whose holder
    is needed, whoever that is by then ("focal-point:HN", "delegate:protection:HN"; several stand
    with a space between them).
    """

    person_id: int
    role: PersonRole = PersonRole.SPEAKER
    seat: str = ""


@dataclass(frozen=True, order=True)
class EditionLink:
    edition: str
    role: LinkRole


@dataclass(frozen=True)
class EventDraft:
    """What an organizer proposes, already parsed. Groups and editions by slug; no `span` for
    partial dates only.

    No `countries`: all of the region are invited. `licence`: the key of the meeting licence it
    occupies, or "". `side_event_of`: the congress or governance meeting during which it may take
    place. `needs_delegates`: whoever sits for the invited countries in its groups must be there
    (True) or need not (False); None leaves it as it is.
    """

    kind: EventKind
    title: LocalizedText
    span: Timespan | None
    timezone: str = REFERENCE_ZONE
    summary: LocalizedText = NO_TEXT
    groups: tuple[str, ...] = ()
    people: tuple[Participant, ...] = ()
    links: tuple[EditionLink, ...] = ()
    mode: Mode = Mode.ONLINE
    place: str = ""
    join_url: str = ""
    capacity: int | None = None
    is_confidential: bool = False
    is_all_day: bool = False
    date_precision: DatePrecision = DatePrecision.INSTANT
    found_start: str = ""
    found_end: str = ""
    source_url: str = ""
    countries: tuple[str, ...] = ()
    licence: str = ""
    side_event_of: UUID | None = None
    needs_delegates: bool | None = None
    plan_entry_id: int | None = None
    decision_ref: str = ""

    def settled(self) -> "EventDraft":
        """The same with each group, person and link once and in a fixed order, so that equal drafts
        compare equal.
        """
        people = {participant.person_id: participant for participant in reversed(self.people)}
        return replace(
            self,
            groups=tuple(sorted(set(self.groups))),
            people=tuple(sorted(people.values())),
            links=tuple(sorted(set(self.links))),
            countries=tuple(sorted(set(self.countries))),
        )


@dataclass(frozen=True)
class GroupSummary:
    slug: str
    code: str
    name: LocalizedText
    kind: str = "working-group"


@dataclass(frozen=True)
class PersonSummary:
    """Somebody of the directory as others may see them: never an address."""

    id: int
    name: str
    country: str
    role: PersonRole = PersonRole.SPEAKER
    seat: str = ""


@dataclass(frozen=True)
class EditionSummary:
    slug: str
    label: str
    role: LinkRole


@dataclass(frozen=True)
class EventDetail:
    """An event as its reader may see it; instants are aware, in UTC, and None where the date is
    partial.

    `people` is empty for who is not signed in. `may_join`: plans it, is needed or registered;
    `join_url` is empty for others; `own_url` is the reader's own link to join, if they have one.
    `published_at` stays when the event is cancelled: a cancelled draft was never public.
    """

    id: UUID
    kind: EventKind
    status: EventStatus
    title: LocalizedText
    summary: LocalizedText
    starts_at: datetime | None
    ends_at: datetime | None
    timezone: str
    is_all_day: bool
    date_precision: DatePrecision
    found_start: str
    found_end: str
    mode: Mode
    place: str
    join_url: str
    capacity: int | None
    sequence: int
    is_confidential: bool
    published_at: datetime | None
    changed_at: datetime
    cancelled_at: datetime | None
    groups: tuple[GroupSummary, ...]
    people: tuple[PersonSummary, ...]
    links: tuple[EditionSummary, ...]
    is_registered: bool = False
    may_join: bool = False
    own_url: str = ""
    asked_at: datetime | None = None
    approved_at: datetime | None = None
    closed_at: datetime | None = None
    source_url: str = ""
    countries: tuple[str, ...] = ()
    licence: str = ""
    side_event_of: UUID | None = None
    plan_entry_id: int | None = None
    decision_ref: str = ""
    series_id: UUID | None = None
    country_quota: int | None = None
    registration_closes_at: datetime | None = None
    needs_approval: bool = False

    @property
    def is_extraordinary(self) -> bool:
        """Not in the annual plan: it takes place by a Decision of its own."""
        return bool(self.decision_ref) and self.plan_entry_id is None

    @property
    def is_recorded_as_past(self) -> bool:
        """Published when it was over already."""
        return (
            self.published_at is not None
            and self.ends_at is not None
            and self.ends_at <= self.published_at
        )

    @property
    def span(self) -> Timespan | None:
        return Timespan(self.starts_at, self.ends_at) if self.starts_at and self.ends_at else None

    @property
    def group_slugs(self) -> frozenset[str]:
        return frozenset(group.slug for group in self.groups)

    @property
    def mark(self) -> str:
        """The mark of what its forms begin from, for `change_event`."""
        return mark_of(self.as_draft().settled())

    def as_draft(self) -> EventDraft:
        """What would be proposed to leave it as it is: the start of every change."""
        return EventDraft(
            kind=self.kind,
            title=self.title,
            summary=self.summary,
            span=self.span,
            timezone=self.timezone,
            groups=tuple(group.slug for group in self.groups),
            people=tuple(
                Participant(person.id, person.role, person.seat) for person in self.people
            ),
            links=tuple(EditionLink(link.slug, link.role) for link in self.links),
            mode=self.mode,
            place=self.place,
            join_url=self.join_url,
            capacity=self.capacity,
            is_confidential=self.is_confidential,
            is_all_day=self.is_all_day,
            date_precision=self.date_precision,
            found_start=self.found_start,
            found_end=self.found_end,
            source_url=self.source_url,
            countries=self.countries,
            licence=self.licence,
            side_event_of=self.side_event_of,
            plan_entry_id=self.plan_entry_id,
            decision_ref=self.decision_ref,
        )
