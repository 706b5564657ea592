"""Which questions a quiz can hold."""

from decimal import Decimal

import pytest

from app.infra.language import say
from app.training.exchange.exports import write
from app.training.exchange.forms import read
from app.training.exchange.rules.fitting import from_items, to_items
from app.training.exchange.rules.questions import plain_text
from app.training.exchange.values import (
    Fitting,
    Format,
    MarkedText,
    QuizItem,
    QuizOption,
    TextFormat,
)
from app.training.learning.values import ItemKind

FITS = """\
$CATEGORY: Asilo

::Uno::[html]<p>¿Quién<br>decide?</p><script>alert(1)</script>{
 =<b>Ella</b>#<i>Sí</i>
 ~El &amp; ella
 ~Nadie
 ####Lea más.}

::Dos::¿Cuáles? {~%33.33333%a ~%33.33333%b ~%33.33334%c ~%-100%d}

::Tres::[markdown]El **sol** {F#no#sí}

::Cuatro::¿Vale x<y? {=Sí ~No}

::Cinco::Ordene {>3
 uno
 dos
 tres}

::Seis::¿Qué principio? {=No devolución =%50%Asilo#Casi}

::Siete::¿Horas? {#=72:0.5#Sí =%50%3#Casi}

::Ocho::Una {=El consulado -> Asiste =La persona -> Decide}

::Nueve::¿Cuál? {=a ~%50%b ~c}

::Diez::¿Cuáles? {~%70%a ~%30%b ~%-20%c}
"""
UNFIT = """\
Mitad {=%50%a =%40%b}

Pares {=a->b =c->b}

Ensayo {}

Texto

Dos {~%60%a ~%60%b ~c}

Una {~%100%a ~b ~c}

Iguales {=a ~b ~b}

Vacía {=a ~b ~[html]<p></p>}

Imagen [x] {=a ~[html]<img src\\="http\\://example.org/a.png"> ~b}

Orden {>8
 a
 b}
"""


def fitted(text: str) -> Fitting:
    return to_items(read(text.encode()), true="Verdadero", false="Falso")


def test_what_a_quiz_can_hold_becomes_plain_text() -> None:
    fitting = fitted(FITS)

    assert fitting.skipped == ()
    first, second, third, fourth, fifth, *new = fitting.items
    assert first == QuizItem(
        ItemKind.SINGLE,
        "¿Quién\ndecide?",
        (
            QuizOption(True, "Ella", "Sí"),
            QuizOption(False, "El & ella"),
            QuizOption(False, "Nadie"),
        ),
        "Lea más.",
        "Uno",
        "Asilo",
    )
    assert second.kind is ItemKind.MULTIPLE
    assert [option.is_correct for option in second.options] == [True, True, True, False]
    assert (third.kind, third.stem) == (ItemKind.TRUEFALSE, "El sol")
    assert third.options == (
        QuizOption(False, "Verdadero", "no"),
        QuizOption(True, "Falso", "sí"),
    )
    assert (fourth.kind, fourth.stem) == (ItemKind.TRUEFALSE, "¿Vale x<y?")
    assert [option.text for option in fifth.options] == ["uno", "dos", "tres"]
    assert [(item.kind.value, item.options[1]) for item in new] == [
        ("short", QuizOption(True, "Asilo", "Casi", Decimal(50))),
        ("numerical", QuizOption(True, "", "Casi", Decimal(50), number="3")),
        ("matching", QuizOption(True, "La persona", match="Decide")),
        ("single", QuizOption(True, "b", weight=Decimal(50))),
        ("multiple", QuizOption(True, "b", weight=Decimal(30))),
    ]
    assert (new[1].options[0].number, new[1].options[0].tolerance) == ("72", "0.5")


