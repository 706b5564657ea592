"""Coverage of a country, its report, whom to act on, and the region.

Each function asks the policy before anything is read; those above it that only load appointments
and certificates are not scoped by actor.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    distinct,
    exists,
    false,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from app.infra.body import counted_course
from app.infra.orm import not_over
from app.kernel import dated
from app.kernel.actor import Actor, Role
from app.kernel.paging import Paging
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import NotFound
from app.kernel.small_numbers import is_enough, is_small
from app.kernel.text import LocalizedText
from app.people.directory.models import Appointment, Institution, Person, Post
from app.people.directory.policy import shared_with
from app.people.directory.queries import roster
from app.people.directory.queries.institutions import has_womens_mechanism
from app.people.directory.queries.roster import CountryName
from app.people.directory.rules.institutions import mandate_of
from app.people.directory.rules.people import GivesNoNames, last_known_day
from app.people.directory.values import EndReason, SharedFigures
from app.people.identity.models import Account
from app.planning.events.queries.references import WORKING_GROUP
from app.planning.programme.queries.load import events_that_count
from app.planning.programme.queries.programme import all_groups
from app.planning.programme.rules import caps_of
from app.planning.scheduling.queries.settings import book_of
from app.training.certificates.models import Certificate, Revocation
from app.training.certificates.queries.register import not_expired
from app.training.certificates.rules import local_day, over_on
from app.training.certificates.values import CertificateKind
from app.training.learning.models import (
    Completion,
    Course,
    CourseEdition,
    Enrolment,
    Module,
    UnitProgress,
)
from app.training.recognised.models import RecognisedTraining
from app.training.requests.queries import successor_letters
from app.training.requests.rules import asking
from app.training.turnover import policy
from app.training.turnover.queries import offices
from app.training.turnover.queries.declared import declared_counts
from app.training.turnover.queries.kept import Reading, kept_figures
from app.training.turnover.rules import acts, coverage, forecast, load, separation, survival
from app.training.turnover.rules.declared import coverage_declared, figures_declared
from app.training.turnover.rules.offices import institution_states, with_taking
from app.training.turnover.rules.spans import CountryTraining, Spans, on_day, spans_by_person
from app.training.turnover.values import (
    CertificateLife,
    Concern,
    CountryCoverage,
    CountryDetail,
    CountsOfDay,
    CourseName,
    CourseSteps,
    Coverage,
    CoveragePart,
    DeclaredCounts,
    Exposure,
    Extent,
    Forecast,
    InstitutionState,
    NamedPerson,
    NoteCounts,
    PostSeat,
    PostTerm,
    Prior,
    RegionCoverage,
    Retention,
    ToAct,
    TurnoverFigures,
    WeekLoad,
)


def _within(is_of_country: bool) -> ColumnElement[bool]:
    """Returns the condition for appointments to target posts that were open on some day from
    `first` to `last`.
    """
    return and_(
        Post.is_target,
        Appointment.valid_from <= bindparam("last"),
        not_over(Appointment, bindparam("first")),
        Institution.country_code == bindparam("country") if is_of_country else true(),
    )


def _terms(
    is_of_country: bool,
) -> Select[
    str, int, date, date | None, date | None, date | None, str, str, int, int, str, date | None
]:
    return (
        select(
            Institution.country_code,
            Appointment.person_id,
            Appointment.valid_from,
            Appointment.valid_until,
            Appointment.confirmed_on,
            Appointment.doubted_on,
            Institution.kind,
            Institution.mandate,
            Institution.id,
            Post.id,
            Appointment.end_reason,
            Appointment.end_recorded_on,
        )
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(_within(is_of_country))
    )


def _people_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Counts the persons who have an enrolment of which the condition holds."""
    return func.count(distinct(case((condition, Enrolment.person_id))))


