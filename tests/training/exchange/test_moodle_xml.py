"""Moodle XML as several versions of Moodle write it."""

import base64
from decimal import Decimal

import pytest

from app.infra.language import say
from app.kernel.refusal import InvalidInput
from app.training.exchange.forms import read
from app.training.exchange.values import (
    ChoiceQuestion,
    Essay,
    Format,
    Matching,
    Numerical,
    Ordering,
    ShortAnswer,
    TextFormat,
    TrueFalse,
)
from tests.training.exchange.banks import PNG

PICTURE = base64.b64encode(PNG).decode()
QUESTION = (
    '<question type="{kind}"><name><text>{name}</text></name>'
    '<questiontext format="html"><text><![CDATA[<p>{stem}</p>]]></text></questiontext>'
    "{more}</question>"
)
RIGHT, WRONG = '<answer fraction="100"><text>{}</text></answer>', "<answer><text>{}</text></answer>"
TWO = RIGHT.format("a") + WRONG.format("b")


def quiz(*questions: str) -> bytes:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>", *questions, "</quiz>"]
    return "\n".join(lines).encode()


def a_question(kind: str, more: str = "", *, name: str = "n", stem: str = "¿?") -> str:
    return QUESTION.format(kind=kind, name=name, stem=stem, more=more)


def test_every_kind_of_question_comes_in_with_all_it_has() -> None:
    bank = read(
        quiz(
            '<question type="category"><category><text>$course$/top/Asilo</text></category>'
            '<info format="html"><text>Sobre asilo</text></info></question>',
            a_question(
                "multichoice",
                '<generalfeedback format="markdown"><text>**Vea**</text></generalfeedback>'
                "<defaultgrade>2.0000000</defaultgrade><penalty>0.3333</penalty><hidden>1</hidden>"
                "<idnumber>A-1</idnumber><single>false</single><shuffleanswers>1</shuffleanswers>"
                "<answernumbering>ABCD</answernumbering><shownumcorrect/>"
                "<correctfeedback><text>Bien</text></correctfeedback>"
                '<answer fraction="66.66667" format="plain_text"><text> sí </text>'
                '<feedback format="html"><text>claro</text></feedback></answer>'
                '<answer fraction="-33.33333"><text>&lt;b&gt;no&lt;/b&gt;</text></answer>'
                '<answer fraction="33.33333"><text>quizá</text></answer>'
                "<hint><text>Piense</text><clearwrong/></hint>"
                "<tags><tag><text>asilo</text></tag></tags>",
            ),
            a_question(
                "truefalse",
                '<answer fraction="0"><text>Verdadero</text><feedback><text>mal</text></feedback>'
                '</answer><answer fraction="100"><text>Falso</text></answer>',
            ),
            a_question("shortanswer", f"<usecase>1</usecase>{RIGHT.format('Lima')}"),
            a_question(
                "numerical",
                '<answer fraction="100"><text>9.81</text><tolerance>0.01</tolerance></answer>'
                '<answer fraction="0"><text>*</text><tolerance>0</tolerance></answer>'
                "<units><unit><multiplier>1</multiplier><unit_name>m/s2</unit_name></unit></units>",
            ),
            a_question(
                "matching",
                '<subquestion format="html"><text>Perú</text><answer><text>Lima</text></answer>'
                "</subquestion><subquestion><text></text><answer><text>Quito</text></answer>"
                "</subquestion>",
            ),
            a_question("essay", "<graderinfo><text>Mire la norma</text></graderinfo>"),
            a_question("ordering", TWO),
            a_question(
                "truefalse",
                f"<image>a/b.png</image><image_base64>{PICTURE}</image_base64>"
                '<answer fraction="100"><text>true</text></answer>',
            ),
        ),
        "x.txt",
    )

    assert bank.format is Format.MOODLE_XML
    assert bank.skipped == ()
    assert [category.info.body for category in bank.categories] == ["Sobre asilo"]
    choice, truth, short, number, matching, essay, ordering, old = bank.questions
    assert isinstance(choice, ChoiceQuestion)
    assert (choice.is_single, choice.is_shuffled, choice.is_hidden) == (False, True, True)
    assert (choice.category, choice.idnumber, choice.tags) == (
        "$course$/top/Asilo",
        "A-1",
        ("asilo",),
    )
    assert (choice.grade, choice.penalty) == (Decimal(2), Decimal("0.3333333"))
    assert choice.feedback.format is TextFormat.MARKDOWN
    assert [(a.text.body, a.weight) for a in choice.answers] == [
        ("sí", Decimal("66.66667")),
        ("<b>no</b>", Decimal("-33.33333")),
        ("quizá", Decimal("33.33333")),
    ]
    assert choice.combined.counts
    assert choice.combined.right.body == "Bien"
    assert choice.hints[0].clears
    assert choice.place.line == 4
    assert isinstance(truth, TrueFalse)
    assert (truth.is_true, truth.if_true.body) == (False, "mal")
    assert isinstance(short, ShortAnswer)
    assert short.is_case_sensitive
    assert isinstance(number, Numerical)
    assert [answer.value for answer in number.answers] == [Decimal("9.81"), None]
    assert number.units[0].name == "m/s2"
    assert isinstance(matching, Matching)
    assert [(pair.text.body, pair.answer) for pair in matching.pairs] == [
        ("Perú", "Lima"),
        ("", "Quito"),
    ]
    assert isinstance(essay, Essay)
    assert essay.guidance.body == "Mire la norma"
    assert isinstance(ordering, Ordering)
    assert [item.body for item in ordering.items] == ["a", "b"]
    assert [picture.name for picture in old.text.pictures] == ["a_b.png"]


