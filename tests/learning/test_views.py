"""Pages: what each reader sees, what is never sent, and what happens to input that nobody's browser would send."""

import re
from collections.abc import Callable
from itertools import chain
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from app.infra import clock
from app.infra.database import database
from app.kernel.actor import ANONYMOUS, Actor
from app.learning.cli import group
from app.learning.forms.content import parse_course
from tests.learning.builders import LESSON_1, LESSON_2, NOW, QUIZ_1, QUIZ_2, Classroom, some_files
from tests.support.actors import csrf_token

BASE = "/courses/guidelines"


class Visitor:
    """A browser without scripts: reads pages, presses buttons."""

    def __init__(self, client: FlaskClient, actor: Actor) -> None:
        self.client = client
        client.application.extensions["convoca_load_actor"] = lambda: actor

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == status, answer.get_data(as_text=True)[:500]
        page = answer.get_data(as_text=True)
        assert len(page.encode()) < 30_000
        return page

    def press(self, path: str, **form: object) -> TestResponse:
        return self.client.post(path, data={"csrf_token": csrf_token(self.client), **form})


@pytest.fixture(autouse=True)
def the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def visitor(client: FlaskClient, learner: Actor) -> Visitor:
    return Visitor(client, learner)


def attempt_url(attempt_id: UUID, rest: object = "") -> str:
    return f"{BASE}/attempts/{attempt_id}{'/' if rest else ''}{rest}"


def test_the_public_reads_the_syllabus_and_signs_in_to_start(client: FlaskClient, room: Classroom) -> None:
    page = Visitor(client, ANONYMOUS).get(BASE)
    for words in ("Module one (es)", "Module three (es)", "En preparación", "Ingresar para empezar", "45 min"):
        assert words in page
    assert "Hola" not in page
    assert client.get(f"{BASE}/one/A-L1/1").status_code == 302
    assert Visitor(client, ANONYMOUS).client.get("/courses/nothing").status_code == 404


def test_r35_one_press_starts_and_the_button_then_says_continue(client: FlaskClient, room: Classroom) -> None:
    visitor = Visitor(client, room.learner())
    assert "Empezar el curso" in visitor.get(BASE)
    assert visitor.press(f"{BASE}/enrolments").location == f"{BASE}/one/A-L1/1"
    visitor.press(f"{BASE}/one/A-L1/1")
    page = visitor.get(BASE)
    assert "Continuar donde lo dejé" in page
    assert f'href="{BASE}/one/A-L1/2"' in page
    assert "En curso · 33 %" in page