_TERMS, _TERMS_OF_COUNTRY = _terms(False), _terms(True)
_PERSONS = (
    select(Appointment.person_id)
    .join(Post, Post.id == Appointment.post_id)
    .join(Institution, Institution.id == Post.institution_id)
    .where(_within(True))
)
_EDITIONS_OF_COURSE = (
    select(CourseEdition.id)
    .join(Course, Course.id == CourseEdition.course_id)
    .where(Course.slug == bindparam("course"))
)
_CERTIFICATES = (
    select(
        Certificate.person_id,
        Certificate.completed_on,
        Certificate.last_valid_on,
        Revocation.revoked_at,
        Certificate.course_edition_id,
    )
    .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
    .where(
        Certificate.kind == CertificateKind.COMPLETION,
        Certificate.course_edition_id.in_(_EDITIONS_OF_COURSE),
        Certificate.completed_on <= bindparam("last"),
    )
)
_HOLDINGS = _CERTIFICATES.where(not_expired(bindparam("first")))
_HOLDINGS_OF_COUNTRY = _HOLDINGS.where(Certificate.person_id.in_(_PERSONS))
_ELSEWHERE = (
    select(
        RecognisedTraining.person_id,
        RecognisedTraining.completed_on,
        RecognisedTraining.last_valid_on,
    )
    .join(Course, Course.id == RecognisedTraining.course_id)
    .where(
        Course.slug == bindparam("course"),
        RecognisedTraining.accepted_at.is_not(None),
        RecognisedTraining.ended_at.is_(None),
        RecognisedTraining.completed_on <= bindparam("last"),
        or_(
            RecognisedTraining.last_valid_on.is_(None),
            RecognisedTraining.last_valid_on >= bindparam("first"),
        ),
    )
)
_ELSEWHERE_OF_COUNTRY = _ELSEWHERE.where(RecognisedTraining.person_id.in_(_PERSONS))
_ELSEWHERE_AMONG = _ELSEWHERE.where(
    RecognisedTraining.person_id.in_(bindparam("people", expanding=True))
)
_CERTIFICATES_AMONG = _CERTIFICATES.where(
    Certificate.person_id.in_(bindparam("people", expanding=True))
)
_ENROLLED = select(Enrolment.person_id).where(
    Enrolment.person_id.in_(_PERSONS), Enrolment.edition_id.in_(_EDITIONS_OF_COURSE)
)
_TAKING = _ENROLLED.where(Enrolment.closed_at.is_(None))
_OF_COURSE = Enrolment.course_id.in_(select(Course.id).where(Course.slug == bindparam("course")))
_AMONG_NEWCOMERS = Enrolment.person_id.in_(bindparam("newcomers", expanding=True))
_ENROLLED_OF = select(Enrolment.person_id).where(_OF_COURSE, _AMONG_NEWCOMERS)
_LEARNERS = union_all(
    select(Enrolment.person_id, true()).where(_OF_COURSE, Enrolment.closed_at.is_(None)),
    select(Enrolment.person_id, false()).where(_OF_COURSE, _AMONG_NEWCOMERS),
)
"""Who takes the course now, wherever they serve, which an index holds alone; and those of a few people
who ever enrolled.
"""
_BEGAN = or_(
    exists().where(UnitProgress.enrolment_id == Enrolment.id),
    exists().where(Completion.enrolment_id == Enrolment.id),
)
_PASSED = exists().where(Completion.enrolment_id == Enrolment.id, Completion.module_id.is_(None))
_MODULES_DONE = (
    select(func.count(Completion.module_id))
    .where(Completion.enrolment_id == Enrolment.id, Completion.module_id.is_not(None))
    .scalar_subquery()
)
_MODULES_OPEN = (
    select(func.count(Module.id))
    .where(Module.edition_id == Enrolment.edition_id, Module.is_available)
    .scalar_subquery()
)
_HALFWAY = and_(_MODULES_DONE > 0, 2 * _MODULES_DONE >= _MODULES_OPEN)
_LEFT_OUT = (
    select(Appointment.person_id)
    .join(Post, Post.id == Appointment.post_id)
    .join(Institution, Institution.id == Post.institution_id)
    .where(Institution.country_code.in_(bindparam("left_out", expanding=True)))
)
_STEPS = (
    select(
        func.count(distinct(Enrolment.person_id)),
        _people_where(_BEGAN),
        _people_where(or_(_PASSED, _HALFWAY)),
        _people_where(_PASSED),
    )
    .select_from(Enrolment)
    .where(Enrolment.edition_id.in_(_EDITIONS_OF_COURSE), Enrolment.person_id.not_in(_LEFT_OUT))
)
_NAMES = (
    select(
        Person.id,
        Person.own_name,
        Post.title,
        Institution.name,
        Appointment.id,
        Appointment.note_asked_on,
        Appointment.note_received_on,
    )
    .join(Appointment, Appointment.person_id == Person.id)
    .join(Post, Post.id == Appointment.post_id)
    .join(Institution, Institution.id == Post.institution_id)
    .where(
        Person.id.in_(bindparam("people", expanding=True)),
        Institution.country_code == bindparam("country"),
    )
    .order_by(Appointment.valid_from, Appointment.id)
)
_COURSES = select(Course.slug, Course.title).order_by(Course.id)
_MODULES = (
    select(Course.slug, Course.title, CourseEdition.label, Module.number, Module.is_available)
    .outerjoin(
        CourseEdition,
        and_(CourseEdition.course_id == Course.id, Course.slug == bindparam("course")),
    )
    .outerjoin(Module, Module.edition_id == CourseEdition.id)
    .order_by(Course.id, CourseEdition.published_at.desc(), CourseEdition.id.desc(), Module.number)
)


def terms_by_country(
    db: Session, country_code: str | None, first: date, last: date
) -> dict[str, list[PostTerm]]:
    """Returns the appointments to target posts that were open on some day from `first` to `last`,
    by country; None for all countries.
    """
    given = {"first": first, "last": last}
    if country_code is None:
        rows = db.execute(_TERMS, given)
    else:
        rows = db.execute(_TERMS_OF_COUNTRY, {**given, "country": country_code})
    terms: defaultdict[str, list[PostTerm]] = defaultdict(list)
    for (
        code,
        person_id,
        valid_from,
        valid_until,
        confirmed_on,
        doubted_on,
        kind,
        mandate,
        institution_id,
        post_id,
        end_reason,
        end_recorded_on,
    ) in rows:
        terms[code].append(
            PostTerm(
                person_id=person_id,
                valid_from=valid_from,
                valid_until=valid_until,
                last_known_on=last_known_day(valid_until, confirmed_on, doubted_on),
                mandate=mandate_of(kind, mandate),
                institution_id=institution_id,
                post_id=post_id,
                end_reason=EndReason(end_reason) if end_reason else None,
                end_recorded_on=end_recorded_on,
            )
        )
    return terms


def seats_of(db: Session, country_code: str) -> list[PostSeat]:
    """Returns the target posts of a country, each in scope from the day on which somebody first held
    it; one that nobody held yet always was.
    """
    return [*offices.posts_of_country(db, country_code).posts]


