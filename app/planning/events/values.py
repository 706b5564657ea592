"""Words of events as values: what an organizer proposes, what a reader sees, and what is still open."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import IntEnum, StrEnum
from uuid import UUID

from app.kernel.reference import REFERENCE_ZONE
from app.kernel.seen import mark_of
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan

NO_TEXT = LocalizedText()


def holder_of(event_id: UUID) -> str:
    """Returns the name under which an event's time is claimed in scheduling."""
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


class GenderMarker(IntEnum):
    """How far an event or an activity is about gender equality, on the scale of the body's plans.

    None instead of a value: nobody has said yet.
    """

    NO = 0
    IN_PART = 1
    ITS_AIM = 2

    @property
    def is_mainstreamed(self) -> bool:
        """True where gender equality is a part or the aim."""
        return self is not GenderMarker.NO


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
    gender_marker: GenderMarker | None = None

    def settled(self) -> "EventDraft":
        """Returns the same with each group, person and link once and in a fixed order, so that
        equal drafts compare equal.
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
    gender_marker: GenderMarker | None = None

    @property
    def is_extraordinary(self) -> bool:
        """Returns True if it is not in the annual plan: it takes place by a Decision of its own."""
        return bool(self.decision_ref) and self.plan_entry_id is None

    @property
    def is_recorded_as_past(self) -> bool:
        """Returns True if it was published when it was over already."""
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
        """Returns the mark of what its forms begin from, for `change_event`."""
        return mark_of(self.as_draft().settled())

    def as_draft(self) -> EventDraft:
        """Returns what would be proposed to leave it as it is: the start of every change."""
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
            gender_marker=self.gender_marker,
        )


# What an event's page says beyond title, summary and time.


@dataclass(frozen=True)
class Brief:
    """Each field is stored in the column of its name in EventBrief, `partners` (names of other
    bodies that hold it with us) in that of Event.

    Texts may be Markdown. `languages`: codes ("es"). `interpretation`: pairs of codes between which
    is interpreted both ways ("es-en"). `dial_in`: numbers and codes for people who have only a
    telephone. `recording_url` is shown once the event has ended.
    """

    concept: LocalizedText = NO_TEXT
    objectives: LocalizedText = NO_TEXT
    institution_id: int | None = None
    contact: str = ""
    languages: tuple[str, ...] = ()
    interpretation: tuple[str, ...] = ()
    dial_in: str = ""
    recording_url: str = ""
    partners: tuple[str, ...] = ()


def body_key(name: str) -> str:
    """Returns the key of another body in addresses: "Comisión Europea " is "comision-europea". ""
    for a name without a letter or digit.
    """
    plain = "".join(
        one
        for one in unicodedata.normalize("NFKD", name.casefold())
        if not unicodedata.combining(one)
    )
    return re.sub(r"[\W_]+", "-", plain).strip("-")


@dataclass(frozen=True)
class BriefShown:
    """A brief as a reader may see it: `dial_in` and `recording_url` "" for whom or while they are
    not shown. `is_unrecorded`: somebody speaks under a chosen name, so no recording is kept.
    """

    brief: Brief
    institution: LocalizedText = NO_TEXT
    is_unrecorded: bool = False


# Words of an event's agenda as values: a session as proposed, and as its reader may see it.


def holder_of_session(session_id: UUID) -> str:
    """Returns the name under which the people of a session are claimed in scheduling."""
    return f"session:{session_id}"


class SessionKind(StrEnum):
    OPENING = "opening"
    PLENARY = "plenary"
    PANEL = "panel"
    WORK_TABLE = "work-table"
    GUIDELINES_REVIEW = "guidelines-review"
    AGREEMENTS = "agreements"
    BREAK = "break"
    CLOSING = "closing"


SESSION_ROLES = (
    PersonRole.SPEAKER,
    PersonRole.MODERATOR,
    PersonRole.RAPPORTEUR,
    PersonRole.INTERPRETER,
)


@dataclass(frozen=True, order=True)
class SessionPart:
    person_id: int
    role: PersonRole = PersonRole.SPEAKER


@dataclass(frozen=True)
class SessionDraft:
    """What a planner proposes, already parsed. `work_table_id`: the table of the edition whose
    sitting it is.
    """

    kind: SessionKind
    title: LocalizedText
    span: Timespan
    room: str = ""
    notes: LocalizedText = NO_TEXT
    work_table_id: int | None = None
    people: tuple[SessionPart, ...] = ()

    def settled(self) -> "SessionDraft":
        """Returns the same with each person once, in a fixed order."""
        people = {part.person_id: part for part in reversed(self.people)}
        return replace(self, people=tuple(sorted(people.values())))


@dataclass(frozen=True)
class SessionDetail:
    """A session as its reader may see it; instants aware, in UTC. `people` is empty for who is not
    signed in. `table`: the theme of the work table that sits.
    """

    id: UUID
    kind: SessionKind
    title: LocalizedText
    starts_at: datetime
    ends_at: datetime
    room: str
    notes: LocalizedText
    work_table_id: int | None
    table: LocalizedText
    people: tuple[PersonSummary, ...] = ()

    @property
    def span(self) -> Timespan:
        return Timespan(self.starts_at, self.ends_at)

    def as_draft(self) -> SessionDraft:
        return SessionDraft(
            kind=self.kind,
            title=self.title,
            span=self.span,
            room=self.room,
            notes=self.notes,
            work_table_id=self.work_table_id,
            people=tuple(SessionPart(person.id, person.role) for person in self.people),
        ).settled()


@dataclass(frozen=True)
class TableChoice:
    """A work table of an edition that the event belongs to."""

    id: int
    edition: str
    theme: LocalizedText


class RequestState(StrEnum):
    """Offered: the presidency proposed another hour, and it is for those who asked to take it.
    Lapsed: the deadline passed without an answer, and silence authorizes nothing.
    """

    OPEN = "open"
    AUTHORIZED = "authorized"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


# The statuses of a registration that planning reads; the whole list, and what changes it, are
# participation/registrations'.

REGISTERED, WAITING, PENDING = "registered", "waiting", "pending"
SEES_EVENT = (REGISTERED, WAITING, PENDING)
"""Of people who see the event, though it is confidential."""


# Words of the yearly cycle as values: what somebody proposes of an edition, its tables, its
# plan.


@dataclass(frozen=True)
class EditionDraft:
    """An edition as proposed. Dates are ISO and may be partial ("2027", "2027-07", "2027-07-06") or
    ""; no presidency is "".
    """

    label: str
    theme: LocalizedText
    presidency: str = ""
    place: str = ""
    starts_on: str = ""
    ends_on: str = ""
    decision_ref: str = ""


@dataclass(frozen=True)
class TableDraft:
    """A work table as proposed; people by id, the coordinating country by code or ""."""

    theme: LocalizedText
    position: int = 1
    coordinator: str = ""
    moderator_id: int | None = None
    rapporteur_id: int | None = None


@dataclass(frozen=True)
class EntryDraft:
    """An entry of an annual plan as proposed; no group is the whole region, no quarter any time of
    the year. `decision_ref`: by which Decision it came into a plan that was approved already.
    """

    title: LocalizedText
    group: str = ""
    quarter: int | None = None
    events_planned: int = 1
    decision_ref: str = ""


# What is still open for an event, and the rows it follows from, as values.


class Stage(StrEnum):
    PREPARE = "prepare"
    INVITE = "invite"
    HOLD = "hold"
    CLOSE = "close"


class OpenKind(StrEnum):
    """One kind of open thing. Answers: of speakers from outside. Nobody asked: no invitation was
    made. Letters waiting, back: of inviting, not handed over yet, or returned. Requests: of people
    who asked for a place.
    """

    DATE = "date"
    PEOPLE = "people"
    LINK = "link"
    ANSWERS = "answers"
    DESCRIPTION = "description"
    TRANSLATION = "translation"
    NOBODY_ASKED = "nobody-asked"
    NOT_REACHED = "not-reached"
    LETTERS_WAITING = "letters-waiting"
    LETTERS_BACK = "letters-back"
    REQUESTS = "requests"
    NOBODY_REGISTERED = "nobody-registered"
    REPORT_NOT_APPLIED = "report-not-applied"
    ATTENDANCE = "attendance"
    UNDECIDED_NAMES = "undecided-names"
    WITHOUT_MINUTES = "without-minutes"
    CLOSING = "closing"


@dataclass(frozen=True)
class OpenPoint:
    """`count`: how many countries, letters, names, people or requests. `countries`: their codes.
    `import_id` and `filename`: the participant report it is about.
    """

    kind: OpenKind
    count: int = 1
    countries: tuple[str, ...] = ()
    import_id: UUID | None = None
    filename: str = ""

    @property
    def mark(self) -> str:
        return f"{self.kind}.{self.import_id or ''}.{self.count}"


@dataclass(frozen=True)
class UnfinishedReport:
    """`undecided`: names of which nobody has said whose they are. `is_applied`: its minutes are
    written down.
    """

    id: UUID
    filename: str
    undecided: int
    is_applied: bool


@dataclass(frozen=True)
class TakingPart:
    """How many are registered and how many wait for a decision; whether anybody's attendance is
    written down, and how many of those registered have none. `reports`: those nobody has finished.
    """

    registered: int = 0
    pending: int = 0
    is_recorded: bool = False
    without_minutes: int = 0
    reports: tuple[UnfinishedReport, ...] = ()


class LetterArrival(StrEnum):
    """What became of a letter, as far as we know: taken by a mail server and not come back, still
    to leave, come back, or given up.
    """

    HANDED_OVER = "handed-over"
    WAITING = "waiting"
    RETURNED = "returned"
    NOT_SENT = "not-sent"


class Unreached(StrEnum):
    """Why the letter to a country has reached nobody, the first that holds. Not written: whoever
    answers for the country today came after it had left.
    """

    VACANT = "vacant"
    RETURNED = "returned"
    NO_ADDRESS = "no-address"
    WAITING = "waiting"
    NOT_SENT = "not-sent"
    NOT_WRITTEN = "not-written"


@dataclass(frozen=True)
class CountryAsked:
    """A country whose invitation went out. `why` None: somebody of it got the letter. `since`: the
    first day without a focal point, None where there never was one; `returned`: letters that came
    back.
    """

    code: str
    invitation_id: int
    why: Unreached | None = None
    since: date | None = None
    returned: int = 0


@dataclass(frozen=True)
class Inviting:
    """`standing`: invitations that are not withdrawn; `reached`: letters of inviting that were
    handed over and have not come back; `waiting` and `returned`: letters that do not go to
    countries, not handed over yet or come back.
    """

    standing: int = 0
    reached: int = 0
    waiting: int = 0
    returned: int = 0
    countries: tuple[CountryAsked, ...] = ()

    @property
    def unreached(self) -> Sequence[CountryAsked]:
        return [one for one in self.countries if one.why is not None]


@dataclass(frozen=True)
class EventWork:
    """The rows by which an event is judged. `outside`: how its speakers from outside stand (asked,
    confirmed, declined); `is_agenda_led`: its agenda has sessions, and somebody speaks or
    moderates in each but the breaks, so that nobody need be named for the whole.
    """

    part: TakingPart = TakingPart()
    inviting: Inviting = Inviting()
    outside: tuple[str, ...] = ()
    is_agenda_led: bool = False
