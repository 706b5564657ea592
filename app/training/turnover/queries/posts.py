"""Posts by course, and one institution with its people: as the actor may see them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.infra.body import counted_course
from app.kernel import dated
from app.kernel.actor import Actor
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import NotFound
from app.people.directory.models import Appointment, Institution, Post
from app.people.directory.queries import roster
from app.people.directory.queries.roster import CountryName
from app.people.directory.rules.institutions import mandate_of
from app.people.directory.rules.people import GivesNoNames, post_kind
from app.training.certificates.models import Certificate, Revocation
from app.training.certificates.queries.register import not_expired
from app.training.certificates.values import CertificateKind
from app.training.learning.models import Course, CourseEdition, Enrolment
from app.training.turnover import policy
from app.training.turnover.models import PostCourse
from app.training.turnover.queries import figures, offices
from app.training.turnover.rules import offices as rules
from app.training.turnover.values import (
    CourseName,
    CourseState,
    InstitutionState,
    NamedPerson,
    PostRow,
    PostTerm,
    TaggedInstitution,
)

_SERVING = (
    select(Appointment.person_id)
    .join(Post, Post.id == Appointment.post_id)
    .join(Institution, Institution.id == Post.institution_id)
    .where(
        Post.is_target,
        Institution.country_code == bindparam("country"),
        Appointment.valid_from <= bindparam("on"),
        or_(Appointment.valid_until.is_(None), Appointment.valid_until > bindparam("on")),
    )
)
_ASKED = (
    select(PostCourse.post_id, Course.slug)
    .join(Course, Course.id == PostCourse.course_id)
    .join(Post, Post.id == PostCourse.post_id)
    .join(Institution, Institution.id == Post.institution_id)
    .where(Institution.country_code == bindparam("country"))
)
_HELD = (
    select(
        Course.slug,
        Certificate.person_id,
        Certificate.completed_on,
        Certificate.last_valid_on,
        Revocation.revoked_at,
    )
    .join(CourseEdition, CourseEdition.id == Certificate.course_edition_id)
    .join(Course, Course.id == CourseEdition.course_id)
    .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
    .where(
        Certificate.kind == CertificateKind.COMPLETION,
        Certificate.person_id.in_(_SERVING),
        Certificate.completed_on <= bindparam("on"),
        not_expired(bindparam("on")),
    )
)
_UNDERWAY = (
    select(Course.slug, Enrolment.person_id)
    .join(Course, Course.id == Enrolment.course_id)
    .where(
        Enrolment.person_id.in_(_SERVING),
        Enrolment.started_at < bindparam("until"),
        or_(Enrolment.closed_at.is_(None), Enrolment.closed_at >= bindparam("until")),
    )
)
_KINDS = (
    select(Post.id, Post.title, Post.is_target)
    .where(Post.institution_id == bindparam("institution"), Post.closed_on.is_(None))
    .order_by(Post.id)
)
_ASKED_OF_INSTITUTION = (
    select(PostCourse.post_id, Course.slug)
    .join(Course, Course.id == PostCourse.course_id)
    .join(Post, Post.id == PostCourse.post_id)
    .where(Post.institution_id == bindparam("institution"))
)
_PLACE = select(Institution).where(
    Institution.id == bindparam("institution"), Institution.country_code == bindparam("country")
)


@dataclass(frozen=True)
class PostTable:
    """Posts by course in a country on a day; `courses` are those that some post asks for."""

    country: CountryName
    is_inside: bool
    on: date
    courses: tuple[CourseName, ...]
    rows: tuple[PostRow, ...]


@dataclass(frozen=True)
class InstitutionReport:
    """One institution on a day, or one kind of its posts (`row`). `people` are those in each state
    of the course, with the day that matters, and `left` those who left with a certificate; names
    inside the country only.
    """

    country: CountryName
    is_inside: bool
    on: date
    state: InstitutionState
    course: CourseName
    courses: tuple[CourseName, ...]
    rows: tuple[PostRow, ...]
    row: PostRow | None
    contact_email: str
    counts: dict[CourseState, int]
    renewing: frozenset[int] = frozenset()
    people: Mapping[CourseState, Sequence[tuple[NamedPerson, date | None]]] = field(
        default_factory=dict
    )
    acting: Sequence[tuple[NamedPerson, PostTerm]] = ()
    left: Sequence[tuple[NamedPerson, date]] = ()


@dataclass(frozen=True)
class KindOfPost:
    """A kind of post of an institution, with how many there are and the courses it asks for."""

    kind: str
    title: str
    posts: int
    courses: frozenset[str]


@dataclass(frozen=True)
class AskedCourses:
    """What the posts of an institution ask for; `courses` are all that could be asked for."""

    country: CountryName
    institution: TaggedInstitution
    courses: tuple[CourseName, ...]
    kinds: tuple[KindOfPost, ...]


def post_table(db: Session, *, actor: Actor, country_code: str, on: date) -> PostTable:
    """Returns what each kind of post of the country asks for and in which states those are who serve
    in it, in a fixed number of statements.
    """
    country, on = _asked_of(db, actor, country_code, on)
    known = offices.posts_of_country(db, country_code)
    holders = offices.holders_of(db, country_code, on)
    table = _filled(db, country_code, known, holders, on)
    return PostTable(country, policy.is_inside(actor, country_code), on, table.courses, table.rows)


def institution_report(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    institution_id: int,
    on: date,
    kind: str = "",
    course: str = "",
) -> InstitutionReport:
    """Returns an institution, or one kind of its posts, in one course. Raises NotFound for what is
    not the country's, and for a kind or a course that is not there.
    """
    country, on = _asked_of(db, actor, country_code, on)
    _country, states = figures.states_of_institutions(
        db, actor=actor, country_code=country_code, on=on
    )
    state = next((one for one in states if one.institution.id == institution_id), None)
    place = db.scalar(_PLACE, {"institution": institution_id, "country": country_code})
    if state is None or place is None:
        raise NotFound
    known = offices.posts_of_country(db, country_code).of({institution_id})
    holders = [
        one
        for one in offices.holders_of(db, country_code, on)
        if one.institution_id == institution_id
    ]
    filled = _filled(db, country_code, known, holders, on)
    courses, rows = filled.courses, filled.rows
    chosen = next((one for one in courses if one.slug == (course or counted_course())), None)
    row = next((one for one in rows if one.kind == kind), None)
    if chosen is None or (kind and row is None):
        raise NotFound
    place_of = courses.index(chosen)
    by_state: dict[CourseState, list[int]] = {one: [] for one in CourseState}
    for each in rows if row is None else (row,):
        cell = each.cells[place_of]
        for one, who in cell.people.items() if cell else ():
            by_state[one].extend(person for person in who if person not in by_state[one])
    report = InstitutionReport(
        country=country,
        is_inside=policy.is_inside(actor, country_code),
        on=on,
        state=state,
        course=chosen,
        courses=courses,
        rows=rows,
        row=row,
        contact_email=place.contact_email,
        counts={one: len(who) for one, who in by_state.items()},
        renewing=frozenset(
            person
            for person in by_state[CourseState.ENDING]
            if (chosen.slug, person) in filled.underway
        ),
    )
    if not report.is_inside:
        return report
    return _with_names(db, report, by_state, holders, filled.last_days)


def _with_names(
    db: Session,
    report: InstitutionReport,
    by_state: dict[CourseState, list[int]],
    holders: Sequence[PostTerm],
    last_days: dict[tuple[str, int], date | None],
) -> InstitutionReport:
    """Returns the report with the names, in two more statements."""
    code, on = report.country.code, report.on
    serving = [one for one in holders if dated.in_force(one.valid_from, one.valid_until, on)]
    since: dict[int, date] = {}
    for one in serving:
        since[one.person_id] = min(one.valid_from, since.get(one.person_id, one.valid_from))
    wanted = {person for who in by_state.values() for person in who}
    wanted |= {one.person_id for one in serving if one.is_acting} | {*report.state.left}
    recognised = figures.recognised_among(db, wanted, on, report.course.slug)
    names = figures.names_of(db, wanted, code, (), recognised)
    ends = {CourseState.CERTIFIED, CourseState.ENDING}
    people = {
        state: sorted(
            (
                (
                    names[person],
                    last_days.get((report.course.slug, person))
                    if state in ends
                    else since.get(person),
                )
                for person in who
                if person in names
            ),
            key=lambda one: (one[1] or date.max, one[0].person_id),
        )
        for state, who in by_state.items()
    }
    gone = {one.person_id: one.valid_until for one in holders if one.valid_until is not None}
    is_whole = report.row is None and report.course.slug == counted_course()
    acting = [
        one
        for one in serving
        if one.is_acting
        and one.person_id in names
        and (report.row is None or one in report.row.acting)
    ]
    left = [person for person in report.state.left if person in names and person in gone]
    return replace(
        report,
        people=people,
        acting=[(names[one.person_id], one) for one in acting],
        left=[(names[person], gone[person]) for person in left] if is_whole else (),
    )


def asked_courses(
    db: Session, *, actor: Actor, country_code: str, institution_id: int
) -> AskedCourses:
    """Returns what the posts of an institution ask for, also those out of scope, for whoever may
    change that.
    """
    policy.require_may_ask_courses(actor, country_code)
    country = roster.country_of(db, country_code)
    given = {"institution": institution_id, "country": country_code}
    row = db.scalar(_PLACE, given)
    if country is None or row is None:
        raise NotFound
    institution = TaggedInstitution(row.id, row.name, row.kind, mandate_of(row.kind, row.mandate))
    asked: defaultdict[int, set[str]] = defaultdict(set)
    for post_id, slug in db.execute(_ASKED_OF_INSTITUTION, {"institution": institution_id}):
        asked[post_id].add(slug)
    kinds: dict[str, KindOfPost] = {}
    for post_id, title, is_target in db.execute(_KINDS, {"institution": institution_id}):
        key = post_kind(title)
        known = kinds.get(key, KindOfPost(key, title.in_(), 0, frozenset()))
        own = asked[post_id] | ({counted_course()} if is_target else set())
        kinds[key] = KindOfPost(key, known.title, known.posts + 1, known.courses | own)
    return AskedCourses(country, institution, figures.courses(db), tuple(kinds.values()))


def course_ids(db: Session) -> dict[str, int]:
    """Returns the number of each course by its address."""
    return dict(db.execute(select(Course.slug, Course.id)).all())


def _asked_of(db: Session, actor: Actor, country_code: str, on: date) -> tuple[CountryName, date]:
    policy.require_may_see_country(actor, country_code)
    country = roster.country_of(db, country_code)
    if country is None or not policy.sees_small_cells(actor, country_code):
        raise NotFound
    policy.require_shares_all(actor, country_code, country.shares_figures)
    if country.gives_no_names:
        raise GivesNoNames
    return country, policy.day_read(actor, country_code, on)


@dataclass(frozen=True)
class FilledPosts:
    """The courses that are asked for, the kinds of posts with their cells, and behind them, by
    course and person: the last valid day of each certificate, and who takes the course.
    """

    courses: tuple[CourseName, ...]
    rows: tuple[PostRow, ...]
    last_days: dict[tuple[str, int], date | None]
    underway: frozenset[tuple[str, int]]


def _filled(
    db: Session,
    country_code: str,
    known: offices.CountryPosts,
    holders: Sequence[PostTerm],
    on: date,
) -> FilledPosts:
    asked: dict[int, set[str]] = {post.post_id: {counted_course()} for post in known.posts}
    for post_id, slug in db.execute(_ASKED, {"country": country_code}):
        if post_id in asked:
            asked[post_id].add(slug)
    wanted = {slug for slugs in asked.values() for slug in slugs} | {counted_course()}
    courses = tuple(one for one in figures.courses(db) if one.slug in wanted)
    last_days = _last_days(db, country_code, on)
    given = {"country": country_code, "on": on, "until": _end_of(on)}
    underway = frozenset((slug, person) for slug, person in db.execute(_UNDERWAY, given))
    states = dict.fromkeys(underway, CourseState.UNDERWAY)
    states |= {key: rules.certified_state(last, on) for key, last in last_days.items()}
    rows = rules.post_rows(
        known.institutions,
        known.posts,
        holders,
        courses=[one.slug for one in courses],
        asked=asked,
        states=states,
        on=on,
    )
    return FilledPosts(courses, rows, last_days, underway)


def _last_days(db: Session, country_code: str, on: date) -> dict[tuple[str, int], date | None]:
    last: dict[tuple[str, int], date | None] = {}
    for slug, person, _completed_on, last_valid_on, revoked_at in db.execute(
        _HELD, {"country": country_code, "on": on}
    ):
        over_on = figures.over_on_day(last_valid_on, revoked_at)
        if not dated.not_over(over_on, on):
            continue
        day = dated.last_day(over_on)
        known = last.get((slug, person), date.min)
        last[slug, person] = None if day is None or known is None else max(day, known)
    return last


def _end_of(on: date) -> datetime:
    """Returns the instant at which a day ends in the reference zone."""
    return datetime.combine(on + timedelta(days=1), time(), ZoneInfo(REFERENCE_ZONE))