def test_a_screen_says_where_one_is_and_only_the_button_writes(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
    for _ in range(2):
        page = visitor.get(f"{BASE}/one/A-L1/1")
        assert "Lección, pantalla 1 de 2 · Módulo 1: 0 %" in page
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
    room.publish(parse_course({name: text for name, text in some_files().items() if name != "one/A-L1.en.md"}))
    learner = room.learner()
    room.enrol(learner)
    visitor = Visitor(client, learner)
    page = visitor.get(f"{BASE}/one/A-L1/1?lang=en")
    assert '<article class="screen" lang="es">' in page
    assert "This screen has no translation yet" in page
    assert "no translation" not in visitor.get(f"{BASE}/one/A-L1/1?lang=es")


def test_raw_html_in_a_lesson_is_text(client: FlaskClient, app: Flask) -> None:
    body = "## A\n\n<script>alert(1)</script> [x](javascript:alert(1)) ![y](https://example.org/y.png)\n\n---\n\n## B"
    room = Classroom(app)
    room.publish(parse_course({**some_files(), "one/A-L1.es.md": body}))
    learner = room.learner()
    room.enrol(learner)
    article = Visitor(client, learner).get(f"{BASE}/one/A-L1/1").split("<article")[1].split("</article>")[0]
    assert "&lt;script&gt;" in article
    assert not re.search(r"<script|<img|href=.javascript", article)


def options_shown(page: str) -> list[int]:
    return [int(value) for value in re.findall(r'name="option" id="option-\d+" value="(\d+)"', page)]


def test_a_quiz_from_start_to_pass_by_forms_alone(visitor: Visitor, room: Classroom, learner: Actor) -> None:
    room.read(learner, LESSON_1)
    assert "Para aprobar necesita 2 respuestas correctas." in visitor.get(f"{BASE}/one/A-Q")
    where = visitor.press(f"{BASE}/one/A-Q/attempt").location or ""
    attempt_id = UUID(where.rsplit("/", 1)[1])
    for position, (good, _) in enumerate(room.key(attempt_id), start=1):
        page = visitor.get(attempt_url(attempt_id, position))
        assert f"{position - 1} de 3 respondidas" in page
        assert sorted(options_shown(page)) == sorted(chain(*room.key(attempt_id)[position - 1]))
        answer = visitor.press(attempt_url(attempt_id, position), option=good, step="next")
        assert answer.location == attempt_url(attempt_id, position + 1)
    assert "Entregar el cuestionario" in visitor.get(attempt_url(attempt_id, 4))
    visitor.press(attempt_url(attempt_id, "submission"))
    page = visitor.get(attempt_url(attempt_id))
    assert "3 de 3 respuestas correctas; hacen falta 2." in page
    assert "El módulo 1 está completo." in page
    assert f'href="{BASE}/two"' in page


def test_the_result_cites_the_guidelines_for_every_option_chosen_and_says_when_to_try_again(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
    attempt_id = room.start(learner, QUIZ_1)
    room.answer_all(learner, attempt_id, right=1)
    room.submit(learner, attempt_id)
    page = visitor.get(attempt_url(attempt_id))
    assert "1 de 3 respuestas correctas; hacen falta 2." in page
    assert "Puede intentarlo de nuevo a las 09:10 (Honduras, UTC−6), martes, 24 de noviembre de 2026." in page
    chosen = sum(len(asked.response) for asked, _ in room.items(attempt_id))
    assert page.count("Lineamientos, I: Introduction (es)") == chosen
    assert page.count("Feedback ") == chosen
    assert "La respuesta correcta" not in page
    refused = visitor.press(f"{BASE}/one/A-Q/attempt")
    assert refused.status_code == 409
    assert "09:10 (Honduras, UTC−6)" in refused.get_data(as_text=True)
    assert "09:10 (Honduras, UTC−6)" in visitor.get(f"{BASE}/one/A-Q")


def test_what_is_right_is_not_in_any_page_before_handing_in(visitor: Visitor, room: Classroom, learner: Actor) -> None:
    attempt_id = room.start(learner, QUIZ_1)
    statements: list[str] = []
    with room.app.app_context():
        event.listen(database.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    pages = [visitor.get(attempt_url(attempt_id, rest)) for rest in (1, 2, 3, "")]
    pages.append(visitor.get(f"{attempt_url(attempt_id)}?review=1"))
    assert len(statements) > 10
    assert not [sql for sql in statements if "item_option.is_correct" in sql or "item_option.feedback" in sql]
    for page in pages:
        assert "Feedback" not in page
        boxes = re.findall(r"<input [^>]*name=.option.[^>]*>", page)
        looks = {re.sub(r'id="option-\d+" value="\d+"', "", box) for box in boxes}
        assert len(looks) == bool(boxes), "an option looks different from the others"


def test_r20_the_line_is_lost_and_she_comes_back_to_the_next_question(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
    attempt_id = room.start(learner, QUIZ_1)
    good = room.key(attempt_id)[0][0]
    visitor.press(attempt_url(attempt_id, 1), option=good)
    visitor.client.delete_cookie("session")
    assert "Continuar el cuestionario" in visitor.get(f"{BASE}/one/A-Q")
    page = visitor.get(visitor.press(f"{BASE}/one/A-Q/attempt").location or "")
    assert "Pregunta 2 de 3" in page
    assert "1 de 3 respondidas" in page
    assert visitor.get(attempt_url(attempt_id, 1)).count(" checked") == len(good)
    assert len(room.attempts()) == 1


def test_the_language_changes_midway_and_place_attempt_and_order_stay(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
    room.read(learner, LESSON_1)
    attempt_id = room.start(learner, QUIZ_1)
    spanish = visitor.get(attempt_url(attempt_id, 2))
    visitor.press(attempt_url(attempt_id, 2), option=options_shown(spanish)[:1])
    english = visitor.get(attempt_url(attempt_id, 2) + "?lang=en")
    assert "Question 2 of 3" in english
    assert "(en)</legend>" in english
    assert options_shown(english) == options_shown(spanish)
    assert english.count(" checked") == 1
    assert "1 of 3 answered" in english
    for page in (spanish, english, visitor.get(f"{BASE}/one/A-L1/2")):
        assert re.search(r'href="[^"]*/\d\?lang=(es|en)"', page), "the switch keeps the page"
    good = [key[0] for key in room.key(attempt_id)]
    for position, options in enumerate(good, start=1):
        visitor.press(attempt_url(attempt_id, position), option=options)
    visitor.press(attempt_url(attempt_id, "submission"))
    assert "3 of 3 answers are right" in visitor.get(attempt_url(attempt_id))
    assert len(room.facts("ModuleCompleted")) == 1


def test_every_dot_saves_and_goes_where_it_says(visitor: Visitor, room: Classroom, learner: Actor) -> None:
    attempt_id = room.start(learner, QUIZ_1)
    good = room.key(attempt_id)[0][0]
    for step, expected in (("3", attempt_url(attempt_id, 3)), ("previous", attempt_url(attempt_id, 1)),
                           ("review", attempt_url(attempt_id) + "?review=1")):  # fmt: skip
        assert visitor.press(attempt_url(attempt_id, 1), option=good, step=step).location == expected
        assert room.items(attempt_id)[0][0].response
    page = visitor.get(attempt_url(attempt_id) + "?review=1")
    assert "2 preguntas no tienen respuesta y contarían como incorrectas." in page


def test_other_peoples_attempts_do_not_exist(client: FlaskClient, room: Classroom, learner: Actor) -> None:
    attempt_id = room.start(learner, QUIZ_1)
    stranger = Visitor(client, room.learner("Somebody else"))
    for path in (attempt_url(attempt_id), attempt_url(attempt_id, 1), attempt_url(uuid4())):
        stranger.get(path, status=404)
    assert stranger.press(attempt_url(attempt_id, 1), option="1").status_code == 404
    assert stranger.press(attempt_url(attempt_id, "submission")).status_code == 404
    assert Visitor(client, learner).client.get(f"/courses/other/attempts/{attempt_id}").status_code == 404


Form = dict[str, object]
BAD: list[tuple[str, Form, int]] = [
    ("1", {"option": "0"}, 422),
    ("1", {"option": "-1"}, 422),
    ("1", {"option": "9" * 40}, 422),
    ("1", {"option": "a\x00b"}, 400),
    ("1", {"option": ["1"] * 30}, 422),
    ("1", {"option": "１"}, 422),
    ("1", {"step": "9" * 40}, 302),
    ("99", {"option": "1"}, 404),
    ("0", {"option": "1"}, 404),
    ("9" * 40, {"option": "1"}, 404),
]


@pytest.mark.parametrize("sent", BAD)
def test_input_that_no_form_of_ours_sends_is_a_sentence(
    visitor: Visitor, room: Classroom, learner: Actor, sent: tuple[str, Form, int]
) -> None:
    position, form, status = sent
    attempt_id = room.start(learner, QUIZ_1)
    answer = visitor.press(attempt_url(attempt_id, position), **form)
    assert answer.status_code == status
    if status == 422:
        page = answer.get_data(as_text=True)
        assert "Elija entre las respuestas que se muestran." in page
        assert 'role="alert"' in page
    assert not room.items(attempt_id)[0][0].response


def test_options_of_another_question_and_two_where_one_is_asked_are_refused(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
    attempt_id = room.start(learner, QUIZ_1)
    key = room.key(attempt_id)
    foreign = visitor.press(attempt_url(attempt_id, 1), option=key[1][0])
    assert foreign.status_code == 422
    single = next(n for n, (_, item) in enumerate(room.items(attempt_id), start=1) if item.kind == "single")
    two = visitor.press(attempt_url(attempt_id, single), option=key[single - 1][0] + key[single - 1][1])
    assert two.status_code == 422
    assert "Elija una sola respuesta." in two.get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/courses/a%00b", 400),
        (f"{BASE}/one%00/A-L1", 400),
        (f"{BASE}/one/A-L1/{'9' * 40}", 302),
        (f"{BASE}/one/A-L1/0", 302),
        (f"{BASE}/one/%00/1", 400),
        (f"{BASE}/attempts/not-an-id", 404),
        (f"{BASE}/one/A-Q/1", 302),
    ],
)
def test_addresses_that_lead_nowhere(visitor: Visitor, path: str, status: int) -> None:
    assert visitor.client.get(path).status_code == status


def test_after_the_last_module_the_course_is_completed(visitor: Visitor, room: Classroom, learner: Actor) -> None:
    assert visitor.client.get(f"{BASE}/completed").location == BASE
    for lesson, quiz_place in ((LESSON_1, QUIZ_1), (LESSON_2, QUIZ_2)):
        room.read(learner, lesson)
        attempt_id = room.sit(learner, quiz_place)
    assert "Usted completó todo el curso." in visitor.get(attempt_url(attempt_id))
    page = visitor.get(f"{BASE}/completed")
    assert "<h1>Curso completado</h1>" in page
    assert 'href="/certificates"' in page
    assert "Ver lo que completó" in visitor.get(BASE)


def statements_of(app: Flask, work: Callable[[], object]) -> int:
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    with app.app_context():
        engine = database.engine
    event.listen(engine, "before_cursor_execute", note)
    work()
    event.remove(engine, "before_cursor_execute", note)
    return len([sql for sql in seen if not sql.startswith("PRAGMA")])


def test_pages_ask_as_much_of_one_module_as_of_many(visitor: Visitor, room: Classroom, learner: Actor) -> None:
    def cost(path: str) -> int:
        return statements_of(room.app, lambda: visitor.get(path))

    few = {path: cost(path) for path in (BASE, f"{BASE}/one/A-L1/1")}
    room.read(learner, LESSON_1)
    for seed in (1, 2, 3):
        attempt_id = room.sit(learner, QUIZ_1, seed=seed)
    assert {path: cost(path) for path in few} == few
    assert few[BASE] <= 7
    assert few[f"{BASE}/one/A-L1/1"] <= 8
    assert cost(attempt_url(attempt_id)) <= 14
    open_attempt = room.start(learner, QUIZ_1)
    assert cost(attempt_url(open_attempt, 1)) <= 5


def test_the_api_tells_the_bearer_her_own_progress(client: FlaskClient, room: Classroom, learner: Actor) -> None:
    room.read(learner, LESSON_1)
    Visitor(client, learner)
    body = client.get("/api/v1/courses/guidelines/progress").get_json()
    assert (body["course"], body["edition"], body["completed_at"]) == ("guidelines", "2026.1", None)
    assert [(m["number"], m["state"], m["percent"]) for m in body["modules"]] == [
        (1, "in-progress", 66), (2, "locked", 0), (3, "in-preparation", 0)
    ]  # fmt: skip
    assert body["modules"][0]["title"] == {"es": "Module one (es)", "en": "Module one (en)"}
    Visitor(client, ANONYMOUS)
    assert client.get("/api/v1/courses/guidelines/progress").status_code == 401
    Visitor(client, learner)
    assert client.get("/api/v1/courses/nothing/progress").status_code == 404


def test_the_command_publishes_and_names_problems(app: Flask, tmp_path: object) -> None:
    runner = app.test_cli_runner()
    done = runner.invoke(group, ["publish", "courses/guidelines"])
    assert done.exit_code == 0, done.output
    assert "guidelines 2026.1 is published" in done.output
    assert runner.invoke(group, ["publish", "courses/guidelines"]).exit_code == 0
    failed = runner.invoke(group, ["publish", str(tmp_path)])
    assert failed.exit_code == 1
    assert "course.yaml: This file is missing." in failed.output
