"""Presses that arrive later, from a device that several people use, and copies to read meanwhile."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.kernel.actor import Actor
from app.training.learning.forms.folder import parse_course
from tests.support.actors import csrf_token
from tests.training.learning.builders import (
    QUIZ_1,
    Classroom,
    practised_files,
)
from tests.training.learning.test_events import verbs
from tests.training.learning.visitor import BASE, Visitor, attempt_url

pytestmark = pytest.mark.usefixtures("the_day")


def sent_later(visitor: Visitor, path: str, **form: object) -> TestResponse:
    data = {"csrf_token": csrf_token(visitor.client), **form}
    return visitor.client.post(path, data=data, headers={"X-Outbox": "1", "HX-Request": "true"})


def key_of(visitor: Visitor) -> str:
    answer = visitor.client.get("/courses/learner")
    assert answer.headers["Cache-Control"] == "no-store"
    return str(answer.json["learner"])  # type: ignore[index]


def test_a_press_sent_later_is_kept_once_and_hears_no_more_than_that(
    client: FlaskClient, room: Classroom, learner: Actor
) -> None:
    visitor = Visitor(client, learner)
    attempt_id, press = room.start(learner, QUIZ_1), str(uuid4())
    good = room.key(attempt_id)[0][0]
    form = {"client_id": press, "learner": key_of(visitor), "pressed_at": "2026-11-20T08:00-06:00"}
    path = attempt_url(attempt_id, 1)
    for _ in range(2):
        answer = sent_later(visitor, path, option=good, **form)
        assert (answer.status_code, answer.get_data()) == (204, b"")
    assert visitor.press(path, option=good, **form).status_code == 302
    for _ in range(2):
        lesson = sent_later(visitor, f"{BASE}/one/A-L1/1", client_id=str(uuid4()))
        assert lesson.status_code == 204
    assert verbs(room.app) == {"started": 1, "answered": 1, "seen": 2}


def test_labels_that_no_browser_writes_cost_nobody_an_answer(
    client: FlaskClient, room: Classroom, learner: Actor
) -> None:
    visitor = Visitor(client, learner)
    attempt_id = room.start(learner, QUIZ_1)
    for number, (press, at) in enumerate(
        [("", ""), ("x" * 9000, "yesterday"), ("{" * 40, "9999-12-31T23:59:59-23:59")]
    ):
        good, bad = room.key(attempt_id)[0]
        options = bad[:1] if number % 2 else good
        form = {"client_id": press, "pressed_at": at}
        answer = visitor.press(attempt_url(attempt_id, 1), option=options, **form)
        assert answer.status_code == 302
        assert room.items(attempt_id)[0][0].response == options


def test_nobody_sends_what_another_answered_on_the_same_device(
    client: FlaskClient, room: Classroom, learner: Actor
) -> None:
    hers = key_of(Visitor(client, learner))
    stranger = room.learner("Somebody else")
    room.enrol(stranger)
    visitor = Visitor(client, stranger)
    assert key_of(visitor) != hers
    answer = sent_later(visitor, f"{BASE}/one/A-L1/1", client_id=str(uuid4()), learner=hers)
    assert answer.status_code == 403
    assert verbs(room.app) == {}


def test_an_answer_after_handing_in_shows_the_result_and_says_so(
    client: FlaskClient, room: Classroom, learner: Actor
) -> None:
    visitor, attempt_id = Visitor(client, learner), room.sit(learner, QUIZ_1)
    option = room.key(attempt_id)[0][1][0]
    page = visitor.press(attempt_url(attempt_id, 1), option=option)
    assert page.status_code == 409
    words = page.get_data(as_text=True)
    assert "Este cuestionario ya se entregó" in words
    assert "3 de 3 respuestas correctas" in words
    assert 'name="option"' not in words
    later = sent_later(visitor, attempt_url(attempt_id, 1), option=option)
    assert (later.status_code, later.mimetype) == (409, "text/plain")
    assert "Este cuestionario ya se entregó" in later.get_data(as_text=True)
    assert visitor.client.get(attempt_url(attempt_id, 1)).location == attempt_url(attempt_id)


def test_copies_are_whole_and_hold_nothing_personal(client: FlaskClient, room: Classroom) -> None:
    room.publish(parse_course(practised_files()))
    learner = room.learner("Lucía Ñuñez")
    room.enrol(learner)
    visitor = Visitor(client, learner)
    visitor.press(f"{BASE}/one/A-L1/1/checks/A-L1-K1", option="2")
    visitor.press(f"{BASE}/one/A-L1/1/note", note="Pienso en la fila")
    held = visitor.client.get(f"{BASE}/one/copies").json
    assert held is not None
    assert set(held["pages"]) == {f"{BASE}/one/A-L1/{screen}" for screen in (1, 2)}
    together = "".join(held["pages"].values())
    page = visitor.get(f"{BASE}/one/A-L1/1")
    for personal in ("Lucía", "Pienso en la fila", " checked", "Because 2"):
        assert personal in page
        assert personal not in together
    assert f'data-next="{BASE}/one/A-L1/2"' in held["pages"][f"{BASE}/one/A-L1/1"]
    assert 'action="/sign-out"' not in together
    for url in held["assets"]:
        with visitor.client.get(url) as answer:
            assert answer.status_code == 200, url
    assert any("/figures/" in url for url in held["assets"])
    assert visitor.client.get(f"{BASE}/two/copies").status_code == 409


def test_the_worker_may_see_the_courses_and_is_never_old(client: FlaskClient) -> None:
    answer = client.get("/courses/lessons-worker.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_learner_reads_who_is_learning_and_leaves_with_one_press(
    client: FlaskClient, room: Classroom, learner: Actor
) -> None:
    visitor, attempt_id = Visitor(client, learner), room.start(learner, QUIZ_1)
    for path in (BASE, f"{BASE}/one/A-L1/1", f"{BASE}/one/A-Q", attempt_url(attempt_id, 1)):
        page = visitor.get(path)
        assert f"Usted estudia como {learner.name}." in page, path
        assert page.count("¿No es usted? Salir") == 1
