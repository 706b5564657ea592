"""The small course, published, and somebody who takes it."""

import pytest
from flask import Flask

from app.kernel.actor import Actor
from tests.training.learning.builders import Classroom


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
