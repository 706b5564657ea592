"""How long a course takes, measured from what it holds."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.infra.database import reading
from app.training.learning.cli import read_folder
from app.training.learning.forms.folder import parse_course
from app.training.learning.models import CourseEdition, Module, Unit
from app.training.learning.queries.courses import measured_minutes
from app.training.learning.rules.duration import (
    WORDS_A_MINUTE,
    minutes_of,
    number_spans,
    quiz_minutes,
    reading_minutes,
    words_in,
)
from tests.training.learning.builders import Classroom

GUIDELINES = Path(__file__).resolve().parents[3] / "courses" / "guidelines"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("## La CRM, ¿qué es?", 4),
        ("Lea [la decisión](https://example.org/a/b-c) del año 2019.", 6),
        ("**ex-funcionaria** d’Arc", 2),
        ("- uno\n- dos\n\n---\n\ntres", 3),
    ],
)
def test_words_are_those_a_reader_meets(text: str, words: int) -> None:
    assert words_in(text) == words


def test_minutes_follow_from_words_and_questions() -> None:
    assert reading_minutes(0) == 1
    assert reading_minutes(10 * WORDS_A_MINUTE) == 10
    assert quiz_minutes(10, [WORDS_A_MINUTE, WORDS_A_MINUTE]) == 20
    assert quiz_minutes(3, []) == 3


@pytest.mark.parametrize(
    ("numbers", "said"),
    [([], ""), ([4], "4"), ([2, 1], "1–2"), ([1, 2, 3, 5], "1–3, 5"), ([1, 3], "1, 3")],
)
def test_numbers_of_modules_are_said_shortly(numbers: list[int], said: str) -> None:
    assert number_spans(numbers) == said


def test_shipped_course_takes_as_long_as_its_texts(app: Flask, room: Classroom) -> None:
    """Eight modules of about 4,000 words each and their quizzes of ten questions: six to eight
    hours.
    """
    content = parse_course(read_folder(GUIDELINES) | _other_label())
    edition_id = room.publish(content)
    with app.app_context(), reading() as db:
        measured = measured_minutes(db, edition_id)
        units = dict(
            db.execute(
                select(Unit.code, Unit.id).join(Module).where(Module.edition_id == edition_id)
            ).all()
        )
        assert db.get_one(CourseEdition, edition_id).label == "measured"
    assert set(measured) == set(units.values())
    available = [module for module in content.modules if module.is_available]
    expected = {
        code: minutes for module in available for code, minutes in minutes_of(module).items()
    }
    assert {code: measured[unit_id] for code, unit_id in units.items()} == expected
    assert 6 * 60 <= sum(measured.values()) <= 8 * 60


def _other_label() -> dict[str, str]:
    text = (GUIDELINES / "course.yaml").read_text("utf-8")
    return {"course.yaml": re.sub(r"(?m)^edition: .*", "edition: measured", text)}
