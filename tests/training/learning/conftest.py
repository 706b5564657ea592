"""The small course, published, and somebody who takes it."""

import pytest
from flask import Flask

from app.kernel.actor import Actor
from tests.support.apps import bring_to
from tests.training.learning.builders import Classroom


@pytest.fixture
def room(app: Flask) -> Classroom:
    classroom = Classroom(app)
    bring_to(app, "classroom", classroom.publish, often=True)
    return classroom


@pytest.fixture
def learner(room: Classroom) -> Actor:
    actor = room.learner()
    room.enrol(actor)
    return actor
