"""The register as the office and a focal point look through it: filtered, counted by state, a part
at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from app.kernel.actor import Actor, Role
from app.kernel.paging import Paging
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import LocalizedText
from app.people.directory.models import Person
from app.people.directory.rules.people import plain_key
from app.training.certificates import policy, rules
from app.training.certificates.models import Certificate, CertificateFile, Revocation
from app.training.certificates.queries.register import (
    CertificateRecord,
    is_replaced,
    not_expired,
    record_from,
    records,
)
from app.training.certificates.values import PDF, CertificateKind, ListedState
from app.training.learning.models import Course, CourseEdition
from app.training.learning.values import GUIDELINES
from app.training.library.models import GuidelineVersion

LISTED = 10
"""Each row holds its history, so that more would be a heavy page."""
LONGEST_SEARCH = 80


@dataclass(frozen=True)
class RegisterFilters:
    """Which certificates are listed; what is empty leaves nothing out. `text` is a name or the
    beginning of a code, `course` a slug, `month` the first day of the month of issue (reference
    zone), `event_id` the event at which they were earned. `without_withheld`: without people whose
    names stay inside their country.
    """

    text: str = ""
    kind: CertificateKind | None = None
    course: str = ""
    country: str = ""
    state: ListedState | None = None
    month: date | None = None
    event_id: UUID | None = None
    without_withheld: bool = False


@dataclass(frozen=True)
class RegisterRow:
    """A certificate in the list. `issued_on` is a day in the reference zone."""

    id: int
    person_id: int
    kind: CertificateKind
    country_code: str | None
    state: ListedState
    issued_on: date
    record: CertificateRecord

    @property
    def code(self) -> str:
        return self.record.code


@dataclass(frozen=True)
class RegisterPage:
    """A part of the list. `counts` is by state, under all filters but that of the state; `total`
    counts all of them, `every`, `holding` and, of these, `soon` without any filter.
    """

    rows: Sequence[RegisterRow]
    paging: Paging
    counts: dict[ListedState, int]
    total: int
    every: int
    holding: int
    soon: int
    first_month: date | None
    last_month: date | None
    courses: Sequence[tuple[str, LocalizedText]]


HELD = (ListedState.VALID, ListedState.ENDS_SOON, ListedState.SUPERSEDED)
"""The states in which a certificate vouches for its holder."""


def register_page(
    db: Session, *, actor: Actor, filters: RegisterFilters, number: int, today: date
) -> RegisterPage:
    """Returns a part of the register: of every country for organizers, of one for its focal point.

    `filters.country` decides which of the two is asked for. The number of statements is fixed.
    """
    _require_may_list(actor, filters)
    filters = _as_seen(actor, filters)
    scope = RegisterFilters(country=filters.country, without_withheld=filters.without_withheld)
    state = state_on(today)
    counts = _counts(db, state, replace(filters, state=None))
    every = counts if filters == replace(scope, state=filters.state) else _counts(db, state, scope)
    total = sum(counts.values())
    listed = total if filters.state is None else counts.get(filters.state, 0)
    paging = Paging(listed, LISTED, number)
    rows = db.execute(
        _rows(state, filters).limit(paging.size).offset(paging.offset),
    )
    first, last = db.execute(
        select(func.min(Certificate.issued_at), func.max(Certificate.issued_at)).where(
            *_conditions(scope)
        )
    ).one()
    return RegisterPage(
        rows=[_row(row, today) for row in rows],
        paging=paging,
        counts=counts,
        total=total,
        every=sum(every.values()),
        holding=sum(every.get(one, 0) for one in HELD),
        soon=every.get(ListedState.ENDS_SOON, 0),
        first_month=_month_of(first),
        last_month=_month_of(last),
        courses=[(slug, title) for slug, title in db.execute(_COURSES)],
    )


def register_rows(
    db: Session, *, actor: Actor, filters: RegisterFilters, today: date
) -> list[RegisterRow]:
    """Returns all that the filters leave, in the order of the list, for whoever takes it along."""
    _require_may_list(actor, filters)
    rows = db.execute(_rows(state_on(today), _as_seen(actor, filters)))
    return [_row(row, today) for row in rows]


def drawn_pdfs(db: Session, rows: Sequence[RegisterRow]) -> dict[str, str]:
    """Returns by code the hash of each PDF that was drawn."""
    query = select(CertificateFile.certificate_id, CertificateFile.sha256).where(
        CertificateFile.certificate_id.in_([row.id for row in rows]),
        CertificateFile.media_type == PDF,
    )
    hashes = {row[0]: row[1] for row in db.execute(query)}
    return {row.code: hashes[row.id] for row in rows if row.id in hashes}


def _as_seen(actor: Actor, filters: RegisterFilters) -> RegisterFilters:
    """Leaves out, for all but the country itself, the certificates of people whose names stay inside
    it: their codes lead to the names.
    """
    is_inside = filters.country in actor.scopes(Role.FOCAL_POINT)
    return replace(filters, without_withheld=not is_inside)


def _require_may_list(actor: Actor, filters: RegisterFilters) -> None:
    if filters.country and not policy.may_see_register(actor):
        policy.require_may_see_country(actor, filters.country)
    else:
        policy.require_may_see_register(actor)


_COURSES = (
    select(Course.slug, Course.title)
    .where(
        Course.id.in_(
            select(CourseEdition.course_id).join(
                Certificate, Certificate.course_edition_id == CourseEdition.id
            )
        )
    )
    .order_by(Course.id)
)


def _superseded_editions() -> Any:
    """Returns the editions of the course on the Guidelines with the day on which a later version
    of the Guidelines was adopted, as `register.records` tells it for one certificate.
    """
    printed, later = aliased(GuidelineVersion), aliased(GuidelineVersion)
    return (
        select(CourseEdition.id, func.min(later.adopted_on).label("superseded_on"))
        .join(Course, Course.id == CourseEdition.course_id)
        .join(printed, printed.id == CourseEdition.guideline_version_id)
        .join(later, or_(printed.adopted_on.is_(None), later.adopted_on > printed.adopted_on))
        .where(Course.slug == GUIDELINES)
        .group_by(CourseEdition.id)
        .subquery()
    )


_IS_REVOKED = (
    select(Revocation.certificate_id)
    .where(Revocation.certificate_id == Certificate.id)
    .correlate(Certificate)  # where the rows join it too
    .exists()
)


def state_on(today: date) -> ColumnElement[str]:
    """Returns the state of a certificate on a day as a column, as `rules.status_of` decides it."""
    superseded = _superseded_editions()
    soon = today + timedelta(days=rules.RENEWABLE_DAYS)
    return case(
        (_IS_REVOKED, literal("revoked")),
        (is_replaced(), literal("replaced")),
        (~not_expired(today), literal("expired")),
        (
            Certificate.course_edition_id.in_(
                select(superseded.c.id).where(superseded.c.superseded_on <= today)
            ),
            literal("superseded"),
        ),
        (Certificate.last_valid_on <= soon, literal("ends-soon")),
        else_=literal("valid"),
    )


def _counts(
    db: Session, state: ColumnElement[str], filters: RegisterFilters
) -> dict[ListedState, int]:
    labelled = state.label("state")
    query = (
        select(labelled, func.count())
        .select_from(Certificate)
        .where(*_conditions(filters))
        .group_by(labelled)
    )
    return {ListedState(name): number for name, number in db.execute(query)}


def _rows(state: ColumnElement[str], filters: RegisterFilters) -> Select[Any]:
    query: Select[Any] = records().add_columns(
        Certificate.id.label("id"),
        Certificate.person_id,
        Certificate.kind,
        Certificate.country_code,
        Certificate.issued_at,
        state.label("state"),
    )
    query = query.where(*_conditions(filters))
    if filters.state is not None:
        query = query.where(state == filters.state.value)
    return query.order_by(Certificate.issued_at.desc(), Certificate.id.desc())


def _row(row: Any, today: date) -> RegisterRow:
    return RegisterRow(
        id=row.id,
        person_id=row.person_id,
        kind=CertificateKind(row.kind),
        country_code=row.country_code,
        state=ListedState(row.state),
        issued_on=rules.local_day(row.issued_at, REFERENCE_ZONE),
        record=record_from(row, today),
    )


def _conditions(filters: RegisterFilters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.without_withheld:
        withheld = select(Person.id).where(Person.withheld != "")
        wanted.append(or_(Certificate.person_id.is_(None), Certificate.person_id.not_in(withheld)))
    if filters.kind is not None:
        wanted.append(Certificate.kind == filters.kind.value)
    if filters.country:
        wanted.append(Certificate.country_code == filters.country)
    if filters.course:
        editions = (
            select(CourseEdition.id)
            .join(Course, Course.id == CourseEdition.course_id)
            .where(Course.slug == filters.course)
        )
        wanted.append(Certificate.course_edition_id.in_(editions))
    if filters.month is not None:
        first, end = _instants_of(filters.month)
        wanted.append(and_(Certificate.issued_at >= first, Certificate.issued_at < end))
    if filters.event_id is not None:
        wanted.append(Certificate.event_id == filters.event_id)
    if filters.text.strip():
        wanted.append(_written(filters.text))
    return wanted


def _written(text: str) -> ColumnElement[bool]:
    """Says that a code begins so, or that the holder's name on record has these words, whatever
    their accents and capitals.
    """
    shown = "".join(one if one.isprintable() else " " for one in text[:LONGEST_SEARCH])
    key = func.replace(Person.sort_key, "~", "")
    words = [key.contains(word, autoescape=True) for word in plain_key(shown).split()]
    ways: list[ColumnElement[bool]] = []
    if words:
        ways.append(Certificate.person_id.in_(select(Person.id).where(*words)))
    if code := rules.beginning_of_code(shown):
        ways.append(Certificate.code.startswith(code))
    return or_(*ways) if ways else literal(value=False)


def _month_of(at: datetime | None) -> date | None:
    return None if at is None else rules.local_day(at, REFERENCE_ZONE).replace(day=1)


def _instants_of(month: date) -> tuple[datetime, datetime]:
    """Returns the first instant of the month in the reference zone, and that of the next one."""
    zone = ZoneInfo(REFERENCE_ZONE)
    following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    return (
        datetime.combine(month.replace(day=1), time(), zone),
        datetime.combine(following, time(), zone),
    )