def holdings_of(
    db: Session, country_code: str | None, first: date, last: date, course: str = ""
) -> list[CertificateLife]:
    """Returns the certificates of one course that were valid on some day; with a country, only of
    people who served there. Every edition counts: what was learnt from an earlier version of the
    Guidelines counts until it expires.
    """
    course = course or counted_course()
    given = {"course": course, "first": first, "last": last}
    if country_code is None:
        rows = db.execute(_HOLDINGS, given)
    else:
        rows = db.execute(_HOLDINGS_OF_COUNTRY, {**given, "country": country_code})
    return [
        CertificateLife(
            person_id, completed_on, over_on_day(last_valid_on, revoked_at), edition_id or 0
        )
        for person_id, completed_on, last_valid_on, revoked_at, edition_id in rows
    ]


def elsewhere_of(
    db: Session, country_code: str | None, first: date, last: date, course: str = ""
) -> list[CertificateLife]:
    """Returns the training of other platforms that stands for the course, as `holdings_of` does the
    certificates. What was taken back counts on no day, not even before it was.
    """
    given = {"course": course or counted_course(), "first": first, "last": last}
    if country_code is None:
        rows = db.execute(_ELSEWHERE, given)
    else:
        rows = db.execute(_ELSEWHERE_OF_COUNTRY, {**given, "country": country_code})
    return [
        CertificateLife(person_id, completed_on, over_on(last_valid_on))
        for person_id, completed_on, last_valid_on in rows
    ]


def recognised_among(
    db: Session, person_ids: Collection[int], on: date, course: str = ""
) -> frozenset[int]:
    """Returns those of the persons whose training elsewhere stands for the course on the day; one
    statement.
    """
    given = {
        "people": list(person_ids),
        "course": course or counted_course(),
        "first": on,
        "last": on,
    }
    return frozenset(row.person_id for row in db.execute(_ELSEWHERE_AMONG, given))


def enrolled_among(
    db: Session, country_code: str, first: date, last: date, course: str = ""
) -> Collection[int]:
    """Returns who served there on some day of the span and ever enrolled in the course."""
    course = course or counted_course()
    given = {"country": country_code, "first": first, "last": last, "course": course}
    return set(db.scalars(_ENROLLED, given))


def taking_among(db: Session, country_code: str, on: date, course: str = "") -> Collection[int]:
    """Returns who serves there on the day and takes the course now. Who completed it does not, not
    even once the certificate has ended.
    """
    given = {"country": country_code, "first": on, "last": on, "course": course or counted_course()}
    return set(db.scalars(_TAKING, given))


def learners_of(
    db: Session, course: str, *, newcomers: Collection[int], serving: Collection[int]
) -> tuple[Collection[int], Collection[int]]:
    """Returns which of the newcomers ever enrolled in the course, and who of those serving takes it
    now; one statement, which does not read the staff of the country again.
    """
    rows = db.execute(_LEARNERS, {"course": course, "newcomers": list(newcomers)}).all()
    taking = {person for person, is_open in rows if is_open and person in serving}
    return {person for person, is_open in rows if not is_open}, taking


def names_of(
    db: Session,
    person_ids: Collection[int],
    country_code: str,
    enrolled: Collection[int],
    recognised: Collection[int] = (),
) -> dict[int, NamedPerson]:
    """Returns names with the latest post in the country, in one statement. `enrolled`: who
    takes the course; `recognised`: whose training elsewhere stands for it.
    """
    rows = db.execute(_NAMES, {"people": list(person_ids), "country": country_code})
    return {
        person_id: NamedPerson(
            person_id=person_id,
            full_name=full_name,
            post=post,
            institution=institution,
            is_enrolled=person_id in enrolled,
            is_recognised=person_id in recognised,
            appointment_id=appointment_id,
            note_asked_on=asked_on,
            note_received_on=received_on,
        )
        for person_id, full_name, post, institution, appointment_id, asked_on, received_on in rows
    }


def certified_among(
    db: Session, person_ids: Collection[int], on: date, course: str = ""
) -> frozenset[int]:
    """Returns those of the persons who hold a valid certificate of the course on the day; one
    statement.
    """
    course = course or counted_course()
    given = {"people": list(person_ids), "course": course, "last": on}
    rows = db.execute(_CERTIFICATES_AMONG, given)
    return frozenset(
        person_id
        for person_id, _completed_on, last_valid_on, revoked_at, _edition_id in rows
        if dated.not_over(over_on_day(last_valid_on, revoked_at), on)
    )


def has_account(db: Session, person_id: int) -> bool:
    """Returns True for a person who can sign in."""
    return db.scalar(select(Account.id).where(Account.person_id == person_id)) is not None


def courses(db: Session) -> tuple[CourseName, ...]:
    """Returns every published course, the one that is counted by default first."""
    return _counted_first(CourseName(slug, title) for slug, title in db.execute(_COURSES))


def _counted_first(names: Iterable[CourseName]) -> tuple[CourseName, ...]:
    return tuple(sorted(names, key=lambda one: one.slug != counted_course()))


def courses_and_extents(
    db: Session, course: str
) -> tuple[tuple[CourseName, ...], tuple[Extent, ...]]:
    """Returns what `courses` does, and which modules certificates of one course stand for, the
    latest edition first; editions with the same modules together. One statement.
    """
    names: dict[str, CourseName] = {}
    taken: dict[str, list[int]] = {}
    announced: Counter[str] = Counter()
    rows: Iterable[Any] = db.execute(_MODULES, {"course": course})
    for slug, title, label, number, is_available in rows:
        names[slug] = CourseName(slug, title)
        if number is None:
            continue
        taken.setdefault(label, []).extend([number] if is_available else [])
        announced[label] += 1
    editions: dict[tuple[tuple[int, ...], int], list[str]] = {}
    for label, numbers in taken.items():
        editions.setdefault((tuple(numbers), announced[label]), []).append(label)
    extents = tuple(
        Extent(tuple(labels), numbers, total) for (numbers, total), labels in editions.items()
    )
    return _counted_first(names.values()), extents


