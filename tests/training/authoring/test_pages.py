"""Courses written, translated and published through the pages, without a script."""

import re
from collections.abc import Mapping
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading
from app.kernel.text import LocalizedText
from app.training.learning.models import CourseEdition, ObjectiveChange
from tests.training.authoring.author import Author, an_author, both, found, question
from tests.training.learning.builders import NOW


@pytest.fixture(autouse=True)
def the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def author(client: FlaskClient) -> Author:
    return Author(client, an_author(client.application))


def test_a_course_is_written_published_and_changed_in_a_second_edition(author: Author) -> None:
    draft, _parts = author.a_course()
    page = author.get(f"{draft}/publish")
    assert "Todo está escrito" in page, re.findall(r"<li><div>.*?</li>", page, re.S)

    refused = author.send(f"{draft}/publish", label="1")
    assert refused.status_code == 422
    assert author.sent(f"{draft}/publish", label="1", sure="y") == "/courses/trato-digno-es"
    assert "Trato digno (es)" in author.get("/courses/trato-digno-es")
    author.get(draft, status=404)  # closed

    second = author.sent("/authoring/from/trato-digno-es")
    unknown = author.send(f"{second}/document", document="x")
    assert (unknown.status_code, 'href="#document"' in unknown.text) == (422, True)
    assert author.sent("/authoring/from/trato-digno-es") == second  # one open draft of a course
    listed = author.get(second)
    module = found(rf"{second}/parts/(\d+)/questions", listed)
    bank = author.get(f"{second}/parts/{module}/questions")
    first = found(rf"{second}/parts/(\d+)\">Pregunta 1", bank)
    form = {**question(9, "single"), "is_critical": "y"}
    where = f"{second}/parts/{first}"
    held = author.get(where)
    assert "Última escritura" not in held  # copied from the edition
    chosen = re.findall(r'<option selected value="(\d+)"', held)
    form |= dict(zip(("case", "objective", "screen"), chosen, strict=True))
    author.sent(where, **form)
    assert "Última escritura: Ana Autora" in author.get(where)
    page = author.get(f"{second}/publish")
    key = found(r'name="(change-[^"]+)"', page)
    assert "1 pregunta cambiada</div>" in page
    for choice in ({}, {key: "huge"}):
        unsaid = author.send(f"{second}/publish", label="2", sure="y", **choice)
        assert (unsaid.status_code, f'href="#{key}-0"' in unsaid.text) == (422, True)
        assert f'id="{key}-error"' in unsaid.text
    taken = author.send(f"{second}/publish", label="1", sure="y", **{key: "material"})
    assert (taken.status_code, 'href="#label"' in taken.text) == (422, True)
    assert re.search(rf'<input checked id="{key}-2"[^>]* value="material"', taken.text)
    told = key.replace("change-", "told-")
    words = {f"{told}_es": "No se llama al consulado sin preguntar."}
    half = author.send(f"{second}/publish", label="2", sure="y", **{key: "material"}, **words)
    assert (half.status_code, f'href="#{told}_en"' in half.text) == (422, True)
    assert "No se llama al consulado sin preguntar." in half.text
    words[f"{told}_en"] = "The consulate is not called without asking."
    author.sent(f"{second}/publish", label="2", sure="y", **{key: "material"}, **words)
    with author.client.application.app_context(), reading() as db:
        kept = db.scalars(select(ObjectiveChange)).one()
        assert (kept.change, kept.told) == (
            "material",
            LocalizedText({"es": words[f"{told}_es"], "en": words[f"{told}_en"]}),
        )
        assert db.scalars(select(CourseEdition.label)).all() == ["1", "2"]


def test_a_changed_text_makes_the_other_language_out_of_date(author: Author) -> None:
    draft, parts = author.a_course()
    case = f"{draft}/parts/{parts['case']}"
    assert "No queda nada por traducir" in author.get(f"{draft}/languages")
    author.sent(case, text_es="Llega otra persona", text_en="Llega una persona (en)")
    page = author.get(case)
    assert "El otro idioma cambió después de este" in page
    step = found(r'value="(right:text:en)"', page)
    assert "Desactualizado" in author.get(f"{draft}/languages")
    problems = author.get(f"{draft}/publish")
    assert "quedó desactualizado" in problems
    assert f"{case}#text_en" in problems
    assert author.send(f"{draft}/publish", label="1", sure="y").status_code == 422
    author.sent(case, text_es="Llega otra persona", text_en="Llega una persona (en)", step=step)
    assert "No queda nada por traducir" in author.get(f"{draft}/languages")
    author.sent(case, text_es="Llega otra persona", text_en="")
    assert "Falta el texto en un idioma" in author.get(f"{draft}/publish")


