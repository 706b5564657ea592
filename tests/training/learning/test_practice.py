"""Practice inside lessons and questions of the new kinds, by forms alone and in place."""

import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta
from itertools import islice
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.infra import pdf
from app.infra.database import reading, transaction
from app.infra.pdf import DrawingPress
from app.infra.server import THREADS
from app.kernel.actor import Actor
from app.training.learning.models import CheckAnswer, Item, ItemOption, LessonNote
from app.training.learning.queries.records import personal_data
from app.training.learning.rules.kinds import AnswerKey, KeyOption, mark_of
from app.training.learning.services.recording import erase_person
from app.training.learning.values import ItemKind
from tests.support.actors import sign_in
from tests.support.drawers import PDF, gate
from tests.support.kept import checked_in, shown_again
from tests.training.learning.builders import LESSON_1, NOW, QUIZ_1, Classroom, practised_content
from tests.training.learning.visitor import BASE, Visitor, attempt_url

pytestmark = pytest.mark.usefixtures("the_day")

SCREEN = f"{BASE}/one/A-L1/1"
CHECK = f"{SCREEN}/checks/A-L1-K1"


@pytest.fixture
def room(room: Classroom) -> Classroom:
    room.publish(practised_content(), now=NOW + timedelta(days=1))
    return room


def kept(room: Classroom, table: type) -> list[object]:
    with room.app.app_context(), reading() as db:
        return list(db.scalars(select(table)))


# Checks


def test_a_check_answers_in_place_and_keeps_the_answer(visitor: Visitor, room: Classroom) -> None:
    page = visitor.get(SCREEN)
    assert "Check A (es)" in page
    assert "Because" not in page
    answer = visitor.press(CHECK, option="1")
    assert (answer.status_code, answer.location) == (302, f"{SCREEN}#check-A-L1-K1")
    page = visitor.get(SCREEN)
    assert "Todavía no." in page
    assert "Because 1 (es)" in page
    part = visitor.press_in_place(CHECK, option="2")
    text = part.get_data(as_text=True)
    assert "Correcto." in text
    assert "Because 2 (es)" in text
    assert "<html" not in text
    assert [row.response for row in kept(room, CheckAnswer)] == [[2]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("press", [Visitor.press, Visitor.press_in_place])
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "Elija primero una respuesta."),
        (["1", "2"], "Elija una sola respuesta."),
        (["9"], "Elija entre las respuestas"),
        (["x"], "Elija entre las respuestas"),
    ],
)
def test_a_check_says_at_the_field_what_is_missing(
    visitor: Visitor, press: Callable[..., TestResponse], options: list[str], sentence: str
) -> None:
    answer = press(visitor, CHECK, option=options)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_a_check_that_is_not_there_and_a_stranger_are_refused(
    visitor: Visitor, room: Classroom
) -> None:
    assert visitor.press(f"{SCREEN}/checks/A-L1-K9", option="1").status_code == 404
    assert visitor.press(f"{BASE}/one/A-L1/2/checks/A-L1-K1", option="1").status_code == 404
    assert visitor.press(f"{BASE}/one/A-Q/1/checks/A-L1-K1", option="1").status_code == 404
    stranger = Visitor(visitor.client, room.learner("Somebody else"))
    assert stranger.press(CHECK, option="1").status_code == 409
    assert kept(room, CheckAnswer) == []


def test_going_on_needs_no_answer(visitor: Visitor) -> None:
    assert visitor.press(SCREEN).location == f"{BASE}/one/A-L1/2"


# Private lines


