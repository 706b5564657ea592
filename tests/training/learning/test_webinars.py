"""A webinar as a part of a module: it is done when attendance says so, and nobody presses anything."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.kernel.refusal import InvalidInput
from app.participation.attendance.services.recording import record as record_minutes
from app.training.learning.forms.folder import parse_course
from app.training.learning.models import Completion, LearningEvent
from app.training.learning.queries.records import audit
from app.training.learning.rules.progress import enough, minutes_between
from app.training.learning.values import CourseContent
from tests.planning.events.rows import STARTS, an_event
from tests.support.actors import actor_of
from tests.training.authoring.author import Author, an_author
from tests.training.authoring.author import both as typed
from tests.training.learning.builders import LESSON_1, QUIZ_1, Classroom, both, some_files
from tests.training.learning.visitor import BASE, Visitor

AFTER = STARTS + timedelta(hours=3)
COUNTING = {"kinds": ["training"], "percent": 80}


def course(counting: dict[str, Any], *, optional: bool = False) -> CourseContent:
    """The small course with a webinar between lesson and quiz of the first module."""
    files = some_files("2026.4")
    module = yaml.safe_load(files["one/module.yaml"])
    unit = {
        "code": "A-W",
        "kind": "webinar",
        "minutes": 90,
        "title": both("Live"),
        "webinar": counting,
        "optional": optional,
    }
    module["units"].insert(1, unit)
    files["one/module.yaml"] = yaml.safe_dump(module)
    return parse_course(files)


class Hall:
    """A classroom whose course asks for a webinar, and who was at which."""

    def __init__(self, app: Flask, **counting: Any) -> None:
        self.app, self.room = app, Classroom(app, now=AFTER)
        self.room.publish(course({**COUNTING, **counting}))
        self.learner = self.room.learner()

    def attend(self, event_id: UUID, minutes: int, reason: str = "") -> None:
        organizer = actor_of(self.app, "organizer")
        with self.app.app_context(), transaction() as db:
            record_minutes(
                db,
                actor=organizer,
                event_id=event_id,
                minutes={self.learner.person_id or 0: minutes},
                reason=reason,
                source="manual",
                now=AFTER,
            )
        self.follow()

    def follow(self) -> None:
        with self.app.app_context():
            platform(self.app).jobs.drain()

    def events(self) -> list[bool]:
        """Whether the unit counted, each time that this changed."""
        with self.app.app_context(), reading() as db:
            asked = select(LearningEvent.payload).where(LearningEvent.verb == "attended")
            return [one["counts"] for one in db.scalars(asked.order_by(LearningEvent.number))]

    def completed(self) -> int:
        with self.app.app_context(), reading() as db:
            assert list(audit(db)) == []
            return len(db.scalars(select(Completion.module_id)).all())


def test_a_webinar_counts_from_eight_tenths_of_its_minutes() -> None:
    lasted = minutes_between(STARTS, STARTS + timedelta(minutes=90))
    assert (enough(72, lasted, 80), enough(71, lasted, 80)) == (True, False)
    assert (enough(1, None, 80), enough(0, None, 80)) == (True, False)  # present, hours unknown


@pytest.mark.both_databases
def test_attendance_completes_the_unit_and_a_correction_is_followed_until_the_pass(
    app: Flask,
) -> None:
    hall = Hall(app)
    room, learner = hall.room, hall.learner
    event_id, other = an_event(app, kind="training"), an_event(app, kind="webinar")
    room.enrol(learner)
    hall.attend(other, 90)  # of another kind
    hall.attend(event_id, 60)
    assert hall.events() == []
    hall.attend(event_id, 80, "Estuvo hasta el final, dice la lista")
    hall.follow()
    assert hall.events() == [True]
    hall.attend(event_id, 10, "Era otra persona con el mismo nombre")
    assert hall.events() == [True, False]
    room.read(learner, LESSON_1)
    room.sit(learner, QUIZ_1)
    assert hall.completed() == 0  # everything but the webinar
    hall.attend(event_id, 90, "Se confundieron dos registros")
    assert hall.events() == [True, False, True]
    assert hall.completed() == 1
    hall.attend(event_id, 0, "Una corrección después de aprobar")
    assert hall.events() == [True, False, True]
    assert hall.completed() == 1  # a pass is never lost


def test_what_was_attended_before_enrolling_counts_for_a_year(app: Flask) -> None:
    hall = Hall(app, kinds=["webinar"])
    old = an_event(app, starts_at=STARTS - timedelta(days=400))
    hall.attend(old, 90)
    hall.room.enrol(hall.learner)
    hall.follow()
    assert hall.events() == []
    again = hall.room.learner("Otra")
    hall.learner = again
    hall.attend(an_event(app), 90)
    hall.room.enrol(again)
    hall.follow()
    assert hall.events() == [True]


def test_the_syllabus_shows_what_counts_and_nobody_waits_for_it(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    hall = Hall(app, kinds=["training"])
    room, learner = hall.room, hall.learner
    room.enrol(learner)
    soon = an_event(app, kind="training", title="La próxima", starts_at=AFTER + timedelta(days=9))
    an_event(
        app,
        kind="training",
        title="Cancelada",
        starts_at=AFTER + timedelta(days=9),
        status="cancelled",
    )
    an_event(app, kind="webinar", title="Ajena", starts_at=AFTER + timedelta(days=9))
    visitor = Visitor(client, learner)
    page = visitor.get(BASE)
    assert f"/events/{soon}" in page
    assert "Cancelada" not in page
    assert "Ajena" not in page
    page = visitor.get(f"{BASE}/one/A-W")
    assert "al menos al 80 % de sus minutos" in page
    assert "Ver e inscribirse" in page
    assert "Ver e inscribirse" in visitor.get(f"{BASE}/one/A-W/1")  # it has no screens
    assert visitor.press(f"{BASE}/one/A-W/1").status_code == 404
    room.read(learner, LESSON_1)
    room.sit(learner, QUIZ_1)
    assert "Primera B" in visitor.get(f"{BASE}/two/B-L1/1")
    assert "/two/B-L1/1" in visitor.get(BASE)  # "continue" leads on, not to the webinar


def test_optional_webinar_is_not_needed_and_a_bad_one_is_named(app: Flask) -> None:
    room = Classroom(app)
    room.publish(course(COUNTING, optional=True))
    learner = room.learner()
    room.enrol(learner)
    room.read(learner, LESSON_1)
    room.sit(learner, QUIZ_1)
    assert len(room.facts("ModuleCompleted")) == 1
    for wrong, field in (
        ({}, "webinar"),
        ({"kinds": ["congress"]}, "webinar.kinds"),
        ({"series": ["x"]}, "webinar.series"),
        ({"kinds": ["webinar"], "percent": 0}, "webinar.percent"),
    ):
        with pytest.raises(InvalidInput) as refused:
            course(wrong)
        assert any(place.endswith(f"units[1].{field}") for place in refused.value.errors)


def test_an_author_names_webinars_by_kind_series_and_date(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app, title="Con fecha")
    author = Author(client, an_author(app))
    draft, parts = author.a_course()
    where = f"{draft}/parts/{parts['module']}/new/webinar"
    assert "Con fecha" in author.get(where)
    refused = author.send(where, **typed("title", "En vivo"), events="not-one", percent="101")
    assert refused.status_code == 422
    part = author.add(
        draft,
        parts["module"],
        "webinar",
        **typed("title", "En vivo"),
        kinds="webinar",
        events=str(event_id),
        percent="70",
        minutes="45",
        is_optional="y",
    )
    page = author.get(f"{draft}/parts/{part}")
    assert "checked" in page
    assert "Todo está escrito" in author.get(f"{draft}/publish")
    author.sent(f"{draft}/publish", label="1", sure="y")
    second = author.sent("/authoring/from/trato-digno-es")
    assert "No cambia ningún objetivo" in author.get(f"{second}/publish")
