"""What waits for somebody, as values: which kind of thing, how urgent, how many, of what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.followup.matrix.values import MatrixToSend
from app.followup.review.values import ReviewToSeeTo
from app.kernel.actor import Actor, Role
from app.kernel.text import N_, LocalizedText
from app.planning.events.values import EventWork, OpenPoint
from app.training.authoring.values import DueReview
from app.training.national.values import Freshness


class Urgency(StrEnum):
    """In the order in which a home page shows them."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"


class TaskKind(StrEnum):
    """In the order in which tasks of one urgency stand."""

    CLOSE = "close"
    REPORT = "report"
    PREPARE = "prepare"
    CASES = "cases"
    AGREEMENTS = "agreements"
    PLANS = "plans"
    MEND_PLAN = "mend-plan"
    APPROVE = "approve"
    REQUESTS = "requests"
    ACCESS = "access"
    CORRECTIONS = "corrections"
    REVOCATIONS = "revocations"
    LOST_FACTORS = "lost-factors"
    PLATFORM = "platform"
    WEBINARS = "webinars"
    CERTIFY = "certify"
    SIGNATORY = "signatory"
    TRAINING = "training"
    NAMES = "names"
    BOUNCED = "bounced"
    UNDELIVERED = "undelivered"
    HELD_LETTERS = "held-letters"
    NEWCOMERS = "newcomers"
    FIRST_ROSTER = "first-roster"
    DECLARE = "declare"
    ROSTER = "roster"
    MATRIX = "matrix"
    PUBLISH = "publish"
    FINISH = "finish"
    PASTED = "pasted"
    CONFIRM = "confirm"
    VACANT = "vacant"
    BEGIN = "begin"
    LAPSING = "lapsing"
    SETTLE = "settle"
    TRANSLATE = "translate"
    REVIEW = "review"
    PRACTICES = "practices"
    GUIDELINES = "guidelines"
    NATIONAL_EMPTY = "national-empty"
    NATIONAL_OLD = "national-old"
    HANDOVER = "handover"


@dataclass(frozen=True)
class EventNamed:
    """An event in a task. `held_until`: when its time becomes free again, None when it is not held.

    `ends_at` and `starts_at` are None where only a month or less is known.
    """

    id: UUID
    title: LocalizedText
    ends_at: datetime | None = None
    held_until: datetime | None = None
    count: int = 1
    starts_at: datetime | None = None


@dataclass(frozen=True)
class EventOpen:
    """An event with what somebody can still do about it, the next thing first; see
    planning/events/rules/stages.py. `is_over`: it has ended.
    """

    event: EventNamed
    points: Sequence[OpenPoint]
    work: EventWork
    is_over: bool


@dataclass(frozen=True)
class Task:
    """One row of "what needs you". `due` is the day it was or is due; `where` counts by country;
    `people`: how many a letter reaches. `opened`: the event with all that is open for it, and
    `point` the one thing that the row is about.
    """

    kind: TaskKind
    urgency: Urgency
    count: int = 1
    event: EventNamed | None = None
    events: Sequence[EventNamed] = ()
    due: date | None = None
    where: Sequence[tuple[str, int]] = ()
    course: DueReview | None = None
    review: ReviewToSeeTo | None = None  # of the Guidelines
    tables: Sequence[int] = ()  # work tables, the one to open first
    people: int = 0
    silent: Sequence[
        tuple[str, int]
    ] = ()  # of `where`, who was asked, reminded, and did not answer
    opened: EventOpen | None = None
    point: OpenPoint | None = None