@lru_cache(maxsize=8192)
def over_on_day(last_valid_on: date | None, revoked_at: datetime | None) -> date | None:
    """Returns the first day on which a certificate is expired or revoked."""
    revoked_on = None if revoked_at is None else local_day(revoked_at, REFERENCE_ZONE)
    return over_on(last_valid_on, revoked_on)


# The answers: a country's coverage, its report, the region.

MONTHS = 24
WINDOW = timedelta(days=730)
LONGEST_LIST = 5
LISTED = 25
CONFIRMED_FIRST = 6
ONE_BY_ONE = 2
"""Up to so many countries are read each by itself; more are read together."""
EVER = date(1990, 1, 1)


@dataclass(frozen=True)
class ActList:
    """How many there are, how many of them do not take the course and, inside the country only, the
    first names.
    """

    total: int
    people: Sequence[tuple[NamedPerson, date]] = ()
    to_enrol: int = 0
    notes: NoteCounts | None = None


@dataclass(frozen=True)
class CountryReport:
    """All of a country's page. Outside the country no list has names, and what would show a cell
    under 5 is None for everybody but the secretariat. `parts`: the coverage by what the
    institutions deal with. `lacks_womens_mechanism`: none is on record (requirement R10 of the
    first user). `institutions`: the one at the greatest risk first; None for whoever reads no small
    cell. `shared`: what the country shares with the reader; the rest is None. `gives_no_names`: the
    figures are declared, and `declared` are those of each institution, None for whoever reads no
    small cell. `to_confirm`: the first by name of whom nobody knows whether they still serve, inside
    the country only.
    """

    country: CountryName
    is_inside: bool
    coverage: Coverage | None
    series: tuple[Coverage | None, ...]
    forecast: Forecast | None = None
    exposure: Exposure | None = None
    retention: Retention | None = None
    lists: dict[str, ActList | None] = field(default_factory=dict)
    parts: tuple[CoveragePart, ...] | None = None
    lacks_womens_mechanism: bool = False
    institutions: tuple[InstitutionState, ...] | None = None
    shared: SharedFigures = SharedFigures.ALL
    gives_no_names: bool = False
    declared: CountsOfDay | None = None
    to_confirm: tuple[int, ...] = ()


@dataclass(frozen=True)
class OwnCoverage:
    """Whoever just passed sees how their certificate moved the figure of their country. `floor`: the
    share below which it must not fall, 0 to 1.
    """

    name: LocalizedText
    coverage: Coverage
    floor: float = forecast.FLOOR


def country_coverage(
    db: Session, *, actor: Actor, country_code: str, on: date, course: str = ""
) -> Coverage | None:
    """Returns the coverage of one course on a day, in four statements, or two where it is declared.

    Returns None when it must not be seen outside the country, and where the country shares none.
    """
    course = course or counted_course()
    policy.require_may_see_country(actor, country_code)
    country = roster.country_of(db, country_code)
    if country is None:
        raise NotFound
    if shared_of(actor, country) is SharedFigures.NOTHING:
        return None
    if country.gives_no_names:
        (now,) = coverage_declared((on,), _declared(db, course)[country_code])
        return now if policy.sees_small_cells(actor, country_code) else coverage.in_public(now)
    terms = terms_by_country(db, country_code, on, on).get(country_code, [])
    (now,) = coverage.coverage_on(
        (on,),
        terms,
        holdings_of(db, country_code, on, on, course),
        elsewhere_of(db, country_code, on, on, course),
    )
    return now if policy.sees_small_cells(actor, country_code) else coverage.in_public(now)


def shared_by(db: Session, *, actor: Actor, country_code: str) -> SharedFigures:
    """Returns what a country shares of its figures with the actor."""
    policy.require_may_see_country(actor, country_code)
    country = roster.country_of(db, country_code)
    if country is None:
        raise NotFound
    return shared_of(actor, country)


def shared_of(actor: Actor, country: CountryName, *, handed_on: bool = False) -> SharedFigures:
    """Returns what the actor reads of a country's figures; `handed_on`: what everybody may."""
    return shared_with(None if handed_on else actor, country.code, country.shares_figures)


def _declared(db: Session, course: str) -> dict[str, DeclaredCounts]:
    """Returns what the countries that give no names declared of a course. Only the counted one is
    declared.
    """
    found = declared_counts(db)
    if course == counted_course():
        return found
    return {code: replace(declared, days=()) for code, declared in found.items()}


def own_coverage(db: Session, *, actor: Actor, on: date, course: str = "") -> OwnCoverage | None:
    """Returns the country in which the actor serves, as everybody may read it, once the actor
    counts in it.

    None for whoever serves nowhere, holds no valid certificate or held another one already, and
    where the figures would show a cell under 5.
    """
    course = course or counted_course()
    code = next(iter(sorted(actor.scopes(Role.OFFICIAL))), "")
    country = roster.country_of(db, code) if code else None
    if country is None or shared_with(None, code, country.shares_figures) is SharedFigures.NOTHING:
        return None
    terms = terms_by_country(db, code, on, on).get(code, [])  # none where it gives no names
    holdings = holdings_of(db, code, on, on, course)
    if all(row.person_id != actor.person_id for row in terms):
        return None
    if sum(row.person_id == actor.person_id for row in holdings) != 1:
        return None
    (now,) = coverage.coverage_on((on,), terms, holdings)
    shown = coverage.in_public(now)
    return None if shown is None else OwnCoverage(country.name, shown)


