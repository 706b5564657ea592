"""The pages of a course: what each reader sees, what stays closed, and where addresses lead that
nobody would type.
"""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.kernel.actor import ANONYMOUS, Actor
from app.training.learning.cli import group
from app.training.learning.forms.folder import parse_course
from tests.planning.events.rows import every_statement
from tests.training.learning.builders import (
    LESSON_1,
    LESSON_2,
    QUIZ_1,
    QUIZ_2,
    Classroom,
    some_files,
)
from tests.training.learning.visitor import BASE, Visitor, attempt_url

pytestmark = pytest.mark.usefixtures("the_day")


def test_the_public_reads_the_syllabus_and_signs_in_to_start(
    client: FlaskClient, room: Classroom
) -> None:
    page = Visitor(client, ANONYMOUS).get(BASE)
    for words in (
        "Module one (es)",
        "Module three (es)",
        "En preparación",
        "Ingresar para empezar",
        "8 minutos para lo que está abierto",
    ):
        assert words in page
    assert "Hola" not in page
    assert client.get(f"{BASE}/one/A-L1/1").status_code == 302
    assert Visitor(client, ANONYMOUS).client.get("/courses/nothing").status_code == 404


def test_r35_one_press_starts_and_the_button_then_says_continue(
    client: FlaskClient, room: Classroom
) -> None:
    visitor = Visitor(client, room.learner())
    assert "Empezar el curso" in visitor.get(BASE)
    assert visitor.press(f"{BASE}/enrolments").location == f"{BASE}/one/A-L1/1"
    visitor.press(f"{BASE}/one/A-L1/1")
    page = visitor.get(BASE)
    assert "Continuar donde lo dejé" in page
    assert f'href="{BASE}/one/A-L1/2"' in page
    assert "En curso · 12 %" in page


def test_a_screen_says_where_one_is_and_only_the_button_writes(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
    for _ in range(2):
        page = visitor.get(f"{BASE}/one/A-L1/1")
        assert "Pantalla 1 de 2 · queda 1 min" in page
    assert visitor.client.get(f"{BASE}/one/A-L1/2").status_code == 302
    assert visitor.press(f"{BASE}/one/A-L1/1").location == f"{BASE}/one/A-L1/2"
    assert "<h2>Segunda A</h2>" in visitor.get(f"{BASE}/one/A-L1/2")
    assert visitor.press(f"{BASE}/one/A-L1/2").location == f"{BASE}/one/A-Q"


def test_r47_module_two_before_one_is_refused_in_words_with_a_link(visitor: Visitor) -> None:
    for path in (f"{BASE}/two", f"{BASE}/two/B-L1", f"{BASE}/two/B-L1/1", f"{BASE}/two/B-Q"):
        page = visitor.get(path, status=409)
        assert "El módulo 2 se abre cuando usted termine el módulo 1." in page
        assert f'href="{BASE}/one"' in page
    assert "todavía se está preparando" in visitor.get(f"{BASE}/three/C-L1", status=409)
    assert visitor.press(f"{BASE}/two/B-L1/1").status_code == 409


def test_r42_a_screen_without_translation_is_shown_in_the_other_language_with_a_notice(
    client: FlaskClient, app: Flask
) -> None:
    room = Classroom(app)
    room.publish(
        parse_course(
            {name: text for name, text in some_files().items() if name != "one/A-L1.en.md"}
        )
    )
    learner = room.learner()
    room.enrol(learner)
    visitor = Visitor(client, learner)
    page = visitor.get(f"{BASE}/one/A-L1/1?lang=en")
    assert '<article class="screen" lang="es">' in page
    assert "This screen has no translation yet" in page
    assert "no translation" not in visitor.get(f"{BASE}/one/A-L1/1?lang=es")


def test_raw_html_in_a_lesson_is_text(client: FlaskClient, app: Flask) -> None:
    body = "## A\n\n<script>alert(1)</script> [x](javascript:alert(1))\n\n---\n\n## B"
    room = Classroom(app)
    room.publish(parse_course({**some_files(), "one/A-L1.es.md": body}))
    learner = room.learner()
    room.enrol(learner)
    article = (
        Visitor(client, learner)
        .get(f"{BASE}/one/A-L1/1")
        .split("<article")[1]
        .split("</article>")[0]
    )
    assert "&lt;script&gt;" in article
    assert not re.search(r"<script|<img|href=.javascript", article)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/courses/a%00b", 400),
        (f"{BASE}/one%00/A-L1", 400),
        (f"{BASE}/one/A-L1/{'9' * 40}", 404),
        (f"{BASE}/one/A-L1/{'9' * 10}", 302),
        (f"{BASE}/one/A-L1/0", 302),
        (f"{BASE}/one/%00/1", 400),
        (f"{BASE}/attempts/not-an-id", 404),
        (f"{BASE}/one/A-Q/1", 302),
    ],
)
def test_broken_addresses_of_a_course_show_no_page(
    visitor: Visitor, path: str, status: int
) -> None:
    assert visitor.client.get(path).status_code == status