def test_what_it_cannot_hold_is_named_with_the_reason() -> None:
    fitting = fitted(UNFIT)

    assert fitting.items == ()
    assert [say("en", item.reason) for item in fitting.skipped] == [
        "No answer is wholly right.",
        "All its pairs have the same answer.",
        "A quiz here has no essays: nobody would mark them.",
        "It is a text without a question.",
        "Its right answers do not make 100 per cent together.",
        "It allows several answers, but only one is right.",
        "Two of its answers are the same.",
        "A text is empty without its markup.",
        "It shows a picture, sound or video, which a question here cannot.",
        "An ordering here has 3 to 7 steps.",
    ]


def test_a_bank_from_here_comes_back_the_same_through_moodle() -> None:
    items = fitted(FITS).items

    for format_ in (Format.MOODLE_XML, Format.GIFT):
        written = write(from_items(items), format_)
        assert written.skipped == written.reduced == ()
        again = to_items(read(written.data), true="Verdadero", false="Falso")
        assert again.items == items
        assert again.skipped == ()


LOSES = """<quiz>
<question type="category"><category><text>$course$/Asilo</text></category></question>
<question type="multichoice"><name><text>Uno con nombre</text></name>
<questiontext format="html"><text>¿Quién?</text></questiontext><single>true</single><idnumber>A-1</idnumber>
<answer fraction="100" format="html"><text>Ella</text></answer>
<answer fraction="-33.33333" format="html"><text>Él</text></answer>
<answer fraction="-33.33333" format="html"><text>Nadie</text></answer>
<correctfeedback format="html"><text>Muy bien</text></correctfeedback>
<hint format="html"><text>Piense</text></hint><hint format="html"><text>Más</text></hint>
<tags><tag><text>asilo</text></tag></tags></question>
<question type="multichoice"><name><text>¿Cuáles?</text></name>
<questiontext format="html"><text>¿Cuáles?</text></questiontext><single>false</single>
<answer fraction="50" format="html"><text>a</text></answer>
<answer fraction="50" format="html"><text>b</text></answer>
<answer fraction="-50" format="html"><text>c</text></answer></question>
<question type="multichoice"><name><text>¿Y estas?</text></name>
<questiontext format="html"><text>¿Y estas?</text></questiontext><single>false</single>
<answer fraction="70" format="html"><text>a</text></answer>
<answer fraction="30" format="html"><text>b</text></answer>
<answer fraction="-20" format="html"><text>c</text></answer></question></quiz>"""


def test_what_a_question_here_cannot_keep_is_named_with_its_count() -> None:
    """Penalties are usual in Spanish banks: of one, 498 were dropped and nothing said so."""
    fitting = fitted(LOSES)
    assert len(fitting.items) == 3
    assert [option.weight for option in fitting.items[2].options] == [70, 30, -20]
    assert [say("en", one) for one in fitting.left_out] == [
        "Penalties: in 2 questions a wrong answer costs points in the file. Here it costs nothing.",
        "Partly right answers: 1 questions count here only when exactly the right answers are chosen.",
        "Names: 1 questions have one of their own. Here they are numbered.",
        "Categories: 1. All questions come into this module.",
        "ID numbers: 1.",
        "Tags: 1.",
        "Hints for a further try: 2.",
        "Feedback on the whole answer: 1 questions have some. Here each answer has its own.",
    ]
    assert fitted("¿Vale? {T}").left_out == ()


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("10<sup>-3</sup> m", "10⁻³ m"),
        ("x<sup><b>n</b></sup>+2<SUP>10</SUP>", "xⁿ+2¹⁰"),
        ("2<sup>ab</sup> y 2<sup>a+b</sup>", "2^ab y 2^(a+b)"),
        ("CO<sub>2</sub> y v<sub>max</sub>", "CO₂ y v_max"),
        ("1<sup>er</sup> y 2<sup>o</sup>, N<sup>a</sup>", "1er y 2º, Nª"),
        ("a<sup></sup>b", "ab"),
    ],
)
def test_what_stands_raised_or_lowered_keeps_its_meaning(markup: str, plain: str) -> None:
    assert plain_text(MarkedText(markup, TextFormat.HTML)) == plain
