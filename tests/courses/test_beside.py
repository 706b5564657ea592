"""The other courses of the catalogue stand beside the Guidelines."""

from pathlib import Path

from app.infra.body import read_body
from app.training.learning.cli import read_folder
from app.training.learning.forms.folder import parse_course

COURSES = Path(__file__).parents[2] / "courses"


def test_r19_three_courses_on_conduct_and_violence_stand_beside_the_guidelines() -> None:
    first, *beside = read_body("rcm").courses
    assert first == "guidelines"
    assert set(beside) == {"psea", "workplace-harassment", "gender-based-violence"}
    for slug in beside:
        course = parse_course(read_folder(COURSES / slug))
        assert course.modules
        assert course.title.in_("es") != course.title.in_("en")
