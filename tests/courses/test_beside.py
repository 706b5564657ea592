"""The other courses of the catalogue stand beside the Guidelines."""

from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from app.infra.body import read_body
from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.training.certificates.queries.register import my_certificates
from app.training.learning.cli import read_folder
from app.training.learning.forms.folder import parse_course
from app.training.learning.services.publishing import publish_edition
from app.training.turnover.queries import figures
from tests.training.certificates.builders import EVENING, finished

COURSES = Path(__file__).parents[2] / "courses"
GUIDELINES, *BESIDE = read_body("rcm").courses
TODAY = EVENING.date()
FOCAL_POINT = Actor(account_id=1, grants=frozenset({Grant(Role.FOCAL_POINT, "CR")}), country="CR")


def publish(db: Session, slug: str) -> int:
    content = parse_course(read_folder(COURSES / slug))
    return publish_edition(db, actor=SYSTEM, content=content, now=EVENING)


def certified(db: Session, slug: str) -> tuple[int, int]:
    """Returns how many of Costa Rica are certified in a course, and of how many who serve."""
    found = figures.country_coverage(
        db, actor=FOCAL_POINT, country_code="CR", on=TODAY, course=slug
    )
    assert found is not None
    return found.certified, found.serving


def test_r19_three_courses_on_conduct_and_violence_stand_beside_the_guidelines() -> None:
    assert GUIDELINES == "guidelines"
    assert set(BESIDE) == {"psea", "workplace-harassment", "gender-based-violence"}
    for slug in BESIDE:
        course = parse_course(read_folder(COURSES / slug))
        assert course.modules
        assert course.title.in_("es") != course.title.in_("en")


def test_r19_each_course_has_its_own_certificates_and_coverage(app: Flask) -> None:
    """Given the catalogue with the Guidelines, when the courses on abuse, harassment and
    gender-based violence are published beside it, then a certificate names the one course that was
    completed, and the coverage of each course counts its own certificates.
    """
    with app.app_context(), transaction() as db:
        holders = {GUIDELINES: finished(db, edition_id=publish(db, GUIDELINES))}
        holders[GUIDELINES].certificate(db)
        assert certified(db, GUIDELINES) == (1, 1)
        for slug in BESIDE:
            holders[slug] = finished(db, edition_id=publish(db, slug))
        everybody = [one.person_id for one in holders.values()]
        assert certified(db, GUIDELINES) == (1, 4)
        assert [certified(db, slug) for slug in BESIDE] == [(0, 4)] * 3
        for slug in BESIDE:
            holders[slug].certificate(db)
    with app.app_context(), reading() as db:
        assert [course.slug for course in figures.courses(db)] == [GUIDELINES, *BESIDE]
        for slug, holder in holders.items():
            assert certified(db, slug) == (1, 4)
            assert figures.certified_among(db, everybody, TODAY, slug) == {holder.person_id}
            [record] = my_certificates(db, actor=holder.actor(), today=TODAY)
            assert record.facts is not None
            title = parse_course(read_folder(COURSES / slug)).title
            assert record.facts.course_title == title
            assert (record.facts.guideline_version != "") == (slug == GUIDELINES)
