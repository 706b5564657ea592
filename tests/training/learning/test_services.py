"""The writers, on both databases where a rule must hold under simultaneous hands."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import TypeVar
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.infra.database import reading, transaction
from app.kernel.actor import Actor, Grant, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.training.learning.forms.folder import parse_course
from app.training.learning.models import (
    AttemptItem,
    Completion,
    CourseEdition,
    Enrolment,
    Item,
    UnitRendition,
)
from app.training.learning.queries.courses import seat_of
from app.training.learning.rules import progress, quiz
from app.training.learning.services.publishing import EditionIsPublished, publish_edition
from app.training.learning.services.study import start_enrolment
from app.training.learning.values import (
    ChangeClass,
    ChangeContent,
    CoursePosition,
    Seat,
    VideoContent,
)
from app.training.library.models import GuidelineSection
from tests.training.learning.builders import (
    LESSON_1,
    LESSON_2,
    NOW,
    QUIZ_1,
    QUIZ_2,
    Classroom,
    practised_files,
    some_content,
)

T = TypeVar("T")
THREADS = 8


def at_once(app: Flask, work: Callable[[], T]) -> list[T]:
    """The work by eight threads that start together."""
    gate = Barrier(THREADS)

    def one(_number: int) -> T:
        with app.app_context():
            gate.wait(timeout=20)
            return work()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def count(app: Flask, table: type) -> int:
    with app.app_context(), reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def seat(room: Classroom, actor: Actor) -> Seat:
    with room.app.app_context(), reading() as db:
        return seat_of(db, actor=actor, slug="guidelines")


# Publishing


@pytest.mark.both_databases
def test_publishing_again_changes_nothing_and_other_content_needs_another_label(app: Flask) -> None:
    room = Classroom(app)
    edition = room.publish()

    assert room.publish(now=NOW + timedelta(days=1)) == edition
    assert len(room.facts("CourseEditionPublished")) == 1
    with pytest.raises(EditionIsPublished):
        room.publish(replace(some_content(), validity_months=12))
    assert room.publish(some_content("2027.1")) != edition
    assert count(app, CourseEdition) == 2
    assert count(app, GuidelineSection) == 1
    assert count(app, UnitRendition) == 2 * 2 * 2 * 2


def test_only_the_system_authors_and_organizers_publish(app: Flask) -> None:
    for role, allowed in ((Role.AUTHOR, True), (Role.ORGANIZER, True), (Role.FOCAL_POINT, False)):
        actor = Actor(account_id=1, grants=frozenset({Grant(role)}))
        with app.app_context(), transaction() as db:
            if allowed:
                publish_edition(db, actor=actor, content=some_content(), now=NOW)
            else:
                with pytest.raises(NotAllowed):
                    publish_edition(db, actor=actor, content=some_content(), now=NOW)


PUBLISHED = (
    "course_edition",
    "edition_document",
    "module",
    "objective",
    "unit",
    "unit_rendition",
    "item",
    "item_option",
    "vignette",
    "lesson_check",
    "course_figure",
    "course_video",
    "objective_change",
    "completion",
    "learning_event",
)
KEPT = ("enrolment", "unit_progress", "attempt", "attempt_item")


@pytest.mark.both_databases
def test_the_database_itself_keeps_what_was_published_and_done(
    room: Classroom, learner: Actor
) -> None:
    room.read(learner, LESSON_1)
    room.sit(learner, QUIZ_1)
    content = parse_course(practised_files("2027.1"))
    film = VideoContent("A-V1", content.title, "https://www.example.org/film", content.summary)
    first, *others = content.modules
    changes_ = (ChangeContent("one", "A-O1", ChangeClass.MATERIAL),)
    modules = (replace(first, videos=(film,)), *others)
    room.publish(replace(content, modules=modules, changes=changes_))
    columns = {
        "edition_document": "edition_id",
        "unit_rendition": "unit_id",
        "unit_progress": "unit_id",
        "objective_change": "edition_id",
        "learning_event": "number",
    }
    changes = [f"DELETE FROM {table}" for table in (*PUBLISHED, *KEPT)]
    changes += [
        f"UPDATE {table} SET {columns.get(table, 'id')} = {columns.get(table, 'id')}"
        for table in PUBLISHED
    ]
    for change in changes:
        with (
            room.app.app_context(),
            pytest.raises(DBAPIError, match=r"_append_only|_kept"),
            transaction() as db,
        ):
            db.execute(text(change))


# Enrolling and reading


@pytest.mark.both_databases
def test_r35_anyone_starts_on_any_day_and_only_once(room: Classroom) -> None:
    actor = room.learner()
    ids = at_once(room.app, lambda: _enrol(actor))

    assert len(set(ids)) == 1
    assert count(room.app, Enrolment) == 1
    assert len(room.facts("EnrolmentStarted")) == 1
    with room.app.app_context(), transaction() as db, pytest.raises(NotAllowed):
        start_enrolment(
            db, actor=Actor(account_id=9), course_slug="guidelines", language="es", now=NOW
        )


def _enrol(actor: Actor) -> object:
    with transaction() as db:
        return start_enrolment(db, actor=actor, course_slug="guidelines", language="es", now=NOW)


def test_each_screen_leads_on_and_the_place_is_kept(room: Classroom, learner: Actor) -> None:
    assert progress.resume_place(seat(room, learner)) == CoursePosition("one", "A-L1", 1)
    assert room.leave(learner, LESSON_1, 1) == CoursePosition("one", "A-L1", 2)
    assert progress.resume_place(seat(room, learner)) == CoursePosition("one", "A-L1", 2)
    assert room.leave(learner, LESSON_1, 2) == QUIZ_1
    assert progress.resume_place(seat(room, learner)) == QUIZ_1
    assert room.leave(learner, LESSON_1, 1) == CoursePosition("one", "A-L1", 2)
    assert (
        seat(room, learner)
        .standing.reading[seat(room, learner).outline.modules[0].units[0].id]
        .is_done
    )


def test_no_screen_is_skipped_and_none_invented(room: Classroom, learner: Actor) -> None:
    for screen in (2, 0, -1, 3, 10**30):
        with pytest.raises(progress.ScreenNotReached):
            room.leave(learner, LESSON_1, screen)
    for place in (QUIZ_1, CoursePosition("one", "nothing"), CoursePosition("nowhere", "A-L1")):
        with pytest.raises(NotFound):
            room.leave(learner, place, 1)
    with pytest.raises(progress.NotEnrolled):
        room.leave(room.learner("Somebody else"), LESSON_1, 1)


def test_r47_module_two_before_one_is_refused_and_progress_kept(
    room: Classroom, learner: Actor
) -> None:
    room.leave(learner, LESSON_1, 1)
    with pytest.raises(progress.ModuleLocked):
        room.leave(learner, LESSON_2, 1)
    with pytest.raises(progress.ModuleLocked):
        room.start(learner, QUIZ_2)
    with pytest.raises(progress.ModuleInPreparation):
        room.leave(learner, CoursePosition("three", "C-L1"), 1)
    assert progress.resume_place(seat(room, learner)) == CoursePosition("one", "A-L1", 2)
    room.leave(learner, LESSON_1, 2)
    room.sit(learner, QUIZ_1)
    assert room.leave(learner, LESSON_2, 1) == CoursePosition("two", "B-L1", 2)


# Quizzes


def test_r20_answers_given_before_the_line_was_lost_are_there_and_one_attempt_counts(
    room: Classroom, learner: Actor
) -> None:
    attempt_id = room.start(learner, QUIZ_1)
    good = room.key(attempt_id)[0][0]
    room.save(learner, attempt_id, 1, good)

    assert room.start(learner, QUIZ_1, seed=99) == attempt_id
    assert [sorted(asked.response) for asked, _ in room.items(attempt_id)] == [sorted(good), [], []]
    assert [attempt.number for attempt in room.attempts()] == [1]


def test_an_answer_may_change_be_taken_back_and_sent_twice(room: Classroom, learner: Actor) -> None:
    attempt_id = room.start(learner, QUIZ_1)
    good, bad = room.key(attempt_id)[0]
    for options in (good, bad[:1], bad[:1], []):
        room.save(learner, attempt_id, 1, options)
        asked = room.items(attempt_id)[0][0]
        assert asked.response == options
        assert (asked.answered_at is not None) == bool(options)


@pytest.mark.parametrize("position", [0, -1, 4, 10**30])
def test_a_question_that_does_not_exist_takes_no_answer(
    room: Classroom, learner: Actor, position: int
) -> None:
    with pytest.raises(NotFound):
        room.save(learner, room.start(learner, QUIZ_1), position, [1])


def test_an_answer_to_another_question_or_attempt_is_refused(
    room: Classroom, learner: Actor
) -> None:
    attempt_id = room.start(learner, QUIZ_1)
    foreign = room.key(attempt_id)[1][0]
    with pytest.raises(quiz.UnknownOption):
        room.save(learner, attempt_id, 1, foreign)
    stranger = room.learner("Somebody else")
    for work in (
        lambda: room.save(stranger, attempt_id, 1, []),
        lambda: room.submit(stranger, attempt_id),
    ):
        with pytest.raises(NotFound):
            work()
    with pytest.raises(NotFound):
        room.submit(learner, uuid4())


def test_nothing_changes_after_handing_in(room: Classroom, learner: Actor) -> None:
    attempt_id = room.sit(learner, QUIZ_1, right=2)
    with pytest.raises(quiz.AlreadySubmitted):
        room.save(learner, attempt_id, 1, [])
    asked = [item for item, _ in room.items(attempt_id)]
    assert [item.is_correct for item in asked] == [True, True, False]
    [attempt] = room.attempts()
    assert (float(attempt.score or 0), attempt.is_passed, float(attempt.pass_mark)) == (
        0.6667,
        True,
        0.5,
    )


def test_the_next_attempt_waits_for_the_pause_and_asks_anew(
    room: Classroom, learner: Actor
) -> None:
    first = room.start(learner, QUIZ_1, seed=1)
    assert room.submit(learner, first) is False
    room.now += timedelta(minutes=9)
    with pytest.raises(quiz.PauseNotOver) as refused:
        room.start(learner, QUIZ_1)
    assert refused.value.until == NOW + timedelta(minutes=10)
    room.now += timedelta(minutes=1)
    second = room.start(learner, QUIZ_1, seed=4)
    assert second != first
    assert [item.code for _, item in room.items(second)] != [
        item.code for _, item in room.items(first)
    ]


def test_trying_again_asks_other_questions_where_the_bank_has_them(
    room: Classroom, learner: Actor
) -> None:
    """Whatever chance says: no question of the last attempt while there are others."""
    first = room.start(learner, QUIZ_1, seed=1)
    room.submit(learner, first)
    asked = Counter(item.objective_code for _, item in room.items(first))
    with room.app.app_context(), reading() as db:
        bank = list(
            db.scalars(select(Item).where(Item.module_id == room.items(first)[0][1].module_id))
        )
    for seed in range(2, 5):
        room.now += timedelta(minutes=30)
        again = room.start(learner, QUIZ_1, seed=seed)
        mine = [item for _, item in room.items(again)]
        last = {item.code for _, item in room.items(first)}
        for objective, number in asked.items():
            fresh = sum(one.objective_code == objective and one.code not in last for one in bank)
            repeated = sum(one.objective_code == objective and one.code in last for one in mine)
            assert repeated == max(0, number - fresh)
        room.submit(learner, again)
        first = again


@pytest.mark.both_databases
def test_only_one_attempt_is_open_whoever_presses(room: Classroom, learner: Actor) -> None:
    ids = at_once(room.app, lambda: room.start(learner, QUIZ_1, seed=id(object())))
    assert len(set(ids)) == 1
    assert count(room.app, AttemptItem) == 3


@pytest.mark.both_databases
def test_r48_finish_pressed_twice_is_one_completion_and_one_fact(
    room: Classroom, learner: Actor
) -> None:
    for lesson, quiz_place in ((LESSON_1, QUIZ_1), (LESSON_2, QUIZ_2)):
        room.read(learner, lesson)
        attempt_id = room.start(learner, quiz_place)
        room.answer_all(learner, attempt_id, right=3)
        assert at_once(room.app, lambda: room.submit(learner, attempt_id)) == [True] * THREADS  # noqa: B023 - used at once
    completed = room.facts("CourseCompleted")
    assert [len(room.facts(name)) for name in ("AttemptSubmitted", "ModuleCompleted")] == [2, 2]
    assert len(completed) == 1
    assert count(room.app, Completion) == 3
    here = seat(room, learner)
    assert completed[0].payload == {
        "person_id": learner.person_id,
        "enrolment_id": str(here.enrolment_id),
        "edition_id": here.outline.edition_id,
        "completed_at": NOW.isoformat(),
    }
    assert here.standing.completed_at == NOW


@pytest.mark.both_databases
def test_answers_sent_while_handing_in_are_either_marked_or_refused(
    room: Classroom, learner: Actor
) -> None:
    attempt_id = room.start(learner, QUIZ_1)
    good = room.key(attempt_id)[0][0]
    turns = iter(range(THREADS))

    def one() -> bool:
        if next(turns) == 0:
            room.submit(learner, attempt_id)
            return False
        try:
            room.save(learner, attempt_id, 1, good)
        except quiz.AlreadySubmitted:
            return False
        return True

    kept = any(at_once(room.app, one))
    asked = room.items(attempt_id)[0][0]
    assert asked.is_correct is kept
    assert (asked.response == good) is kept


def test_a_later_fail_undoes_nothing(room: Classroom, learner: Actor) -> None:
    room.read(learner, LESSON_1)
    room.sit(learner, QUIZ_1)
    before = seat(room, learner).standing
    room.sit(learner, QUIZ_1, right=0, seed=5)
    after = seat(room, learner).standing
    assert after.completed_modules == before.completed_modules != frozenset()
    assert len(room.facts("ModuleCompleted")) == 1


def test_the_quiz_may_come_first_and_reading_then_completes(
    room: Classroom, learner: Actor
) -> None:
    room.sit(learner, QUIZ_1)
    assert room.facts("ModuleCompleted") == []
    room.read(learner, LESSON_1)
    room.read(learner, LESSON_1)
    assert len(room.facts("ModuleCompleted")) == 1


def test_whoever_completed_an_edition_is_offered_the_next_and_the_old_one_stays(
    room: Classroom, learner: Actor
) -> None:
    old = seat(room, learner).enrolment_id
    room.publish(some_content("2027.1"), now=NOW + timedelta(days=1))
    assert seat(room, learner).enrolment_id == old
    for lesson, quiz_place in ((LESSON_1, QUIZ_1), (LESSON_2, QUIZ_2)):
        room.read(learner, lesson)
        room.sit(learner, quiz_place)
    assert seat(room, learner).enrolment_id is None
    assert seat(room, learner).outline.label == "2027.1"
    assert room.enrol(learner) != old
    assert count(room.app, Completion) == 3


@pytest.mark.both_databases
def test_a_course_whose_name_cannot_be_stored_does_not_exist(
    room: Classroom, learner: Actor
) -> None:
    with pytest.raises(NotFound), room.app.app_context(), reading() as db:
        seat_of(db, actor=learner, slug="a\x00b")
