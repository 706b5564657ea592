"""Banks as Moodle and Aiken's programs really export them, with all their peculiarities."""

from decimal import Decimal
from pathlib import Path

from app.infra.language import say
from app.training.exchange.forms import read
from app.training.exchange.rules.fitting import to_items
from app.training.exchange.values import Fitting

FILES = Path(__file__).parent / "files"
MOODLE_4 = (FILES / "moodle-4.xml").read_text(encoding="utf-8")
MOODLE_1_9 = (FILES / "moodle-1.9.xml").read_text(encoding="utf-8")
GIFT = (FILES / "moodle.gift").read_text(encoding="utf-8")
AIKEN = (
    "¿Quién decide?\r\nA. El consulado\r\nB) La persona\r\nC. El juez\r\nAnswer: b\r\n\r\n"
    "¿Y ahora?\r\na. Sí\r\nb. No\r\nc. Tal vez\r\nANSWER:A\r\n"
)


def fitted(content: bytes, name: str) -> tuple[Fitting, list[tuple[str, str]]]:
    """What comes in, and the name and reason of what does not."""
    bank = read(content, name)
    fitting = to_items(bank, true="Verdadero", false="Falso")
    skipped = (*bank.skipped, *fitting.skipped)
    return fitting, [(one.name, say("en", one.reason)) for one in skipped]


def test_moodle_4_with_pictures_empty_rows_and_kinds_that_nobody_has() -> None:
    for content in (MOODLE_4.encode(), ("\ufeff" + MOODLE_4.replace("\n", "\r\n")).encode()):
        fitting, skipped = fitted(content, "preguntas.xml")
        assert [(item.kind.value, item.stem, item.weight) for item in fitting.items] == [
            ("multiple", "¿Cuáles son indicios?", 1),
            ("truefalse", "El consulado\navisa siempre.", 2),
            ("short", "Principio", 1),
            ("numerical", "Horas", 1),
            ("matching", "Una", 1),
        ]
        first = fitting.items[0]
        assert first.category == "$course$/top/Predeterminado en Protección/Módulo 1"
        assert [option.text for option in first.options] == [
            "Le retienen el pasaporte",
            "No cobra & no puede salir",
            "Viaja sola",
        ]
        assert skipped == [
            ("Arrastrar", "Questions of the kind “ddwtos” are not supported."),
            ("Calculada", "Questions of the kind “calculated” are not supported."),
            ("Cloze", "Questions of the kind “cloze” are not supported."),
            ("G", "Questions of the kind “gapselect” are not supported."),
            ("Con foto", "It shows a picture, sound or video, which a question here cannot."),
        ]


def test_moodle_1_9_with_escaped_markup_and_no_formats() -> None:
    fitting, skipped = fitted(MOODLE_1_9.encode(), "preguntas.xml")
    assert skipped == []
    assert [(item.kind.value, item.stem, item.name) for item in fitting.items] == [
        ("single", "¿Quién?", "Vieja & rara")
    ]


def test_gift_of_moodle_with_comments_escapes_and_weights() -> None:
    for content in (GIFT.encode(), ("\ufeff" + GIFT.replace("\n", "\r\n")).encode()):
        fitting, skipped = fitted(content, "preguntas.txt")
        assert skipped == []
        assert [(item.kind.value, item.name) for item in fitting.items] == [
            ("single", "Hora: la primera"),
            ("short", "Cortar"),
            ("numerical", "Num"),
            ("matching", "Pares"),
            ("multiple", "Varias"),
        ]
        first, _short, number, *_more = fitting.items
        assert first.stem == "¿A qué hora: 10:30 o 11:00?"
        assert [option.text for option in first.options] == [
            "10:30",
            "11:00 {tarde}",
            "Nunca ~ jamás",
        ]
        assert (first.options[0].feedback, first.explanation) == ("Sí = así", "Lea el #3")
        assert [(option.number, option.weight) for option in number.options][:2] == [
            ("72", Decimal(0)),
            ("*", Decimal(50)),
        ]


def test_aiken_with_windows_line_ends_small_letters_and_brackets() -> None:
    fitting, skipped = fitted(AIKEN.encode(), "preguntas.txt")
    assert skipped == []
    right = [
        [option.text for option in item.options if option.is_correct] for item in fitting.items
    ]
    assert right == [["La persona"], ["Sí"]]