def country_report(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    on: date,
    course: str = "",
    handed_on: bool = False,
) -> CountryReport:
    """Returns the country's page on a day; the number of statements does not depend on how many
    serve. `handed_on`: as it may be read outside the country, whoever asks.
    """
    course = course or counted_course()
    policy.require_may_see_country(actor, country_code)
    countries = roster.countries(db)
    country = next((one for one in countries if one.code == country_code), None)
    if country is None:
        raise NotFound
    on = policy.day_read(actor, country_code, on)
    figures = figures_of_countries(db, on, course, detailed=country_code, countries=countries)
    own = figures[country_code]
    detail = own.detail
    assert detail is not None  # noqa: S101 - asked for in the line above
    lacks = detail.lacks_womens_mechanism
    if lacks is None:
        lacks = not has_womens_mechanism(db, country_code)
    shared = shared_of(actor, country)
    if shared is not SharedFigures.ALL:
        return _not_shared(actor, country, own, lacks=lacks)
    if own.declared is not None:
        sees_all = not handed_on and policy.sees_small_cells(actor, country_code)
        report = _declared_report(country, own, on, sees_all=sees_all)
        return replace(report, lacks_womens_mechanism=lacks)
    newcomers = {person for person, _since in detail.concerned.newcomers}
    enrolled, taking = learners_of(db, course, newcomers=newcomers, serving=detail.serving)
    concerned = acts.without(detail.concerned, enrolled)
    prior = prior_of(figures, country_code)
    if handed_on or not policy.sees_small_cells(actor, country_code):
        report = _outside(country, own, prior, detail.retention, concerned)
        shown = None if report.coverage is None else coverage.parts_in_public(own.parts)
        return replace(report, parts=shown, lacks_womens_mechanism=lacks)
    now, is_inside = own.series[-1], policy.is_inside(actor, country_code)
    lists = (
        _lists(db, country_code, concerned, taking, detail=detail)
        if is_inside
        else _totals(concerned)
    )
    return CountryReport(
        country=country,
        is_inside=is_inside,
        coverage=now,
        series=own.series,
        forecast=forecast.forecast(now, own.exposure, own.ends, prior=prior),
        exposure=own.exposure,
        retention=detail.retention,
        lists=lists,
        parts=own.parts,
        lacks_womens_mechanism=lacks,
        institutions=with_taking(detail.institutions, taking),
        to_confirm=detail.to_confirm if is_inside else (),
    )


@dataclass(frozen=True)
class CountryToday:
    """What home says of a country: its coverage as the reader may see it, and how many newcomers have
    not begun the course, None where the reader may not know.
    """

    coverage: Coverage | None
    not_begun: int | None


def country_today(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    on: date,
    countries: Sequence[CountryName],
) -> CountryToday:
    """Returns these two numbers of the country's page without all else that it shows; one or two
    statements where nothing changed since. `countries`: all of them.
    """
    policy.require_may_see_country(actor, country_code)
    country = next((one for one in countries if one.code == country_code), None)
    if country is None:
        raise NotFound
    on, course = policy.day_read(actor, country_code, on), counted_course()
    own = figures_of_countries(db, on, course, detailed=country_code, countries=countries)[
        country_code
    ]
    shared, sees_all = shared_of(actor, country), policy.sees_small_cells(actor, country_code)
    now = own.series[-1] if sees_all else coverage.in_public(own.series[-1])
    if shared is not SharedFigures.ALL or own.declared is not None or own.detail is None:
        return CountryToday(None if shared is SharedFigures.NOTHING else now, None)
    newcomers = [person for person, _since in own.detail.concerned.newcomers]
    given = {"course": course, "newcomers": newcomers}
    enrolled = set(db.scalars(_ENROLLED_OF, given)) if newcomers else set()
    not_begun = sum(person not in enrolled for person in newcomers)
    return CountryToday(now, not_begun if sees_all or is_enough(not_begun) else None)


def _not_shared(
    actor: Actor, country: CountryName, own: TurnoverFigures, *, lacks: bool
) -> CountryReport:
    """Returns the page of a country that shares no more than its coverage, or not even that."""
    shared = shared_of(actor, country)
    series: tuple[Coverage | None, ...] = (None,) * len(own.series)
    if shared is SharedFigures.TRAINED:
        sees_all = policy.sees_small_cells(actor, country.code)
        series = own.series if sees_all else _public(own.series)
    return CountryReport(
        country=country,
        is_inside=False,
        coverage=series[-1],
        series=series,
        lists=dict.fromkeys(_by_name(ToAct((), (), (), ()))),
        lacks_womens_mechanism=lacks,
        shared=shared,
        gives_no_names=own.declared is not None,
    )


def _declared_report(
    country: CountryName, own: TurnoverFigures, on: date, *, sees_all: bool
) -> CountryReport:
    """Returns the page of a country that gives no names: counts, no list and no forecast."""
    shown = own.series if sees_all else _public(own.series)
    return CountryReport(
        country=country,
        is_inside=False,
        coverage=shown[-1],
        series=tuple(shown),
        parts=own.parts
        if sees_all
        else None
        if shown[-1] is None
        else coverage.parts_in_public(own.parts),
        gives_no_names=True,
        declared=own.declared.on(on) if own.declared and sees_all else None,
    )


