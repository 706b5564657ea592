"""What authors see of learners: one funnel with its languages, where they stop, the goal."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import Actor, Grant, Role
from app.people.directory.models import Appointment, Country
from app.people.directory.values import SharedFigures
from app.training.learning.models import Enrolment
from app.training.turnover.queries.funnel import CourseFunnel, course_funnel
from app.training.turnover.rules.funnel import (
    Funnel,
    NewcomerLife,
    goal_figure,
    lost_before,
    minutes_by_unit,
)
from tests.training.certificates.builders import finished
from tests.training.learning.builders import LESSON_1, NOW, QUIZ_1, Classroom
from tests.training.learning.test_views import statements_of
from tests.training.learning.visitor import Visitor

TODAY = NOW.date()
AUTHOR = Actor(account_id=7, grants=frozenset({Grant(Role.AUTHOR)}))
OFFICE = Actor(account_id=8, grants=frozenset({Grant(Role.ORGANIZER)}))


@pytest.fixture
def room(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    monkeypatch.setattr(clock, "today", lambda *_zone: TODAY)
    classroom = Classroom(app)
    classroom.publish()
    return classroom


def seen(room: Classroom, actor: Actor = AUTHOR, **narrowed: str) -> CourseFunnel:
    with room.app.app_context(), reading() as db:
        return course_funnel(db, actor=actor, slug="guidelines", today=TODAY, **narrowed)


def learn(room: Classroom, language: str, *, modules: int) -> Actor:
    learner = room.learner()
    enrolment = room.enrol(learner)
    with room.app.app_context(), transaction() as db:
        db.execute(update(Enrolment).where(Enrolment.id == enrolment).values(language=language))
    if modules:
        room.read(learner, LESSON_1)
        room.sit(learner, QUIZ_1)
    with room.app.app_context(), transaction() as db:
        db.execute(update(Enrolment).where(Enrolment.id == enrolment).values(language=language))
    return learner


@pytest.mark.both_databases
def test_one_funnel_with_the_language_as_a_filter(app: Flask, room: Classroom) -> None:
    """learning.md, what others got wrong: "Course per language splits statistics" (Moodle, Open
    edX). One funnel, with the language as a filter of it.
    """
    for language, modules in (("es", 1), ("es", 0), ("en", 1)):
        learn(room, language, modules=modules)
    found = seen(room)
    assert found.by_language == {"es": Funnel(2, 1, 1, 0, 0), "en": Funnel(1, 1, 1, 0, 0)}
    assert found.total == Funnel(3, 2, 2, 0, 0)
    lesson, quiz, second, _last = found.units
    assert (lesson.reached, lesson.done) == ({"es": 1, "en": 1}, {"es": 1, "en": 1})
    assert (quiz.all_done, second.all_reached, second.lost) == (2, 0, 2)
    assert lesson.taken == 0
    with app.app_context(), transaction() as db:
        edition_id = db.scalars(select(Enrolment.edition_id)).first()
        somebody = finished(db, country="HN", edition_id=edition_id)
        somebody.certificate(db)
    assert seen(room).total == Funnel(4, 3, 3, 1, 1)
    assert seen(room, country="HN").total == Funnel(1, 1, 1, 1, 1)
    assert seen(room, country="CR").total == seen(room, kind="labour").total == Funnel()
    assert seen(room, country="HN", kind="migration").total.certified == 1
    with app.app_context(), transaction() as db:
        db.execute(update(Appointment).values(valid_from=TODAY - timedelta(days=100)))
    goal = seen(room, country="HN").goal
    assert goal is not None
    assert (goal.base, goal.done) == (1, 0), "the course was completed after more than ninety days"
    assert seen(room, country="CR").goal is None


def test_the_page_hides_small_cells_and_asks_as_much_of_ten_as_of_one(
    app: Flask, client: FlaskClient, room: Classroom
) -> None:
    learner = learn(room, "es", modules=1)
    serve(app, learner)
    visitor = Visitor(client, AUTHOR)
    one = statements_of(app, lambda: visitor.get("/courses/guidelines/funnel"))
    for _ in range(2):
        serve(app, learn(room, "en", modules=1))
    assert statements_of(app, lambda: visitor.get("/courses/guidelines/funnel")) == one <= 12
    page = visitor.get("/courses/guidelines/funnel?country=HN")
    assert "menos de 5" in page
    assert 'data-label="Español"' not in page
    page = Visitor(client, OFFICE).get("/courses/guidelines/funnel?country=HN&kind=nothing")
    assert "menos de 5" not in page
    assert 'data-label="Español"' in page
    visitor.get("/courses/guidelines/funnel?edition=1999", status=404)


def test_country_that_shares_less_than_all_is_in_no_funnel_of_others(
    app: Flask, client: FlaskClient, room: Classroom
) -> None:
    serve(app, learn(room, "es", modules=1))
    learn(room, "es", modules=0)
    own = Actor(account_id=9, grants=AUTHOR.grants | {Grant(Role.FOCAL_POINT, "HN")})
    assert seen(room, country="HN").total == Funnel(1, 1, 1, 0, 0)
    with app.app_context(), transaction() as db:
        db.execute(
            update(Country).where(Country.code == "HN").values(shares_figures=SharedFigures.TRAINED)
        )
    assert seen(room, own).total == Funnel(3, 1, 1, 0, 0)
    assert seen(room).total == Funnel(2, 0, 0, 0, 0)
    assert seen(room, kind="migration").total == Funnel()
    page = Visitor(client, AUTHOR).get("/courses/guidelines/funnel")
    assert "No se cuentan, porque no lo comparten: Honduras" in page
    assert '<option value="HN"' not in page
    Visitor(client, OFFICE).get("/courses/guidelines/funnel?country=HN", status=404)


def serve(app: Flask, learner: Actor) -> None:
    """In Honduras, by the appointment of somebody else."""
    with app.app_context(), transaction() as db:
        edition_id = db.scalars(select(Enrolment.edition_id)).first()
        other = finished(db, country="HN", completed=False, edition_id=edition_id)
        db.execute(
            update(Appointment)
            .where(Appointment.person_id == other.person_id)
            .values(person_id=learner.person_id)
        )


def test_newcomers_against_the_goal_of_ninety_days() -> None:
    last = TODAY - timedelta(days=90)

    def life(
        entered: date, done_after: int | None = None, left_after: int | None = None
    ) -> NewcomerLife:
        left, done = (
            None if n is None else entered + timedelta(days=n) for n in (left_after, done_after)
        )
        return NewcomerLife(entered, left, done)

    lives = [
        life(last, 90),
        life(last, 91),
        life(last - timedelta(days=364)),
        life(last, 10, left_after=20),
        life(last, None, left_after=20),
        life(last + timedelta(days=1), 1),
        life(last - timedelta(days=365), 1),
    ]
    figure = goal_figure(lives, TODAY)
    assert figure is not None
    assert (figure.base, figure.done, figure.is_met) == (4, 2, True)
    assert figure.low < 0.5 < figure.high
    assert goal_figure([], TODAY) is None


def test_time_is_the_middle_of_learners_without_pauses() -> None:
    at = datetime(2026, 11, 24, 15, tzinfo=UTC)

    def press(who: str, unit: int | None, minutes: float) -> tuple[str, int | None, datetime]:
        return who, unit, at + timedelta(minutes=minutes)

    presses = [press("a", 1, 0), press("a", 1, 4), press("a", 2, 30), press("a", 2, 31)]
    presses += [press("b", 1, 0), press("b", 1, 2), press("b", None, 3), press("b", 1, 5)]
    assert minutes_by_unit(presses) == {1: 4, 2: 1}
    assert lost_before([5, 3, 4, 0]) == [0, 1, 0, 4]
