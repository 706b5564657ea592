"""The figures of turnover, frozen. Shares are of serving officials, 0 to 1; None where there is
nobody to count.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from app.kernel.dated import ONE_DAY
from app.kernel.text import LocalizedText
from app.people.directory.values import EndReason, Mandate, SharedFigures
from app.planning.events.values import GroupSummary
from app.training.requests.values import SuccessorAsking

DAYS_A_YEAR = 365.25

ClosedDays = tuple[date, date]
"""Days on which nothing else of the region or of a country begins: half-open."""


class PostTerm(NamedTuple):
    """A person in a target post: half-open days, `valid_until` None while the appointment is open.

    `last_known_on` is the last day on which the record is known to hold: 90 days after the last
    confirmation, or the recorded end; None when nobody ever confirmed it. `mandate` is what the
    institution deals with, None for neither migration nor gender. `end_reason` is None while the
    appointment is open, and where nobody said why it ended. `end_recorded_on` is when the end was
    written down, None where that is not known. What follows it is what an institution has to know,
    and is read for a country's own page alone.

    A tuple, because a country has thousands and a frozen dataclass takes ten times as long to make.
    """

    person_id: int
    valid_from: date
    valid_until: date | None
    last_known_on: date | None
    mandate: Mandate | None = None
    institution_id: int = 0
    post_id: int = 0
    end_reason: EndReason | None = None
    end_recorded_on: date | None = None
    appointment_id: int = 0
    confirmed_on: date | None = None
    is_acting: bool = False
    acting_until: date | None = None
    is_note_to_ask: bool = False


@dataclass(frozen=True, slots=True)
class PostSeat:
    """A target post, which one person holds at a time: in scope from `valid_from`, None for always,
    to the day before `valid_until`, None while it is.
    """

    post_id: int
    institution_id: int
    mandate: Mandate | None = None
    valid_from: date | None = None
    valid_until: date | None = None


class CertificateLife(NamedTuple):
    """A certificate's life in half-open days: `valid_until` is the first day on which it is expired
    or revoked. `edition_id` is the edition of the course that was completed; 0 for training
    elsewhere. A tuple, as PostTerm is.
    """

    person_id: int
    valid_from: date
    valid_until: date | None
    edition_id: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """Certified and still serving ÷ serving, on a day. Persons are counted once, however many posts
    they hold.

    serving      S(t): an appointment to a target post is open on the day
    certified    S∩C: of them, those with a valid certificate on the day
    recognised   of them, those without one whose training elsewhere their country accepted
    unconfirmed  of the serving, those whom nobody confirmed within 90 days
    sure         of the certified, those who are confirmed

    `sure` and `unconfirmed` are None outside the country where they would show a cell under 5, and
    so is `recognised`. It is in no share, bound or forecast: it is told beside them.

    Those not confirmed may be gone, and a seat that somebody left is taken by somebody untrained.
    So with N = serving K_low = sure ÷ N counts them as gone, K_high = certified ÷ N as serving; the
    share on record is K_high, and the base is one and the same. Ending the appointment of somebody
    certified and confirmed takes exactly one from serving, certified and sure.

    `declared_on`: the day on which a country that gives no names declared these counts. They have no
    bounds, because nobody here knows who was confirmed. Every page, export and answer that shows a
    coverage says so: `_declared.html` and `wording.declared_words` have the words.
    """

    on: date
    serving: int
    certified: int
    sure: int | None
    unconfirmed: int | None
    recognised: int | None = 0
    declared_on: date | None = None

    @property
    def share(self) -> float | None:
        return self.certified / self.serving if self.serving else None

    @property
    def low(self) -> float | None:
        return self.sure / self.serving if self.serving and self.sure is not None else None

    @property
    def high(self) -> float | None:
        return self.share

    @property
    def least(self) -> int | None:
        """Returns the lower bound of `certified`, None where it stays inside the country. What a
        country declared has no bounds, and is as it was declared.
        """
        return self.certified if self.declared_on else self.sure


@dataclass(frozen=True)
class CoveragePart:
    """The coverage of those who serve in institutions of one mandate; None: of neither. Somebody
    with posts in two of them counts in both.
    """

    mandate: Mandate | None
    coverage: Coverage


@dataclass(frozen=True)
class Exposure:
    """Person-time within a window, in person-years of 365.25 days, and what ended in it.

    `departures` left all target posts of the country; `certified_departures` did so while
    certified; `lapses` kept serving while their last certificate ended. `certified_years` is the
    time served with a valid certificate.
    """

    years: float
    departures: int
    certified_years: float
    certified_departures: int
    lapses: int


@dataclass(frozen=True)
class PostCoverage:
    """Target posts on a day: how many there are, how many somebody holds, and how many somebody
    certified does. A vacant post is uncovered.
    """

    on: date
    posts: int
    held: int
    certified: int

    @property
    def share(self) -> float | None:
        """Returns Kp = posts with a certified incumbent ÷ P."""
        return self.certified / self.posts if self.posts else None

    @property
    def vacancy(self) -> float | None:
        """Returns 1 − N ÷ P, with N the posts that somebody holds."""
        return 1 - self.held / self.posts if self.posts else None


@dataclass(frozen=True)
class OfficeReadiness:
    """Of `offices` with a target post those with at least one (A₁) and at least two (A₂) certified
    serving officials.
    """

    offices: int
    with_one: int
    with_two: int

    @property
    def one(self) -> float | None:
        return self.with_one / self.offices if self.offices else None

    @property
    def two(self) -> float | None:
        return self.with_two / self.offices if self.offices else None


@dataclass(frozen=True)
class RosterFreshness:
    """Of the appointments that are open on a day those that were confirmed within 90 days."""

    appointments: int
    confirmed: int

    @property
    def share(self) -> float | None:
        return self.confirmed / self.appointments if self.appointments else None


@dataclass(frozen=True)
class Separations:
    """Who left all posts of a unit within a window of `days`, by what is known of it, and how many
    `person_days` were served in it. A transfer is a loss for the unit, also where the person stays
    in government.
    """

    transfers: int
    exits: int
    unknown: int
    person_days: int
    days: int

    @property
    def leavers(self) -> int:
        return self.transfers + self.exits + self.unknown

    @property
    def years(self) -> float:
        return self.person_days / DAYS_A_YEAR

    @property
    def mean_serving(self) -> float:
        return self.person_days / self.days if self.days else 0.0

    @property
    def share(self) -> float | None:
        """Returns s = leavers ÷ mean(N) over the window."""
        return self.leavers / self.mean_serving if self.person_days else None

    @property
    def rate(self) -> float | None:
        """Returns λ = d ÷ PY, a year."""
        return self.leavers / self.years if self.person_days else None


@dataclass(frozen=True)
class Leaked:
    """Of those who were ever certified while they served in a unit, those who left it certified and
    do not serve in it now.
    """

    ever: int
    left: int

    @property
    def share(self) -> float | None:
        return self.left / self.ever if self.ever else None


@dataclass(frozen=True)
class Onboarding:
    """From the first day in the unit to the certificate. `median_days` is that of Kaplan and Meier:
    who is not certified yet, or left before, is counted as long as they were followed; None where
    fewer than half are certified. Of `due`, who began in the year that ended ninety days ago and did
    not leave before they were due, `in_time` were certified within ninety days.
    """

    followed: int
    certified: int
    median_days: int | None
    due: int
    in_time: int

    @property
    def share_in_time(self) -> float | None:
        return self.in_time / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class Followed:
    """One person's time under observation, in days of a clock: not seen before `entry` (left
    truncation), seen until `exit`, where it ended or the observation did.
    """

    entry: int
    exit: int
    has_ended: bool


@dataclass(frozen=True)
class SurvivalPoint:
    """Ŝ from a day of the clock on, with its band."""

    day: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """A median with its 80 % interval."""

    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Prior:
    """What is believed of a yearly rate before anything is counted: Gamma(shape, years), worth so
    many departures in so many person-years.
    """

    shape: int
    years: float


@dataclass(frozen=True)
class CertificateEnds:
    """In how many days from today the certificates of the certified end, ascending; of all on
    record, and of those who are confirmed. What does not end is left out.
    """

    of_all: tuple[int, ...] = ()
    of_sure: tuple[int, ...] = ()


@dataclass(frozen=True)
class TrainingPlan:
    """What is planned against the loss: `renewed` certificates of those that end first; `seats` in a
    cycle whose certificates are issued `certified_in` days from today, of which the share
    `completion` passes; `named` people for vacant posts, who take a seat of their own.
    """

    renewed: int = 0
    seats: int = 0
    named: int = 0
    completion: float = 0.5
    certified_in: int = 0


@dataclass(frozen=True)
class Forecast:
    """Certified serving officials after `months`, of `serving`, and when the floor is reached (months
    from now) if nobody is trained.

    Low ends go on from those who are certain today, high ends from all on record. `leaving` is λ a
    year, of the certified; half of the coverage is lost in `half_life_years` at λ + δ.
    `months_to_floor` is None when even the share on record is below the floor already; an end of it
    is 0 when that end of today's range is.
    """

    months: int
    serving: int
    certified: Estimate
    leaving: Estimate
    half_life_years: Estimate
    floor: float
    months_to_floor: Estimate | None


@dataclass(frozen=True)
class CourseCycle:
    """When the next cycle of a course is called and begins, and the first day after it. `avoided`
    are the closed spans that it would have begun in; `before` is the upheaval that it is pulled
    forward for, `during` the one that it cannot be over before.
    """

    called_on: date
    begins_on: date
    ends_on: date
    avoided: tuple[ClosedDays, ...] = ()
    before: date | None = None
    during: date | None = None

    @property
    def last_on(self) -> date:
        return self.ends_on - ONE_DAY


@dataclass(frozen=True)
class BackTest:
    """How far the median of past forecasts was from what came, in people, on average over `trials`;
    `within` of them were inside their interval.
    """

    trials: int
    error: float
    within: int


@dataclass(frozen=True)
class Retention:
    """How long the trained stay in post (Kaplan–Meier, clock from the certificate). `median_days` is
    None where more than half stay, and with `curve` under ten departures.
    """

    followed: int
    departures: int
    median_days: int | None
    curve: tuple[SurvivalPoint, ...] = ()


@dataclass(frozen=True)
class Movement:
    """How people came to a unit and left it, by a day. `doubted` of those who serve were confirmed by
    nobody within 90 days and may have left as well, and `doubted_certified` of them hold a
    certificate. Outside the country each figure is None where it would show a cell under 5.
    """

    on: date
    serving: int | None
    separations: Separations | None
    onboarding: Onboarding | None
    leaked: Leaked | None
    retention: Retention | None
    doubted: int | None = None
    doubted_certified: int | None = None


@dataclass(frozen=True)
class EditionLife:
    """Of an edition of a course: how many people of a country ever completed it while or before they
    served, and how many of the certified who serve stand on it.
    """

    label: str
    ever: int
    serving: int


@dataclass(frozen=True)
class CourseName:
    slug: str
    title: LocalizedText


@dataclass(frozen=True)
class Extent:
    """What a certificate of some editions stands for: the numbers of the modules that are open, of
    so many.
    """

    editions: tuple[str, ...]
    modules: tuple[int, ...]
    total: int


Concern = tuple[int, date]
"""A person id and the day that matters."""


@dataclass(frozen=True)
class ToAct:
    """Whom to act on, the most pressing first.

    The day is since when they serve; of `lapsing` the last valid day of the
    certificate; of
    `certified_left` the first day on which they no longer served.
    """

    not_certified: tuple[Concern, ...]
    newcomers: tuple[Concern, ...]
    lapsing: tuple[Concern, ...]
    certified_left: tuple[Concern, ...]


@dataclass(frozen=True)
class NoteCounts:
    """Of those who left with a certificate: how many handover notes are still to be asked for, were
    asked for, and have arrived.
    """

    to_ask: int
    asked: int
    received: int


@dataclass(frozen=True)
class CountryDetail:
    """What only a country's own page says. Of the newcomers in `concerned` some may be enrolled, and
    in `institutions` nobody takes the course. `serving` are the persons who serve on the day, `to_confirm`
    the first by name among them of whom nobody knows it; of `recognised`, training elsewhere stands
    for the course. `lacks_womens_mechanism`: none is on record; None where nobody has looked.
    """

    serving: frozenset[int]
    to_confirm: tuple[int, ...]
    recognised: frozenset[int]
    concerned: ToAct
    retention: Retention
    vacant: int
    notes: NoteCounts
    lacks_womens_mechanism: bool | None = None
    institutions: "tuple[InstitutionState, ...]" = ()


@dataclass(frozen=True)
class TurnoverFigures:
    """The figures of a country on a day as they are, before anything is hidden from anybody;
    `declared` where it gives no names.
    """

    series: tuple[Coverage, ...]
    parts: tuple[CoveragePart, ...]
    exposure: Exposure
    ends: CertificateEnds
    detail: CountryDetail | None = None
    declared: "DeclaredCounts | None" = None


@dataclass(frozen=True)
class NamedPerson:
    """With the latest post in the country. `is_enrolled`: takes the course now; `is_recognised`:
    training elsewhere stands for it. The days are those of the handover note of that post.
    """

    person_id: int
    full_name: str
    post: LocalizedText
    institution: LocalizedText
    is_enrolled: bool = False
    appointment_id: int = 0
    note_asked_on: date | None = None
    note_received_on: date | None = None
    is_recognised: bool = False

    @property
    def is_note_to_ask(self) -> bool:
        return self.note_asked_on is None and self.note_received_on is None


@dataclass(frozen=True)
class CountryCoverage:
    """A country in the region's overview. `coverage` is None where a cell under 5 must stay inside
    the country, and so is `ahead`: how many are certified in six months if nobody is trained.
    `shared`: what the country shares with the reader. `gives_no_names`: it declares its counts.
    """

    code: str
    name: LocalizedText
    coverage: Coverage | None
    series: tuple[Coverage | None, ...]
    ahead: Estimate | None = None
    shared: SharedFigures = SharedFigures.ALL
    gives_no_names: bool = False


@dataclass(frozen=True)
class RegionWhole:
    """What the countries that are shown add up to. The bounds are those of Coverage; `least` is None
    where that of one country is not shown: then nobody outside it knows the lower one.
    """

    countries: int
    serving: int
    certified: int
    least: int | None


@dataclass(frozen=True)
class RegionCoverage:
    """The countries, and the sum of those whose coverage the reader sees by what the institutions
    deal with; `parts` None where it would let a cell under 5 be told.
    """

    countries: tuple[CountryCoverage, ...]
    parts: tuple[CoveragePart, ...] | None

    @property
    def shown(self) -> tuple[Coverage, ...]:
        """Returns the coverage of each country that has officials and whose figures are shown."""
        return tuple(
            each.coverage for each in self.countries if each.coverage and each.coverage.serving
        )

    @property
    def named(self) -> "RegionCoverage":
        """Returns the countries whose certified people are among those whose steps in a course are
        counted: what a country declares is of people whom nobody here knows.
        """
        named = (
            each
            for each in self.countries
            if each.shared is SharedFigures.ALL and not each.gives_no_names
        )
        return replace(self, countries=tuple(named))

    @property
    def whole(self) -> RegionWhole:
        """Returns what the countries that are shown add up to."""
        least = [one.least for one in self.shown if one.least is not None]
        return RegionWhole(
            countries=len(self.shown),
            serving=sum(one.serving for one in self.shown),
            certified=sum(one.certified for one in self.shown),
            least=sum(least) if len(least) == len(self.shown) else None,
        )


@dataclass(frozen=True)
class CourseSteps:
    """Persons of all countries on their way through one course, each counted once a step: enrolled,
    began to read, completed half of the open modules of an edition, completed it.
    """

    enrolled: int
    began: int
    halfway: int
    passed: int


@dataclass(frozen=True)
class WeekLoad:
    """How many events start in each of the weeks; `group` is None for all groups together."""

    group: GroupSummary | None
    counts: tuple[int, ...]


# Counts of countries that give no names.


@dataclass(frozen=True)
class InstitutionCount:
    """What was declared of an institution: posts, how many somebody holds, and how many of those
    with a valid certificate.
    """

    institution: "TaggedInstitution"
    posts: int
    serving: int
    trained: int

    @property
    def share(self) -> float | None:
        return self.trained / self.serving if self.serving else None


@dataclass(frozen=True)
class CountsOfDay:
    """What a country declared on a day."""

    on: date
    counts: tuple[InstitutionCount, ...]

    @property
    def lowest_first(self) -> list[InstitutionCount]:
        """Returns the counts with the smallest share first, and last those where nobody serves."""
        return sorted(self.counts, key=lambda one: 2.0 if one.share is None else one.share)


@dataclass(frozen=True)
class DeclaredCounts:
    """All that a country declared, in order, and since when it gives no names."""

    since: date
    days: tuple[CountsOfDay, ...] = ()

    def on(self, day: date) -> CountsOfDay | None:
        """Returns what stands on a day: the last that was declared until then."""
        return next((one for one in reversed(self.days) if one.on <= day), None)


# Institutions, their posts and who holds them.


@dataclass(frozen=True)
class TaggedInstitution:
    """An institution of a country that may be at risk. `mandate` is what it deals with, `sector`
    its kind.
    """

    id: int
    name: LocalizedText
    sector: str
    mandate: Mandate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPost(PostSeat):
    """A target post with its title; `kind` is the key of the title."""

    title: LocalizedText
    kind: str


@dataclass(frozen=True)
class Vacancy:
    """A post in which nobody serves; `since` is the day on which its last holder no longer did, None
    where nobody ever held it.
    """

    post_id: int
    title: LocalizedText
    since: date | None


class ReasonKind(StrEnum):
    """Why an institution is at risk."""

    VACANT = "vacant"
    UNTRAINED = "untrained"
    ENDING = "ending"
    LEFT = "left"
    NEVER_CONFIRMED = "never-confirmed"
    UNCONFIRMED = "unconfirmed"
    BELOW = "below"
    LOSING = "losing"


@dataclass(frozen=True)
class Reason:
    """`count` of `of`: posts, people, certificates or, of UNCONFIRMED, days."""

    kind: ReasonKind
    count: int
    of: int = 0
    since: date | None = None


@dataclass(frozen=True)
class InstitutionState:
    """An institution on a day. `posts` are its posts in scope, `vacant` the longest vacant first.
    `ahead` is how many will be certified in six months if nobody is trained (80 %), `missing` how
    many certificates will lack to the floor then. People as ids: `to_enrol` have no certificate and
    do not take the course, `ending` hold one that ends within 90 days, of whom `to_renew` do not
    renew it yet; `left` did so within a year with a certificate, and of `to_ask` no handover note was
    asked. `longest`: how many without one have been in post for more than a year. `confirmed_on` is
    when somebody was confirmed last; `asking`: for successors to the vacant posts.
    """

    institution: TaggedInstitution
    coverage: Coverage
    posts: int
    vacant: tuple[Vacancy, ...]
    acting: int
    ahead: tuple[int, int]
    missing: int
    to_enrol: tuple[int, ...]
    longest: int
    ending: tuple[int, ...]
    to_renew: tuple[int, ...]
    left: tuple[int, ...]
    to_ask: tuple[int, ...]
    confirmed_on: date | None
    asking: SuccessorAsking = field(default_factory=SuccessorAsking)


class CourseState(StrEnum):
    """In which state somebody is in a course that their post asks for: with a certificate, taking
    it, with a certificate that ends within 90 days, or with nothing.
    """

    CERTIFIED = "certified"
    UNDERWAY = "underway"
    ENDING = "ending"
    NONE = "none"


@dataclass(frozen=True)
class PostCell:
    """Who serves in a kind of post, by their state in one course."""

    course: str
    people: Mapping[CourseState, tuple[int, ...]]


@dataclass(frozen=True)
class PostRow:
    """A kind of post of an institution. A cell for each course, None where it is not asked for."""

    institution: TaggedInstitution
    kind: str
    title: LocalizedText
    people: tuple[int, ...]
    vacant: tuple[Vacancy, ...]
    acting: tuple[PostTerm, ...]
    cells: tuple[PostCell | None, ...]


# One person's past: what is true of a day, and since when it is on record.


class PastKind(StrEnum):
    """What a line of a person's past tells."""

    STARTED = "started"
    ENDED = "ended"
    REOPENED = "reopened"
    CONFIRMED = "confirmed"
    DOUBTED = "doubted"
    ACTING = "acting"
    HOLDING = "holding"
    NOTE_ASKED = "note-asked"
    NOTE_RECEIVED = "note-received"
    CERTIFIED = "certified"
    REVOKED = "revoked"
    RECOGNISED = "recognised"
    TAKEN_BACK = "taken-back"
    CORRECTED = "corrected"