def states_of_institutions(
    db: Session, *, actor: Actor, country_code: str, on: date
) -> tuple[CountryName, tuple[InstitutionState, ...]]:
    """Returns every institution of a country, the one at the greatest risk first, by the counted
    course. Refuses as if there were nothing whoever reads no small cell.
    """
    policy.require_may_see_country(actor, country_code)
    country = roster.country_of(db, country_code)
    if country is None or not policy.sees_small_cells(actor, country_code):
        raise NotFound
    policy.require_shares_all(actor, country_code, country.shares_figures)
    on, course = policy.day_read(actor, country_code, on), counted_course()
    own = figures_of_countries(db, on, course, detailed=country_code)[country_code]
    if own.declared is not None:
        raise GivesNoNames
    detail = own.detail
    assert detail is not None  # noqa: S101 - asked for in the line above
    taking = taking_among(db, country_code, on, course)
    return country, with_taking(detail.institutions, taking)


def figures_of_countries(
    db: Session,
    on: date,
    course: str,
    *,
    detailed: str = "",
    countries: Sequence[CountryName] | None = None,
) -> dict[str, TurnoverFigures]:
    """Returns the figures of all countries, which are worked out anew only where a fact concerned
    them; of the country `detailed` with what its own page says. `countries`: all of them, where the
    caller has read them.
    """
    reading = kept_figures(db, on, course)
    countries = countries or roster.countries(db)
    codes = [country.code for country in countries]
    worked_out = {}
    own = reading.figures.get(detailed)
    months = coverage.month_days(on, MONTHS)
    is_detail_stale = detailed and (own is None or own.detail is None)
    is_stale = is_detail_stale or len(reading.figures) < len(codes)
    if is_stale and any(country.gives_no_names for country in countries):
        for code, declared in _declared(db, course).items():
            worked_out[code] = figures_declared(on, months, declared)
            own = worked_out[code] if code == detailed else own
    if detailed and (own is None or own.detail is None):
        worked_out[detailed] = _worked_out(db, reading, detailed, on, course)
    stale = [code for code in codes if code not in reading.figures and code not in worked_out]
    since = min(months[0], on - WINDOW)
    for asked in [None] if len(stale) > ONE_BY_ONE else stale:
        terms = terms_by_country(db, asked, since, on)
        holdings = _by_country(terms, holdings_of(db, asked, since, on, course))
        elsewhere = _by_country(terms, elsewhere_of(db, asked, since, on, course))
        for code in stale if asked is None else [asked]:
            own_terms = terms.get(code, [])
            people = frozenset(term.person_id for term in own_terms)
            own_training = CountryTraining(
                on, people, holdings.get(code, []), elsewhere.get(code, [])
            )
            worked_out[code] = _figures_of(on, own_terms, own_training, spans_by_person(own_terms))
    if worked_out:
        reading.put(worked_out)
    return {**reading.figures, **worked_out}


def _figures_of(
    on: date, terms: Sequence[PostTerm], training: CountryTraining, served: Spans
) -> TurnoverFigures:
    serving = on_day(terms, on)
    days = coverage.month_days(on, MONTHS)
    return TurnoverFigures(
        series=coverage.coverage_on(days, terms, training.holdings, training.elsewhere),
        parts=coverage.by_mandate(on, serving, training.valid, training.elsewhere),
        exposure=separation.exposure_in(served, training.held, on - WINDOW, on),
        ends=forecast.certificate_ends(on, serving, training.valid),
    )


def _worked_out(
    db: Session, reading: Reading, country_code: str, on: date, course: str
) -> TurnoverFigures:
    terms = offices.holders_of(db, country_code, on)
    training = _training_of(db, reading, country_code, terms)
    served = spans_by_person(terms)
    known = offices.posts_of_country(db, country_code)
    figures = _figures_of(on, terms, training, served)
    concerned = acts.to_act(terms, training.holdings, (), on)
    institutions = institution_states(
        known.institutions,
        known.posts,
        terms,
        training.valid,
        training.elsewhere,
        counted=figures.exposure,
        concerned=concerned,
        on=on,
    )
    letters = successor_letters(db, country_code=country_code)
    institutions = tuple(
        replace(one, asking=asking({post.post_id for post in one.vacant}, letters, on))
        for one in institutions
    )
    serving = on_day(terms, on)
    left = {person for person, _ in concerned.certified_left}
    detail = CountryDetail(
        serving=frozenset(term.person_id for term in serving),
        to_confirm=roster.first_by_name(db, acts.to_confirm(serving, on), CONFIRMED_FIRST),
        lacks_womens_mechanism=not has_womens_mechanism(db, country_code),
        notes=_notes(names_of(db, left, country_code, ()).values()),
        recognised=frozenset(one.person_id for one in on_day(training.elsewhere, on)),
        concerned=concerned,
        retention=survival.retention_in(served, training.held, on),
        vacant=sum(len(one.vacant) for one in institutions),
        institutions=institutions,
    )
    return replace(figures, detail=detail)


def _training_of(
    db: Session, reading: Reading, country_code: str, terms: Iterable[PostTerm]
) -> CountryTraining:
    """Returns the training of those who ever served in the country, as it is kept where no fact
    concerned it and nobody joined since.
    """
    people = frozenset(term.person_id for term in terms)
    kept = reading.training.get(country_code)
    if kept is not None and people <= kept.people:
        return kept
    on, course = reading.on, reading.course
    training = CountryTraining(
        on,
        people,
        holdings_of(db, country_code, EVER, on, course),
        elsewhere_of(db, country_code, on - WINDOW, on, course),
    )
    reading.put_training(country_code, training)
    return training


