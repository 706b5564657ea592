"""Countries, posts, people and certificates for tests of coverage."""

from datetime import UTC, date, datetime, time
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor, Grant, Role
from app.kernel.text import LocalizedText
from app.people.directory.models import Appointment, Country, Institution, Person, Post
from app.people.directory.rules.people import sort_key
from app.people.directory.services.reference import seed_reference
from app.training.certificates.models import Certificate
from app.training.learning.models import Course, CourseEdition, Module
from app.training.learning.values import GUIDELINES
from app.training.library.models import GuidelineVersion

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
_numbers = count(1)


def focal_point(country: str) -> Actor:
    return Actor(
        account_id=700,
        name="F P",
        grants=frozenset({Grant(Role.FOCAL_POINT, country)}),
        country=country,
    )


ORGANIZER = Actor(account_id=701, name="O", grants=frozenset({Grant(Role.ORGANIZER)}))
PRESIDENCY = Actor(
    account_id=702, name="P", grants=frozenset({Grant(Role.PRESIDENCY, "DO")}), country="DO"
)
OFFICIAL = Actor(
    account_id=703, name="A", grants=frozenset({Grant(Role.OFFICIAL, "HN")}), country="HN"
)


def an_institution(db: Session, country: str = "HN") -> int:
    if db.get(Country, country) is None:
        seed_reference(db)
    row = Institution(
        country_code=country,
        name=LocalizedText(es="Dirección de Migración", en="Migration Office"),
        kind="migration",
    )
    db.add(row)
    db.flush()
    return row.id


def an_official(
    db: Session,
    institution_id: int,
    *,
    name: str = "",
    since: date = date(2024, 1, 1),
    until: date | None = None,
    confirmed_on: date | None = date(2026, 11, 1),
    is_target: bool = True,
    person_id: int | None = None,
) -> tuple[int, int]:
    """Ids of the appointment and of the person."""
    if person_id is None:
        person = _a_person(db.get_one(Institution, institution_id).country_code, name)
        db.add(person)
        db.flush()
        person_id = person.id
    post = _a_post(institution_id, is_target=is_target)
    db.add(post)
    db.flush()
    row = Appointment(
        person_id=person_id,
        post_id=post.id,
        valid_from=since,
        valid_until=until,
        end_reason="left" if until else "",
        confirmed_on=confirmed_on,
    )
    db.add(row)
    db.flush()
    return row.id, person_id


def _a_person(country: str, name: str = "") -> Person:
    number = next(_numbers)
    name = name or f"Persona Número {number:05d}"
    return Person(
        full_name=name,
        sort_key=sort_key(name),
        email=f"p{number}@example.org",
        country_code=country,
        timezone="America/Tegucigalpa",
    )


def _a_post(institution_id: int, *, is_target: bool = True) -> Post:
    title = LocalizedText(es="Oficial", en="Officer")
    return Post(institution_id=institution_id, title=title, is_target=is_target)


def an_edition(db: Session, course_slug: str = GUIDELINES) -> int:
    """A new edition of a course, made where there is none: two of three modules are open."""
    number = next(_numbers)
    version = GuidelineVersion(
        label=f"v{number}",
        title=LocalizedText(es="L", en="G"),
        source_note=LocalizedText(),
        adopted_on=date(2019, 1, 1),
    )
    course = db.scalar(select(Course).where(Course.slug == course_slug))
    if course is None:
        course = Course(
            slug=course_slug,
            title=LocalizedText(es=f"Curso {course_slug}", en=f"Course {course_slug}"),
        )
        db.add(course)
    db.add(version)
    db.flush()
    edition = CourseEdition(
        course_id=course.id,
        label=f"1.{number}",
        title=LocalizedText(es="Curso", en="Course"),
        summary=LocalizedText(),
        guideline_version_id=version.id,
        published_at=NOW,
        content_hash="0" * 64,
        validity_months=24,
    )
    db.add(edition)
    db.flush()
    text = LocalizedText(es="M", en="M")
    db.add_all(
        Module(
            edition_id=edition.id,
            number=n,
            slug=f"m{n}",
            title=text,
            outcome=text,
            minutes=9,
            is_available=n < 3,
        )
        for n in (1, 2, 3)
    )
    db.flush()
    return edition.id


def a_certificate(
    db: Session,
    person_id: int,
    edition_id: int,
    *,
    on: date = date(2025, 6, 1),
    until: date | None = date(2027, 6, 1),
) -> int:
    """Coverage reads only the row, not what is printed."""
    row = _a_certificate(person_id, edition_id, on=on, until=until)
    db.add(row)
    db.flush()
    return row.id


def _a_certificate(
    person_id: int,
    edition_id: int,
    *,
    on: date = date(2025, 6, 1),
    until: date | None = date(2027, 6, 1),
) -> Certificate:
    code = f"T{next(_numbers):015d}"
    return Certificate(
        code=code,
        achievement=f"certificate:{code}",
        person_id=person_id,
        course_edition_id=edition_id,
        facts="{}",
        country_code="HN",
        facts_sha256="0" * 64,
        design="completion/v1",
        completed_on=on,
        last_valid_on=until,
        issued_at=datetime.combine(on, time(18), UTC),
    )


def a_staff(
    db: Session,
    country: str = "HN",
    *,
    serving: int = 10,
    certified: int = 6,
    name: str = "",
    course: str = GUIDELINES,
) -> list[int]:
    """Appointment ids of so many officials, the first of them certified; names start with
    `name`. Of each kind all rows are written at once.
    """
    institution, edition = an_institution(db, country), an_edition(db, course)
    names = [f"{name} Apellido {place}" if name else "" for place in range(serving)]
    people = [_a_person(country, one) for one in names]
    posts = [_a_post(institution) for _ in names]
    db.add_all([*people, *posts])
    db.flush()
    serve = [
        Appointment(
            person_id=person.id,
            post_id=post.id,
            valid_from=date(2024, 1, 1),
            end_reason="",
            confirmed_on=date(2026, 11, 1),
        )
        for person, post in zip(people, posts, strict=True)
    ]
    db.add_all([*serve, *(_a_certificate(one.id, edition) for one in people[:certified])])
    db.flush()
    return [one.id for one in serve]
