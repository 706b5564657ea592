"""Answers that are written, matched or right in part: marked by rule, and given by forms alone."""

import re
from decimal import Decimal
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from app.infra import clock
from app.kernel.refusal import InvalidInput
from app.kernel.text import LocalizedText
from app.training.learning.forms.folder import parse_course
from app.training.learning.rules import quiz
from app.training.learning.rules.kinds import AnswerKey, KeyOption, mark_of, numbers_in
from app.training.learning.values import ItemKind, Strictness
from tests.training.learning.builders import NOW, QUIZ_1, Classroom, both, some_files
from tests.training.learning.visitor import BASE, Visitor, attempt_url


def key(kind: ItemKind, *options: KeyOption, strict: tuple[Strictness, ...] = ()) -> AnswerKey:
    return AnswerKey(kind, options, frozenset(strict))


def words(text: str, id_: int = 1, weight: int = 0) -> KeyOption:
    return KeyOption(id_, is_correct=True, text=LocalizedText(es=text), weight=Decimal(weight))


@pytest.mark.parametrize(
    ("accepted", "written", "strict", "fits"),
    [
        ("No devolución", "  no   DEVOLUCION. ", (), True),
        ("No devolución", "no devolucion", (Strictness.ACCENTS,), False),
        ("No devolución", "no devolución", (Strictness.ACCENTS,), True),
        ("ACNUR", "acnur", (Strictness.CASE,), False),
        ("año", "ano", (), True),
        ("año", "ano", (Strictness.ACCENTS,), False),
        ("* refugio", "solicitar el refugio", (), True),
        ("* refugio", "refugios", (), False),
        (r"5 \* 3", "5 * 3", (), True),
        (r"5 \* 3", "5 y 3", (), False),
        ("(a|b)", "a", (), False),
        ("(a|b) *", "a x", (), False),
        ("(a|b) *", "(a|b) x", (), True),
    ],
)
def test_short_answer_forgives_what_its_author_lets_pass(
    accepted: str, written: str, strict: tuple[Strictness, ...], *, fits: bool
) -> None:
    asked = key(ItemKind.SHORT, words(accepted), strict=strict)
    assert mark_of(asked, [written]) == fits


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("3,5", ["3.5"]),
        (" 3.50 ", ["3.50"]),
        ("−2", ["-2"]),
        ("33 %", ["33"]),
        ("1.234,5", ["1234.5"]),
        ("1,234.5", ["1234.5"]),
        ("1 234", ["1234"]),
        ("1,234", ["1.234", "1234"]),
        ("1.234.567", ["1234567"]),
        ("", []),
        ("doce", []),
        ("1e9", []),
        ("1/2", []),
        ("--3", []),
        ("٣", []),
    ],
)
def test_numbers_are_read_with_comma_and_point(written: str, numbers: list[str]) -> None:
    assert numbers_in(written) == tuple(map(Decimal, numbers))


def test_a_number_is_right_within_its_tolerance_and_a_common_mistake_gets_its_share() -> None:
    asked = key(
        ItemKind.NUMERICAL,
        KeyOption(1, is_correct=True, number="72", tolerance="0.5"),
        KeyOption(2, is_correct=True, number="3", weight=Decimal(50)),
        KeyOption(3, is_correct=False, number="*"),
    )
    marks = [mark_of(asked, [written]) for written in ("72,5", "71.4", "3", "nada")]
    assert marks == [1, 0, Decimal("0.5"), 0]


def test_several_right_answers_earn_and_cost_their_weights() -> None:
    options = [
        KeyOption(id_, is_correct=Decimal(weight) > 0, weight=Decimal(weight))
        for id_, weight in ((1, "33.33333"), (2, "33.33333"), (3, "33.33333"), (4, "-50"), (5, "0"))
    ]
    asked = key(ItemKind.MULTIPLE, *options)
    assert mark_of(asked, [1, 2, 3]) == 1
    assert mark_of(asked, [1, 2]) == Decimal("0.6667")
    assert mark_of(asked, [1, 4]) == 0
    assert mark_of(asked, [1, 2, 3, 4, 5]) == 0  # whoever marks all has chosen nothing
    whole = key(ItemKind.MULTIPLE, *(KeyOption(n, is_correct=n < 3) for n in (1, 2, 3)))
    assert [mark_of(whole, given) for given in ([1, 2], [1], [1, 2, 3], [])] == [1, 0, 0, 0]


def test_a_matching_question_counts_its_lines() -> None:
    asked = key(
        ItemKind.MATCHING,
        *(
            KeyOption(id_, bool(text), LocalizedText(es=text), match=LocalizedText(es=match))
            for id_, text, match in (
                (1, "uno", "A"),
                (2, "dos", "B"),
                (3, "tres", "A"),
                (4, "", "C"),
            )
        ),
    )
    assert [one.id for one in asked.matches] == [1, 2, 4]
    assert mark_of(asked, [1, 2, 1], [1, 2, 3]) == 1  # the third line has the first one's answer
    assert mark_of(asked, [1, 4, 0], [1, 2, 3]) == Decimal("0.3333")
    assert mark_of(asked, [1, 2], [1, 2, 3]) == 0


def test_pass_mark_is_rounded_up_and_a_critical_error_fails() -> None:
    assert quiz.needed(Decimal("0.75"), 11) == 9
    assert quiz.is_pass(Decimal("9"), 11, Decimal("0.75"))
    assert not quiz.is_pass(Decimal("8.9999"), 11, Decimal("0.75"))
    assert not quiz.is_pass(11, 11, Decimal("0.75"), critical_wrong=1)
    assert [quiz.attempts_left(*given) for given in ((0, 9), (3, 1), (3, 5))] == [None, 2, 0]


