"""Aiken as people write it."""

from app.infra.language import say
from app.training.exchange.exports import write
from app.training.exchange.forms import read
from app.training.exchange.values import (
    FULL,
    NOTHING,
    ChoiceQuestion,
    EmbeddedPicture,
    Format,
    MarkedText,
    WeighedAnswer,
)
from tests.training.exchange.banks import PNG

BANK = """\
¿Quién acompaña a la niña?
A) El cónsul
B. Nadie <nadie> & co
C)La autoridad
ANSWER: C

Una pregunta
de dos líneas
a) sí
b) no
Answer: a

Con una sola opción
A) Esta
ANSWER: A

A) Sin pregunta

Sin respuesta
A) Esta
B) Otra

Letra que no existe
A) Esta
B) Otra
ANSWER: D

Un título suelto

ANSWER: A
"""


def test_good_questions_come_in_and_bad_ones_are_named() -> None:
    bank = read(BANK.encode(), "banco.txt")

    assert bank.format is Format.AIKEN
    first, second = bank.questions
    assert isinstance(first, ChoiceQuestion)
    assert [(a.text.body, a.weight) for a in first.answers] == [
        ("El cónsul", NOTHING),
        ("Nadie <nadie> & co", NOTHING),
        ("La autoridad", FULL),
    ]
    assert second.text.body == "Una pregunta\nde dos líneas"
    assert [(item.place.line, say("en", item.reason)) for item in bank.skipped] == [
        (13, "It needs at least two answers."),
        (17, "There is no question above this line."),
        (19, "The line with the right answer is missing, such as “ANSWER: B”."),
        (23, "“D” is named as the right answer, but there is no such option."),
        (28, "It needs at least two answers."),
    ]


def test_what_aiken_cannot_hold_is_named() -> None:
    bank = read(b"Pi{#3}\n\nDos{~%50%a ~%50%b}\n\nA) x{~a =b}\n\nUno{~a#no =b}")
    picture = MarkedText("x", pictures=(EmbeddedPicture("a.png", "image/png", PNG),))
    answers = tuple(WeighedAnswer(MarkedText(word), FULL * (word == "a")) for word in "ab")
    shown = ChoiceQuestion(name="p", text=picture, is_single=True, answers=answers)
    many = ChoiceQuestion(name="m", text=MarkedText("xx"), is_single=True, answers=answers * 14)

    written = write(type(bank)((*bank.questions, shown, many)), Format.AIKEN)

    assert written.data.decode() == "Uno\nA) a\nB) b\nANSWER: B\n"
    assert [say("en", item.reason) for item in written.skipped] == [
        "Aiken holds single choice only, with one right answer.",
        "Aiken holds single choice only, with one right answer.",
        "Aiken would take its text for an answer.",
        "Aiken holds no pictures.",
        "Aiken holds single choice only, with one right answer.",
    ]
    assert [say("en", item.reason) for item in written.reduced] == [
        "Aiken holds it without feedback."
    ]