def with_file(content: str) -> str:
    file = f'<file name="m.svg" path="/" encoding="base64">{content}</file>'
    return a_question("multichoice", TWO).replace("</questiontext>", f"{file}</questiontext>")


SKIPPED = [
    (a_question("cloze"), "Questions of the kind “cloze” are not supported."),
    (a_question("ddwtos"), "Questions of the kind “ddwtos” are not supported."),
    ("<question/>", "It does not say of which kind it is."),
    (a_question("multichoice", WRONG.format("a") * 2), "No answer is right."),
    (
        a_question("numerical", RIGHT.format("2,5")),
        "“2,5” is not a number. Write it with a point, such as 3.14.",
    ),
    (
        with_file(base64.b64encode(b"<svg onload='x'/>").decode()),
        "The file m.svg is not a picture in PNG, JPEG, GIF or WebP.",
    ),
    (
        with_file(base64.b64encode(PNG + bytes(1_000_000)).decode()),
        "The picture m.svg is larger than 1 MB.",
    ),
    (with_file("???"), "The file m.svg is damaged: it is not base64."),
    (a_question("essay", "<a/>" * 5_001), "It has more than 5000 parts."),
]


@pytest.mark.parametrize(("question", "reason"), SKIPPED)
def test_a_bad_question_is_named_and_the_rest_comes_in(question: str, reason: str) -> None:
    bank = read(quiz(question, a_question("multichoice", TWO)))

    (skipped,) = bank.skipped
    assert say("en", skipped.reason) == reason
    assert (skipped.place.line, skipped.place.number) == (3, 1)
    assert len(bank.questions) == 1


def test_what_stands_before_a_break_comes_in() -> None:
    bank = read(quiz(a_question("multichoice", TWO), "<question type='essay'>&nbsp;</question>"))

    assert len(bank.questions) == 1
    assert say("en", bank.skipped[0].reason).startswith("The file cannot be read from line 4 on:")


BOMB = '<!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><quiz>&b;</quiz>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (BOMB.encode(), "no DOCTYPE"),
        (b'<!DOCTYPE quiz SYSTEM "file:///etc/passwd"><quiz/>', "no DOCTYPE"),
        (b"<questestinterop/>", "These are questions in QTI"),
        (b"<course/>", "<course>"),
        (quiz("<a>" * 100_000), "more than 20 elements deep"),
        (b"<quiz", "cannot be read as XML"),
        (quiz(), "no questions"),
    ],
)
def test_a_file_that_is_not_moodles_is_refused_with_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read(data, "bank.xml")
    assert words in say("en", refusal.value.errors["file"])


def test_letters_survive_in_the_encoding_that_the_file_declares() -> None:
    text = quiz(a_question("truefalse", RIGHT.format("true"), stem="Niñez")).decode()
    data = text.replace("UTF-8", "ISO-8859-1").encode("latin-1")

    assert read(data).questions[0].text.body == "<p>Niñez</p>"