def prior_of(figures: Mapping[str, TurnoverFigures], country_code: str) -> Prior:
    """Returns the other countries' rate as the prior of one."""
    return forecast.regional_prior(
        one.exposure for code, one in figures.items() if code != country_code
    )


def region(
    db: Session, *, actor: Actor, on: date, course: str = "", handed_on: bool = False
) -> RegionCoverage:
    """Returns all countries with their last months, and their sum by what institutions deal with,
    in two statements; small cells hidden from other countries. `handed_on`: every country as it may
    be read outside, whoever asks.
    """
    course = course or counted_course()
    policy.require_may_see_region(actor)
    countries = roster.countries(db)
    figures = figures_of_countries(db, on, course, countries=countries)
    shown_countries = []
    summed: list[Sequence[CoveragePart]] = []
    only_summed: list[Sequence[CoveragePart]] = []
    for country in countries:
        own = figures[country.code]
        sees_all = not handed_on and policy.sees_small_cells(actor, country.code)
        shared = shared_of(actor, country, handed_on=handed_on)
        shown = own.series if sees_all else _public(own.series)
        if shared is SharedFigures.NOTHING:
            shown = (None,) * len(own.series)
        ahead = None
        if shown[-1] is not None and shared is SharedFigures.ALL:
            summed.append(own.parts)
            if handed_on or not _reads_parts(actor, country.code, own.parts):
                only_summed.append(own.parts)
            if own.declared is None and (sees_all or _is_told_outside(own)):
                prior = prior_of(figures, country.code)
                outlook = forecast.forecast(shown[-1], own.exposure, own.ends, prior=prior)
                ahead = outlook.certified if outlook else None
        shown_countries.append(
            CountryCoverage(
                code=country.code,
                name=country.name,
                coverage=shown[-1],
                series=tuple(shown),
                ahead=ahead,
                shared=shared,
                gives_no_names=own.declared is not None,
            )
        )
    total, rest = coverage.sum_of_parts(on, summed), coverage.sum_of_parts(on, only_summed)
    is_told = (policy.sees_all_small_cells(actor) and not handed_on) or None not in (
        coverage.parts_in_public(total),
        coverage.parts_in_public(rest),
    )
    return RegionCoverage(tuple(shown_countries), total if is_told else None)


def _reads_parts(actor: Actor, country_code: str, parts: Sequence[CoveragePart]) -> bool:
    """Returns True for who reads the country's parts on its own page, and could take them from the
    sum of the region.
    """
    return policy.sees_small_cells(actor, country_code) or (
        policy.may_see_country(actor, country_code) and coverage.parts_in_public(parts) is not None
    )


def course_steps(
    db: Session, *, actor: Actor, countries: Iterable[CountryCoverage], course: str = ""
) -> CourseSteps:
    """Returns the steps from enrolment to completion, of all countries together that share them:
    whoever serves or served in another counts in no step. `countries`: as `region` returns them.
    """
    policy.require_may_see_region(actor)
    left_out = [one.code for one in countries if one.shared is not SharedFigures.ALL]
    given = {"course": course or counted_course(), "left_out": left_out}
    return CourseSteps(*db.execute(_STEPS, given).one())


def calendar_load(db: Session, *, actor: Actor, mondays: Sequence[date]) -> tuple[WeekLoad, ...]:
    """Returns the events that start in each of the weeks, by working group and in all, as the actor
    may see them.

    Weeks are those of the reference zone.
    """
    policy.require_may_see_region(actor)
    zone = ZoneInfo(REFERENCE_ZONE)
    first = datetime.combine(mondays[0], time(), zone)
    last = datetime.combine(mondays[-1] + timedelta(days=7), time(), zone)
    entries = events_that_count(db, actor=actor, starts_at=first, ends_at=last)
    events = [
        (entry.starts_at.astimezone(zone).date(), entry.groups)
        for entry in entries
        if entry.starts_at is not None
    ]
    groups = [group for group in all_groups(db) if group.kind == WORKING_GROUP]
    return load.weeks_of_load(events, groups, mondays)


def group_week_limit(db: Session, on: date) -> int:
    """Returns how many events the rule book lets a group have in a week; 0 for no limit."""
    return caps_of(book_of(db), on).group_week


def _is_told_outside(figures: TurnoverFigures) -> bool:
    """Returns True where the forecast would tell neither how few left, nor whose certificates ended or
    end before the month that it is about.
    """
    ahead = forecast.AHEAD_MONTHS * forecast.DAYS_A_MONTH
    ending = sum(day <= ahead for day in figures.ends.of_all)
    losses = min(figures.exposure.certified_departures, figures.exposure.lapses)
    return is_enough(losses) and not is_small(ending)


@dataclass(frozen=True)
class NamedList:
    """A page of one of the lists to act on, with the names; of all pages `to_enrol` as in ActList, and
    how many handover notes are to be asked for.
    """

    country: CountryName
    people: Sequence[tuple[NamedPerson, date]]
    paging: Paging
    to_enrol: int
    to_ask: int