def test_a_private_line_is_kept_shown_changed_and_forgotten(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
    assert 'name="note"' in visitor.get(SCREEN)
    visitor.press(SCREEN)
    assert 'name="note"' not in visitor.get(f"{BASE}/one/A-L1/2")
    said = visitor.press_in_place(f"{SCREEN}/note", note="Pienso <b>así</b>")
    assert said.get_data(as_text=True).strip() == "Guardado."
    assert "Pienso &lt;b&gt;así&lt;/b&gt;" in visitor.get(SCREEN)
    visitor.press(f"{SCREEN}/note", note="Otra cosa\r\ny más")
    assert [row.text for row in kept(room, LessonNote)] == ["Otra cosa\ny más"]  # type: ignore[attr-defined]
    stranger = room.learner("Somebody else")
    room.enrol(stranger)
    assert "Otra cosa" not in Visitor(visitor.client, stranger).get(SCREEN)
    Visitor(visitor.client, learner).press(f"{SCREEN}/note", note="  ")
    assert kept(room, LessonNote) == []


@pytest.mark.parametrize("press", [Visitor.press, Visitor.press_in_place])
def test_a_line_that_is_too_long_is_refused_and_stays_on_the_page(
    visitor: Visitor, room: Classroom, press: Callable[..., TestResponse]
) -> None:
    long = "palabra " * 300
    answer = press(visitor, f"{SCREEN}/note", note=long)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "como máximo 2000 caracteres" in page
    assert press is Visitor.press_in_place or long.strip() in page
    assert kept(room, LessonNote) == []


def test_r55_her_copy_holds_lines_and_practice_and_erasing_takes_them(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
    visitor.press(f"{SCREEN}/note", note="Solo mía")
    visitor.press(CHECK, option="2")
    assert learner.person_id is not None
    with room.app.app_context(), transaction() as db:
        copy = personal_data(db, learner.person_id)
        assert [note["text"] for note in copy["notes"]] == ["Solo mía"]
        assert [one["check"] for one in copy["practice"]] == ["A-L1-K1"]
        erase_person(db, person_id=learner.person_id, now=NOW)
    assert kept(room, LessonNote) + kept(room, CheckAnswer) == []


# Questions to order, critical questions, vignettes


def attempt_with(room: Classroom, learner: Actor, code: str) -> tuple[UUID, int]:
    """An attempt that asks the question of that code, and where."""
    for seed in range(60):
        attempt_id = room.start(learner, QUIZ_1, seed=seed)
        for asked, item in room.items(attempt_id):
            if item.code == code:
                return attempt_id, asked.position
        room.submit(learner, attempt_id)
        room.now += timedelta(minutes=10)
    raise AssertionError(code)


def right_rows(room: Classroom, attempt_id: UUID, position: int) -> list[int]:
    """The lines as shown, in the right order."""
    asked = room.items(attempt_id)[position - 1][0]
    with room.app.app_context(), reading() as db:
        wanted = db.scalars(
            select(ItemOption.id)
            .where(ItemOption.item_id == asked.item_id)
            .order_by(ItemOption.position)
        ).all()
    return [asked.option_order.index(option) + 1 for option in wanted]


def places(rows: Iterable[int]) -> dict[str, str]:
    return {f"place-{row}": str(number) for number, row in enumerate(rows, start=1)}


def test_an_order_is_given_by_numbers_and_kept(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
    attempt_id, position = attempt_with(room, learner, "A-004")
    url, rows = attempt_url(attempt_id, position), right_rows(room, attempt_id, position)
    page = visitor.get(url)
    assert page.count("<select") == 3
    assert not re.search(r"value=.\d+.>Step", page)
    for wrong in ({"place-1": "1"}, {**places(rows), "place-1": "2", "place-2": "2"}):
        refused = visitor.press(url, **wrong)
        assert refused.status_code == 422
        assert "Dé a cada línea un número distinto" in refused.get_data(as_text=True)
    assert visitor.press(url, **places(rows), step="next").status_code == 302
    asked = room.items(attempt_id)[position - 1][0]
    assert [asked.option_order.index(id_) + 1 for id_ in asked.response] == rows
    assert visitor.get(url).count("<option selected>") == 3
    visitor.press(url, **dict.fromkeys(places(rows), ""))
    assert room.items(attempt_id)[position - 1][0].response == []


def test_only_the_whole_order_is_right() -> None:
    options = tuple(KeyOption(id=one, is_correct=False) for one in (7, 5, 9))
    key = AnswerKey(ItemKind.ORDERING, options)
    assert mark_of(key, [7, 5, 9]) == 1
    for given in ([7, 9, 5], [7, 5], [], [5, 7, 9]):
        assert mark_of(key, given) == 0


def test_the_result_of_an_order_explains_it_and_names_the_screen(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
    room.read(learner, LESSON_1)
    attempt_id, position = attempt_with(room, learner, "A-004")
    room.order(learner, attempt_id, position, right_rows(room, attempt_id, position)[::-1])
    room.submit(learner, attempt_id)
    page = visitor.get(attempt_url(attempt_id))
    assert "Explanation A4 (es)" in page
    assert f'href="{BASE}/one/A-L1/2"' in page
    assert "El orden correcto" not in page


def answer_rightly(room: Classroom, learner: Actor, attempt_id: UUID, but: str = "") -> None:
    """Every question right, except the one of the code `but`."""
    for number, (good, bad) in enumerate(room.key(attempt_id), start=1):
        item: Item = room.items(attempt_id)[number - 1][1]
        if item.kind == "ordering":
            rows = right_rows(room, attempt_id, number)
            room.order(learner, attempt_id, number, rows[::-1] if item.code == but else rows)
        else:
            room.save(learner, attempt_id, number, bad[:1] if item.code == but else good)


@pytest.mark.both_databases
def test_a_critical_question_must_be_right_whatever_the_number(
    room: Classroom, learner: Actor
) -> None:
    attempt_id, _ = attempt_with(room, learner, "A-002")
    answer_rightly(room, learner, attempt_id, but="A-002")
    assert room.submit(learner, attempt_id) is False
    [last] = [one for one in room.attempts() if one.id == attempt_id]
    assert (float(last.score or 0), float(last.pass_mark)) == (0.6667, 0.5)
    room.now += timedelta(minutes=10)
    attempt_id, _ = attempt_with(room, learner, "A-002")
    other = next(item.code for _, item in room.items(attempt_id) if item.code != "A-002")
    answer_rightly(room, learner, attempt_id, but=other)
    assert room.submit(learner, attempt_id) is True


def test_the_page_says_kindly_which_critical_question_is_missing_and_shows_it_first(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
    attempt_id, position = attempt_with(room, learner, "A-002")
    answer_rightly(room, learner, attempt_id, but="A-002")
    room.submit(learner, attempt_id)
    page = visitor.get(attempt_url(attempt_id))
    assert "Sus respuestas correctas alcanzan, y es un buen trabajo." in page
    assert f'<a href="#question-{position}">{position}. Stem A2 (es)</a>' in page
    assert re.findall(r'<h3 id="question-(\d)"', page)[0] == str(position)


def test_the_vignette_stands_above_its_question(
    visitor: Visitor, room: Classroom, learner: Actor
) -> None:
    attempt_id, position = attempt_with(room, learner, "A-001")
    assert "Vignette A (es)" in visitor.get(attempt_url(attempt_id, position))


# Beside the lessons


def test_glossary_sources_and_pack_are_pages_of_the_edition(
    visitor: Visitor, room: Classroom
) -> None:
    assert "A safe place (es)" in visitor.get(f"{BASE}/glossary")
    sources = visitor.get(f"{BASE}/sources")
    assert 'href="https://www.example.org/convention"' in sources
    assert "1951" in sources
    assert "En qué se basa el curso" in sources
    assert "Note (es)" in sources
    pack = visitor.get(f"{BASE}/one/pack")
    for words in ("Primera A", "Segunda A", "Check A (es)", "Because 2 (es)", "<svg "):
        assert words in pack
    assert "Stem A" not in pack
    assert visitor.get(f"{BASE}/two/pack")
    visitor.get(f"{BASE}/three/pack", 404)


def test_r75_a_module_prints_as_a_pack_and_is_shared_in_four_lines(
    visitor: Visitor, room: Classroom
) -> None:
    answer = visitor.client.get(f"{BASE}/one/pack.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    page = visitor.get(f"{BASE}/one/pack")
    shared = re.search(r"readonly>([^<]*)</textarea>", page)
    assert shared
    assert shared[1].split("\n") == [
        "Course (es)",
        "Módulo 1: Module one (es)",
        "Empiece cualquier día. Edición 2026.2, del 25 de noviembre de 2026.",
        "http://localhost/courses/guidelines",
    ]


def test_crowd_at_a_pack_leaves_the_other_pages_answering(
    visitor: Visitor, room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty ask at once, with as many threads as the server has: one is drawn, two wait, the
    others hear at once that they may come back, and pages go on.
    """
    press = DrawingPress()
    monkeypatch.setattr(pdf, "PAGES", "tests.support.drawers:held")
    monkeypatch.setattr(pdf, "_press", press)
    app = visitor.client.application

    def ask(_number: int) -> TestResponse:
        return app.test_client().get(f"{BASE}/one/pack.pdf?lang=en")

    gate().touch()
    try:
        with ThreadPoolExecutor(THREADS) as threads:
            asked = [threads.submit(ask, number) for number in range(30)]
            refused = [future.result() for future in islice(as_completed(asked, 60), 27)]
            about = threads.submit(app.test_client().get, "/about").result(timeout=30)
            still = [future for future in asked if not future.done()]
            assert (about.status_code, len(still)) == (200, 3)
            gate().unlink()
            given = [future.result(timeout=60) for future in still]
    finally:
        gate().unlink(missing_ok=True)
        press.close()
    assert {(answer.status_code, answer.data) for answer in given} == {(200, PDF)}
    assert press.drawn == 1
    assert {answer.status_code for answer in refused} == {503}
    assert {answer.headers["Retry-After"] for answer in refused} == {"10"}
    page = refused[0].text
    assert "yours was not begun" in page
    assert "Wait 10 seconds and try again. Everything else works meanwhile." in page
    assert f'href="{BASE}/one/pack.pdf?lang=en"' in page
    assert "resting" not in page, "only this paper does not work"


def test_line_and_choice_that_came_too_late_are_shown_again(
    client: FlaskClient, room: Classroom
) -> None:
    room.enrol(sign_in(client, "official-hn"))
    html = shown_again(client, SCREEN, f"{SCREEN}/note", {"note": "Pienso así"})
    assert "Pienso así</textarea>" in html
    html = shown_again(client, SCREEN, f"{SCREEN}/checks/A-L1-K1", {"option": "2"})
    assert checked_in(html) == ["A-L1-K1-2"]
    assert "Because 2" not in html, "nothing was answered"
