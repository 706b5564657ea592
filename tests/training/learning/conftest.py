"""The small course, published, somebody who takes it, and the instant at which they do."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra import clock
from app.kernel.actor import Actor
from tests.training.learning.builders import NOW, Classroom
from tests.training.learning.visitor import Visitor


@pytest.fixture
def room(app: Flask) -> Classroom:
    classroom = Classroom(app)
    classroom.publish()
    return classroom


@pytest.fixture
def learner(room: Classroom) -> Actor:
    actor = room.learner()
    room.enrol(actor)
    return actor


@pytest.fixture
def visitor(client: FlaskClient, learner: Actor) -> Visitor:
    return Visitor(client, learner)


@pytest.fixture
def the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