def test_after_the_last_module_the_course_is_completed(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
    assert visitor.client.get(f"{BASE}/completed").location == BASE
    for lesson, quiz_place in ((LESSON_1, QUIZ_1), (LESSON_2, QUIZ_2)):
        room.read(learner, lesson)
        attempt_id = room.sit(learner, quiz_place)
    result = visitor.get(attempt_url(attempt_id))
    assert "Usted completó todos los módulos abiertos." in result
    assert "Ver su certificado" in result, "the page leads to what was earned"
    page = visitor.get(f"{BASE}/completed")
    assert "Módulos 1–2 de 3 completados" in page
    assert "<h1>Felicitaciones, María José Ñáñez" in page, "the certificate is there at once"
    assert 'href="/certificates"' in page
    assert "Ver lo que completó" in visitor.get(BASE)


def statements_of(app: Flask, work: Callable[[], object]) -> int:
    with every_statement(app) as seen:
        work()
    return len([sql for sql in seen if not sql.startswith("PRAGMA")])


def test_pages_ask_as_much_of_one_module_as_of_many(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
    def cost(path: str) -> int:
        return statements_of(room.app, lambda: visitor.get(path))

    few = {path: cost(path) for path in (BASE, f"{BASE}/one/A-L1/1")}
    room.read(learner, LESSON_1)
    for seed in (1, 2, 3):
        attempt_id = room.sit(learner, QUIZ_1, seed=seed)
    assert {path: cost(path) for path in few} == few
    assert few[BASE] <= 10
    assert few[f"{BASE}/one/A-L1/1"] <= 7
    assert cost(attempt_url(attempt_id)) <= 12
    open_attempt = room.start(learner, QUIZ_1)
    assert cost(attempt_url(open_attempt, 1)) <= 5


def test_the_api_tells_the_bearer_her_own_progress(
    client: FlaskClient, room: Classroom, learner: Actor
) -> None:
    room.read(learner, LESSON_1)
    Visitor(client, learner)
    body = client.get("/api/v1/courses/guidelines/progress").get_json()
    assert (body["course"], body["edition"], body["completed_at"]) == ("guidelines", "2026.1", None)
    assert [(m["number"], m["state"], m["percent"]) for m in body["modules"]] == [
        (1, "in-progress", 25),
        (2, "locked", 0),
        (3, "in-preparation", 0),
    ]
    assert body["modules"][0]["title"] == {"es": "Module one (es)", "en": "Module one (en)"}
    Visitor(client, ANONYMOUS)
    assert client.get("/api/v1/courses/guidelines/progress").status_code == 401
    Visitor(client, learner)
    assert client.get("/api/v1/courses/nothing/progress").status_code == 404


def test_the_command_publishes_and_names_problems(app: Flask, tmp_path: object) -> None:
    runner = app.test_cli_runner()
    done = runner.invoke(group, ["publish", "courses/guidelines"])
    assert done.exit_code == 0, done.output
    assert "guidelines 2026.3 is published" in done.output
    assert runner.invoke(group, ["publish", "courses/guidelines"]).exit_code == 0
    failed = runner.invoke(group, ["publish", str(tmp_path)])
    assert failed.exit_code == 1
    assert "course.yaml: This file is missing." in failed.output