@dataclass(frozen=True)
class PastLine:
    """Something that is on record: since when it is true, and when it was recorded; None where that
    was not kept. `name` is a post or a course; `until` a last or first day, by the kind; `before` and
    `after` are of a correction of `field`.
    """

    kind: PastKind
    true_on: date | None
    recorded_on: date | None
    name: LocalizedText | None = None
    until: date | None = None
    reason: EndReason | None = None
    field: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class PostRecord:
    """An appointment with what was recorded of it, by day: `ends` in order, None where an end was
    taken back; `confirmed` every day on which somebody confirmed it.
    """

    appointment_id: int
    title: LocalizedText
    institution: LocalizedText
    valid_from: date
    valid_until: date | None
    recorded_on: date | None
    end_recorded_on: date | None
    ends: tuple[tuple[date, date | None], ...]
    confirmed: tuple[date, ...]


@dataclass(frozen=True)
class KeptCertificate:
    """A certificate of ours, or training elsewhere that was recognised, with when it was recorded and,
    if so, revoked or taken back.
    """

    course: LocalizedText
    completed_on: date
    recorded_on: date
    last_valid_on: date | None
    ended_on: date | None
    is_recognised: bool


@dataclass(frozen=True)
class RecordCorrection:
    """A mistake of the record that was put right on a day."""

    field: str
    appointment_id: int | None
    before: str
    after: str
    recorded_on: date


@dataclass(frozen=True)
class BelievedPost:
    """A post as it stood on record; `words` as it was called where that was put right since."""

    words: str
    post: PostRecord
    until: date | None
    confirmed_on: date | None


@dataclass(frozen=True)
class PersonBelief:
    """A person as they stood on record."""

    full_name: str
    posts: tuple[BelievedPost, ...]
    certificates: tuple[KeptCertificate, ...]
