"""The pages of a quiz: by forms alone, without what is right, and with input that no browser would
send.
"""

import re
from itertools import chain
from uuid import UUID, uuid4

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from app.kernel.actor import Actor
from app.training.learning.forms.folder import parse_course
from tests.planning.events.rows import every_statement
from tests.support.actors import sign_in
from tests.support.kept import checked_in, shown_again
from tests.training.learning.builders import LESSON_1, QUIZ_1, Classroom, some_files
from tests.training.learning.visitor import BASE, Visitor, attempt_url

pytestmark = pytest.mark.usefixtures("the_day")


def options_shown(page: str) -> list[int]:
    return [
        int(value) for value in re.findall(r'name="option" id="option-\d+" value="(\d+)"', page)
    ]


def test_a_quiz_from_start_to_pass_by_forms_alone(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
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
    assert (
        "Puede intentarlo de nuevo a las 09:10 (Honduras, UTC−6), martes, 24 de noviembre de 2026."
        in page
    )
    chosen = sum(len(asked.response) for asked, _ in room.items(attempt_id))
    assert page.count("Lineamientos, I: Introduction (es)") == chosen
    assert page.count("Feedback ") == chosen
    assert "La respuesta correcta" not in page
    refused = visitor.press(f"{BASE}/one/A-Q/attempt")
    assert refused.status_code == 409
    assert "09:10 (Honduras, UTC−6)" in refused.get_data(as_text=True)
    assert "09:10 (Honduras, UTC−6)" in visitor.get(f"{BASE}/one/A-Q")


def test_what_is_right_is_not_in_any_page_before_handing_in(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
    attempt_id = room.start(learner, QUIZ_1)
    with every_statement(room.app) as statements:
        pages = [visitor.get(attempt_url(attempt_id, rest)) for rest in (1, 2, 3, "")]
        pages.append(visitor.get(f"{attempt_url(attempt_id)}?review=1"))
    assert len(statements) > 10
    assert not [
        sql
        for sql in statements
        if "item_option.is_correct" in sql or "item_option.feedback" in sql
    ]
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


def test_every_dot_saves_and_goes_where_it_says(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
    attempt_id = room.start(learner, QUIZ_1)
    good = room.key(attempt_id)[0][0]
    for step, expected in (
        ("3", attempt_url(attempt_id, 3)),
        ("previous", attempt_url(attempt_id, 1)),
        ("review", attempt_url(attempt_id) + "?review=1"),
    ):
        assert (
            visitor.press(attempt_url(attempt_id, 1), option=good, step=step).location == expected
        )
        assert room.items(attempt_id)[0][0].response
    page = visitor.get(attempt_url(attempt_id) + "?review=1")
    assert "2 preguntas no tienen respuesta y contarían como incorrectas." in page


def test_other_peoples_attempts_do_not_exist(
    client: FlaskClient, room: Classroom, learner: Actor
) -> None:
    attempt_id = room.start(learner, QUIZ_1)
    stranger = Visitor(client, room.learner("Somebody else"))
    for path in (attempt_url(attempt_id), attempt_url(attempt_id, 1), attempt_url(uuid4())):
        stranger.get(path, status=404)
    assert stranger.press(attempt_url(attempt_id, 1), option="1").status_code == 404
    assert stranger.press(attempt_url(attempt_id, "submission")).status_code == 404
    assert (
        Visitor(client, learner).client.get(f"/courses/other/attempts/{attempt_id}").status_code
        == 404
    )


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
    (
        "9" * 40,
        {"option": "1"},
        405,
    ),  # no number of a question: such an address has a page, which takes no answers
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
    single = next(
        n for n, (_, item) in enumerate(room.items(attempt_id), start=1) if item.kind == "single"
    )
    two = visitor.press(
        attempt_url(attempt_id, single), option=key[single - 1][0] + key[single - 1][1]
    )
    assert two.status_code == 422
    assert "Elija una sola respuesta." in two.get_data(as_text=True)


def test_bold_words_of_a_question_are_bold_and_never_asterisks(
    app: Flask, client: FlaskClient
) -> None:
    files = some_files("2026.7")
    bank = yaml.safe_load(files["one/bank.yaml"])
    for item in bank["items"]:
        item["stem"] = {"es": "¿Qué **no** se anota <aquí>?", "en": "What is **not** noted <here>?"}
    files["one/bank.yaml"] = yaml.safe_dump(bank)
    room = Classroom(app)
    room.publish(parse_course(files))
    learner = room.learner("Ana Ruiz")
    room.enrol(learner)
    visitor = Visitor(client, learner)
    attempt_id = room.start(learner, QUIZ_1)
    bold = "¿Qué <strong>no</strong> se anota &lt;aquí&gt;?"
    assert bold in visitor.get(attempt_url(attempt_id, 1))
    room.submit(learner, attempt_id)
    result = visitor.get(attempt_url(attempt_id))
    assert result.count(bold) >= 3
    assert "**" not in result


def test_option_chosen_in_a_form_that_came_too_late_is_shown_chosen(
    client: FlaskClient, room: Classroom
) -> None:
    learner = sign_in(client, "official-hn")
    room.enrol(learner)
    room.read(learner, LESSON_1)
    url = attempt_url(room.start(learner, QUIZ_1), 1)
    chosen = options_shown(client.get(url).text)[-1]
    html = shown_again(client, url, url, {"option": str(chosen), "step": "next"})
    assert checked_in(html) == [f"option-{chosen}"]
    assert checked_in(client.get(url).text) == [], "nothing was saved"
