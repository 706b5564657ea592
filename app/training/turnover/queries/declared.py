"""What countries that give no names declared. Not scoped by actor: reports ask the policy first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.people.directory.models import Country, Institution
from app.people.directory.queries.roster import CountryName
from app.people.directory.rules.institutions import mandate_of
from app.training.certificates.models import Certificate
from app.training.certificates.queries.register import counts
from app.training.certificates.values import CertificateKind
from app.training.learning.models import Course, CourseEdition
from app.training.turnover.models import Declaration, DeclaredCount
from app.training.turnover.rules.declared import is_due
from app.training.turnover.values import (
    CountsOfDay,
    DeclaredCounts,
    InstitutionCount,
    TaggedInstitution,
)

_DECLARED = (
    select(
        Country.code,
        Country.counts_only_since,
        Declaration.id,
        Declaration.declared_on,
        DeclaredCount.posts,
        DeclaredCount.serving,
        DeclaredCount.trained,
        Institution.id.label("institution_id"),
        Institution.name,
        Institution.kind,
        Institution.mandate,
    )
    .select_from(Country)
    .outerjoin(Declaration, Declaration.country_code == Country.code)
    .outerjoin(DeclaredCount, DeclaredCount.declaration_id == Declaration.id)
    .outerjoin(Institution, Institution.id == DeclaredCount.institution_id)
    .where(Country.counts_only_since.is_not(None))
    .order_by(Country.code, Declaration.declared_on, Declaration.id, Institution.id)
)
_LAST_DECLARED = (
    select(Country.code, func.max(Declaration.declared_on))
    .outerjoin(Declaration, Declaration.country_code == Country.code)
    .where(Country.counts_only_since.is_not(None))
    .group_by(Country.code)
)
_INSTITUTIONS = (
    select(Institution.id, Institution.name, Institution.kind, Institution.mandate)
    .where(
        Institution.country_code == bindparam("country"),
        or_(Institution.closed_on.is_(None), Institution.closed_on > bindparam("on")),
    )
    .order_by(Institution.id)
)
_CODES = (
    select(Certificate.code)
    .join(CourseEdition, CourseEdition.id == Certificate.course_edition_id)
    .join(Course, Course.id == CourseEdition.course_id)
    .where(
        Certificate.country_code == bindparam("country"),
        Certificate.kind == CertificateKind.COMPLETION,
        Course.slug == bindparam("course"),
        counts(bindparam("on")),
    )
)


def declared_counts(db: Session) -> dict[str, DeclaredCounts]:
    """Returns what every country that gives no names declared, in one statement."""
    since: dict[str, date] = {}
    days: defaultdict[str, dict[int, tuple[date, list[InstitutionCount]]]] = defaultdict(dict)
    for row in db.execute(_DECLARED):
        since[row.code] = row.counts_only_since
        if row.id is None:
            continue
        _on, of_day = days[row.code].setdefault(row.id, (row.declared_on, []))
        if row.institution_id is not None:
            of_day.append(
                InstitutionCount(
                    institution=TaggedInstitution(
                        id=row.institution_id,
                        name=row.name,
                        sector=row.kind,
                        mandate=mandate_of(row.kind, row.mandate),
                    ),
                    posts=row.posts,
                    serving=row.serving,
                    trained=row.trained,
                )
            )
    return {
        code: DeclaredCounts(
            since=day,
            days=tuple(CountsOfDay(on, tuple(of_day)) for on, of_day in days[code].values()),
        )
        for code, day in since.items()
    }


def countries_to_declare(db: Session, on: date, *, among: Iterable[CountryName]) -> frozenset[str]:
    """Returns the countries that give no names and whose counts are due; asks nothing where all give
    names.
    """
    if not any(one.gives_no_names for one in among):
        return frozenset()
    rows = db.execute(_LAST_DECLARED)
    return frozenset(code for code, declared_on in rows if is_due(declared_on, on))


def open_institutions(db: Session, country_code: str, on: date) -> Sequence[TaggedInstitution]:
    """Returns the institutions of which counts are declared."""
    rows = db.execute(_INSTITUTIONS, {"country": country_code, "on": on})
    return [
        TaggedInstitution(row.id, row.name, row.kind, mandate_of(row.kind, row.mandate))
        for row in rows
    ]


def valid_codes(db: Session, country_code: str, course: str, *, on: date) -> set[str]:
    """Returns the codes of the certificates of a country that are valid on a day."""
    given = {"country": country_code, "course": course, "on": on}
    return set(db.scalars(_CODES, given))
