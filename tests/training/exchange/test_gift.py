"""GIFT as people and Moodle write it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from app.infra.language import say
from app.kernel.refusal import InvalidInput
from app.training.exchange.forms import read
from app.training.exchange.values import (
    Bank,
    BankQuestion,
    ChoiceQuestion,
    Description,
    Essay,
    Format,
    Matching,
    Numerical,
    Ordering,
    ShortAnswer,
    TextFormat,
    TrueFalse,
)

BANK = """\
// Banco de prueba
$CATEGORY: $course$/top/Protección/Niñez

// question: 17  name: Interés superior
// [id:NNA-1] [tag:niñez] [tag:interés\\]superior]
::Interés superior\\: regla::[html]<p>¿Quién <b>decide</b>?</p>{
  =La autoridad de protección#Así es\\: ella decide.
  ~%-33.33333%El cónsul#[plain]El cónsul acompaña.
  ~%33,5%La autoridad migratoria
  ####Vea la sección 3.
}

La sede está en {~Lima =San José ~Quito}, desde 1996.
::Sin línea vacía::El sol sale por el este.{TRUE#No.#Sí.####Siempre.}

¿Cuáles valen? {
  ~%50%Una
  // esta línea es un comentario

  ~%50%Dos
  ~%-100%Ninguna }

¿Capital de Perú?{=Lima =%50%lima#Con mayúscula =%25%L*}

¿Cuánto es pi?{#=3.1415:0.0005#Bien =%50%3..3.3 ~#Lejos}
¿Y esto?

Empareje.{
  =Canadá -> Ottawa
  =\\=Italia -> Roma
  = -> Berna }

[markdown]Cuente **un caso**.{####Máximo 200 palabras.}

Lea el caso\\nantes de seguir.

Ordene.{>3 ALL VERTICAL
  Primero
  Segundo
  Tercero}

Escapes\\: \\~ \\= \\# \\{ \\} \\\\ C\\:\\\\n {T}
"""


def the(bank: Bank, kind: type[BankQuestion], at: int = 0) -> Any:
    return [question for question in bank.questions if isinstance(question, kind)][at]


def test_every_kind_of_question_comes_in() -> None:
    bank = read(BANK.replace("\n", "\r\n").encode("utf-8-sig"), "banco.txt")

    assert bank.format is Format.GIFT
    assert [(item.place.line, item.name) for item in bank.skipped] == []
    single = the(bank, ChoiceQuestion)
    assert single.category == "$course$/top/Protección/Niñez"
    assert (single.name, single.idnumber) == ("Interés superior: regla", "NNA-1")
    assert single.tags == ("niñez", "interés]superior")
    assert (single.text.format, single.text.body) == (
        TextFormat.HTML,
        "<p>¿Quién <b>decide</b>?</p>",
    )
    assert single.is_single
    assert [answer.weight for answer in single.answers] == [
        100,
        Decimal("-33.33333"),
        Decimal("33.5"),
    ]
    assert single.answers[0].feedback.body == "Así es: ella decide."
    assert single.answers[1].feedback.format is TextFormat.PLAIN
    assert single.feedback.body == "Vea la sección 3."

    missing = the(bank, ChoiceQuestion, 1)
    assert missing.text.body == "La sede está en _____, desde 1996."
    multiple = the(bank, ChoiceQuestion, 2)
    assert not multiple.is_single
    assert [answer.text.body for answer in multiple.answers] == ["Una", "Dos", "Ninguna"]

    truth = the(bank, TrueFalse)
    assert (truth.name, truth.is_true) == ("Sin línea vacía", True)
    assert (truth.if_true.body, truth.if_false.body) == ("Sí.", "No.")

    short = the(bank, ShortAnswer)
    assert [(a.text.body, a.weight) for a in short.answers] == [
        ("Lima", 100),
        ("lima", 50),
        ("L*", 25),
    ]
    number = the(bank, Numerical)
    assert number.text.body == "¿Cuánto es pi?_____\n¿Y esto?"
    assert [(a.value, a.tolerance, a.weight, a.feedback.body) for a in number.answers] == [
        (Decimal("3.1415"), Decimal("0.0005"), 100, "Bien"),
        (Decimal("3.15"), Decimal("0.15"), 50, ""),
        (None, 0, 0, "Lejos"),
    ]
    pairs = the(bank, Matching).pairs
    assert [(pair.text.body, pair.answer) for pair in pairs] == [
        ("Canadá", "Ottawa"),
        ("=Italia", "Roma"),
        ("", "Berna"),
    ]
    assert the(bank, Essay).text.format is TextFormat.MARKDOWN
    assert the(bank, Description).text.body == "Lea el caso\nantes de seguir."
    assert [item.body for item in the(bank, Ordering).items] == ["Primero", "Segundo", "Tercero"]
    assert bank.questions[-1].text.body == "Escapes: ~ = # { } \\ C:\\n"


SKIPPED = [
    ("Sin cierre {~a =b\n\nOtra {=c ~d}", 1, "The braces of line 1 are not closed."),
    ("Al revés } y {\n\nOtra {=c ~d}", 1, "The brace that closes on line 1 was not opened."),
    (
        "Uno {=c ~d}\n\n\nx^{2}\nes {=a ~b}",
        5,
        "There is a second brace on line 5. Put an empty line between two questions, and a"
        " backslash before a brace that belongs to the text.",
    ),
    ("Otra {=c ~d}\n\n¿Cuál? {~a ~b}", 3, "No answer is right."),
    ("¿Cuál? {~a}\n\nOtra {=c ~d}", 1, "It needs at least two answers."),
    ("Pi {#3,14}\n\nUno{T}", 1, "“3,14” is not a number. Write it with a point, such as 3.14."),
    ("Pi {#}\n\nUno{T}", 1, "There is no number to compare with."),
    ("Una {=a -> b =c}\n\nUno{T}", 1, "A pair has no “->” between its two halves."),
    ("{=a ~b}\n\nUno{T}", 1, "It has no question text."),
    ("Una {~%-50%a =b ~%200%c}\n\nUno{T}", 1, "A weight is not between -100 and 100 percent."),
]


@pytest.mark.parametrize(("text", "line", "reason"), SKIPPED)
def test_a_bad_question_is_named_and_the_rest_comes_in(text: str, line: int, reason: str) -> None:
    bank = read(text.encode(), "bank.gift")

    (skipped,) = bank.skipped
    assert say("en", skipped.reason) == reason
    assert (skipped.place.line == line) or f"line {line}" in reason
    assert len(bank.questions) == 1


def encodings() -> Sequence[bytes]:
    text = "¿Niñez? {=sí ~no}"
    return [
        text.encode("cp1252"),
        text.encode("latin-1"),
        text.encode("utf-8"),
        text.encode("utf-16"),
        b"\xfe\xff" + text.encode("utf-16-be"),
    ]


@pytest.mark.parametrize("data", encodings())
def test_letters_survive_in_whatever_encoding_windows_saved_them(data: bytes) -> None:
    assert read(data).questions[0].text.body == "¿Niñez?"


@pytest.mark.parametrize(
    "data", [b"", b"  \n", b"Un texto sin preguntas.", b"PK\x03\x04rest", bytes(range(32)) * 9]
)
def test_a_file_of_something_else_is_refused_at_the_field(data: bytes) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read(data, "bank.txt")
    assert list(refusal.value.errors) == ["file"]