def test_the_second_of_two_authors_sees_what_the_first_stored(author: Author) -> None:
    draft, parts = author.a_course()
    case = f"{draft}/parts/{parts['case']}"
    seen = found(r'name="seen"[^>]*value="(\w+)"', author.get(case))
    author.sent(case, seen=seen, **both("text", "La primera"))
    author.be(an_author(author.client.application, "Luis Autor"))
    refused = author.send(case, seen=seen, **both("text", "La segunda"))
    page = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "La primera (es)" in page
    assert "La segunda (es)" in page
    mark = found(r'name="seen"[^>]*value="(\w+)"', page)
    author.sent(case, seen=mark, **both("text", "La segunda"))
    assert "La segunda (es)" in author.get(case)


def test_parts_are_put_in_order_removed_and_brought_back(author: Author) -> None:
    draft, parts = author.a_course()
    lesson = f"{draft}/parts/{parts['lesson']}"
    added = author.add(draft, parts["lesson"], "screen")
    author.sent(f"{draft}/parts/{added}", body_es="Otra", body_en="Other")

    def order() -> list[str]:
        return re.findall(r"/parts/(\d+)\">(?:Hola|Otra)", author.get(lesson))

    assert order() == [str(parts["screen"]), str(added)]
    author.sent(f"{draft}/parts/{added}/move", step="up")
    assert order() == [str(added), str(parts["screen"])]
    author.sent(f"{draft}/parts/{added}/remove")
    assert order() == [str(parts["screen"])]
    assert "Otra" in author.get(f"{draft}/removed")
    author.sent(f"{draft}/parts/{added}/restore")
    assert order() == [str(added), str(parts["screen"])]
    question_ = f"{draft}/parts/{parts['question4']}"
    author.sent(question_, step="up-b", **question(4, "ordering"))
    shown = re.findall(r"Opción 4([abc]) \(es\)</textarea>", author.get(question_))
    assert shown == ["b", "a", "c"]


def test_a_preview_renders_as_the_player_does_and_records_nothing(author: Author) -> None:
    draft, parts = author.a_course()
    screen = f"{draft}/parts/{parts['screen']}"
    hostile = (
        "## T\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))\n\n<img src=x onerror=y>"
    )
    page = author.send(screen, step="preview", body_es=hostile, body_en="").get_data(as_text=True)
    article = found(r"<article.*?</article>", page, re.S)
    assert "<script" not in article
    assert "href" not in article
    assert "<img" not in article
    assert "Texto." in author.get(screen)  # nothing was saved

    look = f"{draft}/look/{parts['screen']}"
    page = author.get(look)
    assert f'src="{draft}/pictures/{parts["picture"]}/es"' in page
    assert 'alt="Un mapa (es)"' in page
    answer = author.send(look, part=parts["check"], option="2").get_data(as_text=True)
    assert "Comentario 0b (es)" in answer
    assert "Comentario 0a (es)" not in answer
    marked = author.send(f"{draft}/look/{parts['question1']}", part=parts["question1"], option="1")
    assert "Comentario 1a (es)" in marked.get_data(as_text=True)
    order = {"place-1": "1", "place-2": "2", "place-3": "3"}
    marked = author.send(f"{draft}/look/{parts['question4']}", part=parts["question4"], **order)
    assert "Porque 4 (es)" in marked.get_data(as_text=True)
    author.get(f"{draft}/look")
    for kind in ("question", "quiz", "check", "video", "source"):
        parent = parts["screen"] if kind == "check" else parts["module"]
        author.get(f"{draft}/parts/{parent}/new/{kind}")