def a_bank() -> dict[str, Any]:
    """A question of each kind that is new: one to match counts twice."""
    base = {"objective": "A-O1", "section": "I"}
    short = {
        "code": "A-901",
        "kind": "short",
        "stem": both("Principle"),
        "strict": ["accents"],
        "options": [
            {"text": {"es": "No devolución", "en": "Non-refoulement"}, "correct": True},
            {
                "text": {"es": "Asilo", "en": "Asylum"},
                "weight": 50,
                "feedback": both("Half of it"),
            },
        ],
    }
    number = {
        "code": "A-902",
        "kind": "numerical",
        "stem": both("Hours"),
        "critical": True,
        "options": [{"number": 72.5, "tolerance": "0.5", "correct": True}],
    }
    match = {
        "code": "A-903",
        "kind": "matching",
        "stem": both("Who"),
        "weight": 2,
        "options": [
            {"text": both("Line 1"), "match": both("Zeta")},
            {"text": both("Line 2"), "match": both("Alfa")},
            {"match": both("Nobody")},
        ],
    }
    return {"items": [{**base, **one, "feedback": both("Why")} for one in (short, number, match)]}


def new_files(bank: dict[str, Any] | None = None) -> dict[str, str]:
    files = some_files("2026.3")
    module = yaml.safe_load(files["one/module.yaml"])
    module["units"][1] |= {"draw": {"A-O1": 3}, "max_attempts": 2, "pause_minutes": 0}
    files["one/module.yaml"] = yaml.safe_dump(module)
    files["one/bank.yaml"] = yaml.safe_dump(bank or a_bank())
    return files


def test_a_quiz_of_written_and_matched_answers_works_by_forms_alone(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    room = Classroom(app)
    room.publish(parse_course(new_files()))
    learner = room.learner()
    room.enrol(learner)
    visitor = Visitor(client, learner)
    front = visitor.get(f"{BASE}/one/A-Q")
    assert "Tiene 2 intentos. Quedan 2." in front
    attempt_id = room.start(learner, QUIZ_1)
    places = {item.kind: asked.position for asked, item in room.items(attempt_id)}

    where = attempt_url(attempt_id, places["numerical"])
    assert 'inputmode="decimal"' in visitor.get(where)
    refused = visitor.press(where, text="setenta y dos")
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert "Escriba un número con cifras" in page
    assert 'value="setenta y dos"' in page  # nothing typed is lost
    assert visitor.press(where, text="72,9").status_code == 302
    assert 'value="72,9"' in visitor.get(where)

    where = attempt_url(attempt_id, places["matching"])
    page = visitor.get(where)
    shown = re.findall(r'<option value="(\d+)"(?: selected)?>(\w+) \(es\)', page)
    ids = {text: id_ for id_, text in dict(shown[:3]).items()}
    assert [text for _id, text in shown[:3]] == ["Alfa", "Nobody", "Zeta"]
    lines = re.findall(r'for="match-\d">(Line \d)', page)
    right = {"Line 1": ids["Zeta"], "Line 2": ids["Alfa"]}
    assert visitor.press(where, **{"match-1": "999999", "match-2": ""}).status_code == 422
    given = {f"match-{row}": right[line] for row, line in enumerate(lines, start=1)}
    visitor.press(where, **{**given, f"match-{lines.index('Line 2') + 1}": ids["Nobody"]})

    where = attempt_url(attempt_id, places["short"])
    assert "devolución" not in visitor.get(where)
    assert visitor.press(where, text="x" * 201).status_code == 422
    visitor.press(where, text="ASYLUM")  # the answer of the other language counts too
    assert "3 de 3 respondidas" in visitor.get(where)
    room.submit(learner, attempt_id)
    page = visitor.get(attempt_url(attempt_id))
    assert "Tiene 2,5 de 4 puntos; necesita 2." in page  # 0.5 + 1 + 2 × 0.5
    assert "Half of it (es)" in page
    assert page.count("En parte correcta: 50 %") == 2
    assert "No devolución" in page  # passed: what is right is told
    assert room.attempts()[0].score == Decimal("0.625")

    room.submit(learner, room.start(learner, QUIZ_1, seed=2))  # without an answer: failed
    refused = visitor.press(f"{BASE}/one/A-Q/attempt")
    assert refused.status_code == 409
    assert "todos los intentos" in refused.get_data(as_text=True)
    assert "todos sus intentos" in visitor.get(f"{BASE}/one/A-Q")


def test_a_bank_says_what_is_wrong_with_an_answer() -> None:
    wrong = [
        ("options", 0, {"weight": 101}, "weight"),
        ("options", 1, {"number": "dos"}, "number"),
        ("options", 1, {"tolerance": -1}, "tolerance"),
    ]
    for name, item, change, field in wrong:
        bank = a_bank()
        bank["items"][item][name][0] |= change
        with pytest.raises(InvalidInput) as refused:
            parse_course(new_files(bank))
        assert any(f"items[{item}].options[0].{field}" in place for place in refused.value.errors)
    bank = a_bank()
    bank["items"][0]["options"][0] = {"text": both("x"), "weight": 50}
    bank["items"][2]["options"] = bank["items"][2]["options"][:1]
    with pytest.raises(InvalidInput) as refused:
        parse_course(new_files(bank))
    assert {place.partition(": ")[2] for place in refused.value.errors} >= {
        "items[0].options",
        "items[2].options",
    }