def act_list(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    on: date,
    name: str,
    number: int = 1,
    course: str = "",
) -> NamedList:
    """Returns everybody on one of the country's lists to act on, page by page; for those inside the
    country only.
    """
    course = course or counted_course()
    policy.require_may_see_country(actor, country_code)
    country = roster.country_of(db, country_code)
    if country is None or not policy.is_inside(actor, country_code):
        raise NotFound
    on = policy.day_read(actor, country_code, on)
    enrolled = enrolled_among(db, country_code, on - acts.NEW, on, course)
    concerned = _by_name(_concerned(db, country_code, on, course, enrolled)).get(name)
    if concerned is None:
        raise NotFound
    paging = Paging(len(concerned), LISTED, number)
    shown = concerned[paging.offset : paging.last]
    left = concerned if name == "certified_left" else ()
    wanted = {person for person, _ in (*shown, *left)}
    recognised = recognised_among(db, wanted, on, course)
    taking = taking_among(db, country_code, on, course)
    names = names_of(db, wanted, country_code, taking, recognised)
    return NamedList(
        country=country,
        people=[(names[person], day) for person, day in shown if person in names],
        paging=paging,
        to_enrol=sum(person not in taking for person, _ in concerned),
        to_ask=sum(person in names and names[person].is_note_to_ask for person, _ in left),
    )


def people_to_act_on(
    db: Session, *, actor: Actor, country_code: str, on: date, course: str = ""
) -> dict[str, tuple[int, ...]]:
    """Returns the person ids of every list to act on, by its name; for those inside the country
    only.

    Of `not_certified` those who do not take the course (`not_begun`) and those who do (`underway`)
    are given once more.
    """
    course = course or counted_course()
    policy.require_may_see_country(actor, country_code)
    if roster.country_of(db, country_code) is None or not policy.is_inside(actor, country_code):
        raise NotFound
    enrolled = enrolled_among(db, country_code, on - acts.NEW, on, course)
    lists = _by_name(_concerned(db, country_code, on, course, enrolled))
    ids = {name: tuple(person for person, _ in concerned) for name, concerned in lists.items()}
    without, taking = ids["not_certified"], taking_among(db, country_code, on, course)
    return {
        **ids,
        "not_begun": tuple(one for one in without if one not in taking),
        "underway": tuple(one for one in without if one in taking),
    }


def notes_to_ask(db: Session, *, actor: Actor, country_code: str, on: date) -> tuple[int, ...]:
    """Returns the people of `certified_left` of whom no handover note was asked or received yet.

    For those inside the country only.
    """
    left = people_to_act_on(db, actor=actor, country_code=country_code, on=on)["certified_left"]
    names = names_of(db, set(left), country_code, ())
    return tuple(one for one in left if one in names and names[one].is_note_to_ask)


def _concerned(
    db: Session, country_code: str, on: date, course: str, enrolled: Collection[int]
) -> ToAct:
    terms = terms_by_country(db, country_code, EVER, on).get(country_code, [])
    holdings = holdings_of(db, country_code, EVER, on, course)
    return acts.to_act(terms, holdings, enrolled, on)


def _outside(
    country: CountryName, own: TurnoverFigures, prior: Prior, kept: Retention, concerned: ToAct
) -> CountryReport:
    shown = _public(own.series)
    totals = {name: len(ids) for name, ids in _by_name(concerned).items()}
    lists = {name: ActList(total) if is_enough(total) else None for name, total in totals.items()}
    now = shown[-1]
    if now is None or not _is_told_outside(own):
        return CountryReport(
            country=country, is_inside=False, coverage=now, series=shown, lists=lists
        )
    return CountryReport(
        country=country,
        is_inside=False,
        coverage=now,
        series=shown,
        forecast=forecast.forecast(now, own.exposure, own.ends, prior=prior),
        exposure=own.exposure,
        retention=kept,
        lists=lists,
    )


def _public(series: Iterable[Coverage]) -> tuple[Coverage | None, ...]:
    return tuple(coverage.in_public(month) for month in series)


def _by_name(concerned: ToAct) -> dict[str, tuple[Concern, ...]]:
    return {
        "newcomers": concerned.newcomers,
        "lapsing": concerned.lapsing,
        "not_certified": concerned.not_certified,
        "certified_left": concerned.certified_left,
    }


def _totals(concerned: ToAct) -> dict[str, ActList | None]:
    """Returns how many there are in each list, naming nobody."""
    return {name: ActList(len(people)) for name, people in _by_name(concerned).items()}


def _lists(
    db: Session,
    country_code: str,
    concerned: ToAct,
    taking: Collection[int],
    *,
    detail: CountryDetail,
) -> dict[str, ActList | None]:
    """Returns the first names of each list, in one statement for all of them."""
    lists = _by_name(concerned)
    wanted = {person for people in lists.values() for person, _ in people[:LONGEST_LIST]}
    names = names_of(db, wanted, country_code, taking, detail.recognised)
    return {
        name: ActList(
            total=len(people),
            people=[(names[person], on) for person, on in people[:LONGEST_LIST] if person in names],
            to_enrol=sum(person not in taking for person, _ in people),
            notes=detail.notes if name == "certified_left" else None,
        )
        for name, people in lists.items()
    }


def _notes(people: Iterable[NamedPerson]) -> NoteCounts:
    left = list(people)
    received = sum(one.note_received_on is not None for one in left)
    to_ask = sum(one.is_note_to_ask for one in left)
    return NoteCounts(to_ask=to_ask, asked=len(left) - to_ask - received, received=received)


def _by_country(
    terms: dict[str, list[PostTerm]], holdings: Iterable[CertificateLife]
) -> dict[str, list[CertificateLife]]:
    held: dict[int, list[CertificateLife]] = {}
    for holding in holdings:
        held.setdefault(holding.person_id, []).append(holding)
    return {
        code: [h for person in {term.person_id for term in served} for h in held.get(person, ())]
        for code, served in terms.items()
    }
