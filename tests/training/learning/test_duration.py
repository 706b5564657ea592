"""How long a course takes, measured from what it holds."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.infra.database import reading
from app.training.learning.cli import read_folder
from app.training.learning.forms.content import parse_course
from app.training.learning.models import CourseEdition, Module, Unit
from app.training.learning.queries.duration import measured_minutes
from app.training.learning.rules.duration import (
    WORDS_A_MINUTE,
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
    """Two modules of about 4,000 words each and two quizzes of ten questions: more than one hour,
    not 2 h 45.
    """
    content = parse_course(read_folder(GUIDELINES))
    edition_id = room.publish(parse_course(read_folder(GUIDELINES) | _other_label()))
    with app.app_context(), reading() as db:
        measured = measured_minutes(db, edition_id)
        units = dict(
            db.execute(
                select(Unit.code, Unit.id).join(Module).where(Module.edition_id == edition_id)
            ).all()
        )
        assert db.get_one(CourseEdition, edition_id).label == "measured"
    assert set(measured) == set(units.values())
    first = content.modules[0].units[0]
    longest = max(sum(words_in(screen) for screen in screens) for screens in first.screens.values())
    assert measured[units[first.code]] == reading_minutes(longest)
    assert 60 <= sum(measured.values()) <= 100


def _other_label() -> dict[str, str]:
    text = (GUIDELINES / "course.yaml").read_text("utf-8")
    return {"course.yaml": text.replace('edition: "2026.1"', 'edition: "measured"')}