def test_what_cannot_be_taken_is_said_at_the_field(author: Author) -> None:
    draft, parts = author.a_course()
    picture = f"{draft}/parts/{parts['picture']}"
    for content in (b"GIF89a", b"\x89PNG\r\n\x1a\n", b"<svg><script/></svg>"):
        answer = author.send(picture, file_en=(BytesIO(content), "x.png"), **both("words", "Nuevo"))
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert 'href="#file_en"' in page
        assert "Nuevo (es)" in page
    quiz = f"{draft}/parts/{parts['quiz']}"
    answer = author.send(quiz, pass_percent="a lot", **{f"draw_{parts['objective']}": "-1"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "a lot" in page
    assert 'value="-1"' in page
    assert author.send(f"{draft}/parts/{parts['case']}", text_es="x" * 9_000).status_code == 422
    assert author.send("/authoring/new").status_code == 422
    film = author.send(
        f"{draft}/parts/{parts['module']}/new/video", captions_es="nothing", **both("title", "Film")
    )
    assert film.status_code == 422
    assert "WEBVTT" in film.get_data(as_text=True)


def test_questions_to_write_and_to_match_are_written_tried_and_published(author: Author) -> None:
    draft, parts = author.a_course()
    module = parts["module"]
    common = {"objective": str(parts["objective"]), "section": "I"}

    def add(kind: str, number: int, fields: Mapping[str, object], **more: object) -> int:
        form = {"kind": kind, "order": "a,b,c", **common, **both("stem", f"Nueva {number}")}
        return author.add(draft, module, "question", **{**form, **fields, **more})

    short = add(
        "short",
        1,
        {
            **both("option_a_text", "Refugio"),
            "option_a_is_correct": "y",
            **both("option_b_text", "Asilo"),
        },
        option_b_weight="50",
        strict=["accents"],
        weight="2",
    )
    number = add(
        "numerical",
        2,
        {"option_a_number": "72,5", "option_a_tolerance": "0.5"},
        option_a_is_correct="y",
    )
    pairs = {
        **both("option_a_text", "Una"),
        **both("option_a_match", "Primera"),
        **both("option_b_text", "Dos"),
        **both("option_b_match", "Segunda"),
        **both("option_c_match", "Nadie"),
    }
    match = add("matching", 3, pairs)
    for part, given, said in (
        (short, {"text": "asilo (es)"}, "En parte correcta: 50 %"),
        (number, {"text": "73"}, "Correcta"),
        (number, {"text": "mil"}, ""),
        (match, {"match-1": "1", "match-2": "3"}, "En parte correcta: 50 %"),
    ):
        look = f"{draft}/look/{part}"
        page = author.send(look, part=str(part), **given).get_data(as_text=True)
        assert ("feedback" in page) == bool(said)
        assert said in page
    desk = author.get(f"{draft}/parts/{number}")
    assert 'value="72.5"' in desk
    assert "option_a_text_es" not in desk  # a number has no text
    for wrong in (
        {"option_a_number": "dos"},
        {"option_a_tolerance": "-1"},
        {"option_a_weight": "101"},
    ):
        form = {"kind": "numerical", "order": "a", **both("stem", "x"), "option_a_number": "1"}
        assert author.send(f"{draft}/parts/{number}", **{**form, **wrong}).status_code == 422
    assert "Todo está escrito" in author.get(f"{draft}/publish")
    author.sent(f"{draft}/publish", label="1", sure="y")

    second = author.sent("/authoring/from/trato-digno-es")
    unknown = author.send(f"{second}/document", document="x")
    assert (unknown.status_code, 'href="#document"' in unknown.text) == (422, True)
    assert "No cambia ningún objetivo" in author.get(f"{second}/publish")


GIFT = """::One:: Who decides? {=The person #Yes. ~The post #No. ~Nobody}
::Two:: Say it {}
::Three:: It is so. {T#No.#Yes.}
"""


def test_preview_of_a_bank_promises_what_the_press_does(author: Author) -> None:
    """A bank holds a thousand questions: more of them are refused at the look, not at the press."""
    draft, parts = author.a_course()
    bank = f"{draft}/parts/{parts['module']}/bank"
    form = {"language": "en", "objective": str(parts["objective"]), "section": "I"}
    assert "Moodle XML de hasta 10 MB, GIFT o Aiken de hasta 3 MB" in author.get(bank)

    def look(count: int) -> str:
        file = BytesIO("".join(f"::Q{n}:: Question {n} {{T}}\n\n" for n in range(count)).encode())
        return str(author.send(bank, file=(file, "bank.gift"), **form).get_data(as_text=True))

    page = look(997)
    assert "997 preguntas no caben" in page
    assert "admite hasta 1000 preguntas y este tiene 4" in page
    assert 'name="looked_at"' not in page
    page = look(996)
    assert "Entrarían 996 preguntas" in page
    assert "Nombres: 996 preguntas tienen uno propio." in page
    assert "y 796 más" in page
    sealed = found(r'name="looked_at" value="([^"]+)"', page)
    author.sent(bank, step="take", looked_at=sealed, **form)
    assert "1 pregunta no cabe" in look(1)


def test_a_bank_comes_from_a_file_after_a_look_and_goes_into_one(author: Author) -> None:
    draft, parts = author.a_course()
    bank = f"{draft}/parts/{parts['module']}/bank"
    form = {"language": "en", "objective": str(parts["objective"]), "section": "I"}
    looked = author.send(bank, file=(BytesIO(GIFT.encode()), "bank.gift"), **form)
    page = looked.get_data(as_text=True)
    assert "Entrarían 2 preguntas" in page
    assert "Two" in page  # named with why it stays out
    questions = f"{draft}/parts/{parts['module']}/questions"
    assert "Who decides" not in author.get(questions)
    sealed = found(r'name="looked_at" value="([^"]+)"', page)
    assert author.sent(bank, step="take", looked_at=sealed, **form) == questions
    assert "Who decides" in author.get(questions)
    assert "M1-006" in author.get(f"{draft}/languages")  # in English only
    assert "Who decides" in author.get(f"{bank}/en/gift")
    assert "Who decides" not in author.get(f"{bank}/es/moodle-xml")
    for refused in ({}, {"looked_at": "x"}, {"file": (BytesIO(b""), "x"), "language": "en"}):
        assert author.send(bank, **refused).status_code == 422
