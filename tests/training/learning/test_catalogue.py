"""Several courses beside each other: one list, and each with its own enrolment, certificate and
coverage.
"""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.followup.agreements.queries.agreements import sections
from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM, Actor
from app.training.certificates.queries.register import my_certificates
from app.training.certificates.services.issuing import issue_certificate
from app.training.certificates.values import IssuedFrom
from app.training.learning.queries.courses import catalogue, seat_of
from app.training.learning.values import ModuleState
from app.training.turnover.queries.figures import certified_among
from tests.training.learning.builders import (
    LESSON_1,
    NOW,
    QUIZ_1,
    Classroom,
    another_course,
)
from tests.training.learning.test_views import statements_of
from tests.training.learning.visitor import Visitor

pytestmark = pytest.mark.usefixtures("the_day")


@pytest.fixture
def second(room: Classroom) -> Classroom:
    """Another course, published in the same application."""
    other = Classroom(room.app, course="conduct")
    other.publish(another_course())
    return other


def complete(room: Classroom, learner: Actor) -> int:
    room.enrol(learner)
    room.read(learner, LESSON_1)
    room.sit(learner, QUIZ_1)
    with room.app.app_context(), reading() as db:
        return seat_of(db, actor=learner, slug=room.course).outline.edition_id


def states(room: Classroom, actor: Actor) -> dict[str, tuple[ModuleState, int]]:
    with room.app.app_context(), reading() as db:
        return {line.slug: (line.state, line.modules_done) for line in catalogue(db, actor=actor)}


def test_r19_the_list_shows_each_course_with_minutes_and_my_state(
    client: FlaskClient, second: Classroom
) -> None:
    learner = second.learner()
    visitor = Visitor(client, learner)
    page = visitor.get("/courses")
    assert re.findall(r'<h2><a href="/courses/([a-z]+)">', page) == ["guidelines", "conduct"]
    assert page.count("Sin empezar") == 2
    assert "2 módulos · 8 minutos · edición 2026.1" in page
    assert "1 módulo · 4 minutos · edición 1" in page
    assert visitor.press("/courses/conduct/enrolments").status_code == 302
    page = visitor.get("/courses")
    assert (page.count("Sin empezar"), page.count("En curso")) == (1, 1)


def test_the_list_asks_as_much_of_two_courses_as_of_one(
    client: FlaskClient, room: Classroom, learner: Actor
) -> None:
    visitor = Visitor(client, learner)
    one = statements_of(room.app, lambda: visitor.get("/courses"))
    Classroom(room.app, course="conduct").publish(another_course())
    assert statements_of(room.app, lambda: visitor.get("/courses")) == one <= 6


def test_r19_enrolment_certificate_and_coverage_are_separate_per_course(
    room: Classroom, second: Classroom
) -> None:
    learner = room.learner()
    room.enrol(learner)
    edition_id = complete(second, learner)
    person = learner.person_id
    assert person is not None
    assert states(room, learner) == {
        "guidelines": (ModuleState.IN_PROGRESS, 0),
        "conduct": (ModuleState.DONE, 1),
    }
    with room.app.app_context(), transaction() as db:
        issue_certificate(
            db,
            actor=SYSTEM,
            now=NOW,
            person_id=person,
            course_edition_id=edition_id,
            place=IssuedFrom("https://example.org"),
        )
    with room.app.app_context(), reading() as db:
        [record] = my_certificates(db, actor=learner, today=NOW.date())
        assert record.facts is not None
        assert record.facts.course_title["es"] == "conduct (es)"
        assert record.facts.guideline_version == ""
        day = NOW.date()
        assert certified_among(db, [person], day, "conduct") == {person}
        assert certified_among(db, [person], day) == frozenset()


def test_what_another_course_cites_is_no_version_of_the_guidelines(
    room: Classroom, second: Classroom
) -> None:
    with room.app.app_context(), reading() as db:
        assert list(sections(db)) == ["I"]
        assert seat_of(db, actor=SYSTEM, slug="guidelines").outline.guideline_version_id != (
            seat_of(db, actor=SYSTEM, slug="conduct").outline.guideline_version_id
        )


def test_whoever_completed_an_edition_sees_which_and_may_take_the_next(
    client: FlaskClient, second: Classroom
) -> None:
    learner = second.learner()
    complete(second, learner)
    assert "completado en la edición 1" in Visitor(client, learner).get("/courses")
    second.publish(replace(another_course(), edition="2"), now=NOW + timedelta(days=1))
    assert states(second, learner)["conduct"] == (ModuleState.DONE, 1)
    second.enrol(learner)
    assert states(second, learner)["conduct"] == (ModuleState.IN_PROGRESS, 0)