@dataclass(frozen=True)
class DeskFacts:
    """What an organizer, the presidency or a convenor may have to see to."""

    opened: Sequence[EventOpen] = ()  # what has ended, and what takes place this week
    to_approve: Sequence[EventNamed] = ()
    to_publish: Sequence[EventNamed] = ()
    drafts: Sequence[EventNamed] = ()  # those that nobody has been asked about
    requests: Sequence[EventNamed] = ()  # `count` people wait for a decision about a place
    untranslated: Sequence[EventNamed] = ()  # of what is still to come
    overdue: int = 0  # agreements
    overdue_since: date | None = None
    cases: int = 0  # open conflicts
    bounced: int = 0  # letters
    undelivered: int = 0
    held_letters: int = 0
    newcomers: int = 0  # whose address the secretariat has to check
    pasted: int = 0  # lines about institutions that wait for an answer
    access: int = 0  # requests for access that wait for the actor
    corrections: int = 0  # of records, that somebody asked for
    ending: int = 0  # certificates that end soon and nobody has begun to renew
    lost_factors: int = 0  # of accounts, that another organizer told
    fallen: int = 0  # checks of the platform
    revocations: int = 0  # of certificates, that somebody else proposed
    unissued: Sequence[EventNamed] = ()  # closed, and somebody earned a certificate there
    signing_ends: date | None = None  # the first day on which nobody signs certificates
    practices: int = 0  # to review
    webinars: int = 0  # that countries asked for
    vacant: Sequence[tuple[str, int]] = ()  # countries without a focal point
    unconfirmed: Sequence[tuple[str, int]] = ()  # to confirm, by country that a letter reaches; 0
    # for counts to declare, and for a country that does not share how many
    to_remind: int = 0  # people whom that letter reaches
    silent: Sequence[tuple[str, int]] = ()  # countries that were asked and reminded this quarter
    plans: Sequence[int] = ()  # tables whose work plans wait for the presidency
    reviews: Sequence[DueReview] = ()  # of courses
    guidelines: ReviewToSeeTo | None = None  # their review, due or open
    handover_on: date | None = None
    has_plans: bool = False  # a plan was sent back that the actor mends


@dataclass(frozen=True)
class NamesAsked:
    """An event that waits for the names of the focal point's country."""

    event: EventNamed
    country_code: str
    respond_by: date | None = None
    named: int = 0
    places: int = 0  # 0: no number was said


@dataclass(frozen=True)
class CountryFacts:
    """What a focal point may have to see to."""

    code: str
    is_empty: bool = False  # nobody is on the roster, which the actor keeps
    to_declare: bool = False  # the country gives no names, and its counts are due
    to_confirm: int = 0
    serving: int = 0
    not_begun: int = 0
    lapsing: int = 0  # certificates that end soon and nobody has begun to renew
    access: int = 0  # requests for access that wait for the actor
    corrections: int = 0  # of records, that somebody asked for
    training: int = 0  # certificates of other platforms that wait to be accepted
    names: Sequence[NamesAsked] = ()
    agreements: int = 0  # overdue
    overdue_since: date | None = None
    coming: int = 0  # open agreements that are not overdue
    next_due: date | None = None
    guidelines: ReviewToSeeTo | None = None  # their review, while the country has not answered
    matrix: MatrixToSend | None = None  # of the open period, until it is sent
    national: Freshness | None = None  # of the country's page, where it is to be seen to
    national_on: date | None = None  # when it was checked last
    handover_on: date | None = None
    has_plans: bool = False  # a plan was sent back that the actor mends


@dataclass(frozen=True)
class GuideStep:
    """`say` names the button as %(button)s; `more` is what else is worth knowing, "" for nothing.
    Of a first week also the `page` that it is about, by its title and endpoint, and the `task`
    (a slug) that tells it in steps.
    """

    say: str
    button: str = ""
    more: str = ""
    page: str = ""
    endpoint: str = ""
    task: str = ""


@dataclass(frozen=True)
class GuideTrouble:
    """What may go wrong, as its reader would say it, and what to do."""

    say: str
    mend: str


@dataclass(frozen=True)
class Guide:
    """One task. `endpoint` is where it is done, "" for many places, by those of `policy`; `who` says
    it of others. `words` is what people call it, as a list; `pages` are the endpoints it is about,
    whose footer leads here.
    """

    slug: str
    title: str
    who: str
    words: str
    steps: tuple[GuideStep, ...]
    troubles: tuple[GuideTrouble, ...]
    policy: Callable[[Actor], bool]
    endpoint: str = ""
    subject: str = N_("Certificates")
    pages: tuple[str, ...] = ()


FIRST_WEEK_OF = {
    Role.ORGANIZER: "first-week-secretariat",
    Role.FOCAL_POINT: "first-week-focal-point",
    Role.OFFICIAL: "first-week-official",
}
"""The guide that home offers; of two roles of one day, that of the one named first."""
