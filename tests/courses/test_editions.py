"""An edition that was published keeps its texts: whoever changes them gives them a new label."""

import csv
from pathlib import Path

import pytest

from app.office.demo.services.reference import COURSES
from app.training.learning.forms.folder import COURSE_FILES, parse_course

ON_RECORD = COURSES / "editions.csv"
"""Lines are added and never changed: installations hold what each of them names."""
ADVICE = (
    "{0} {1} has other texts than when it went on record in courses/editions.csv. Installations "
    "keep what they published under a label, so these texts would never reach them: give them a "
    "new label in course.yaml, say under `changes` what is new, and add a line: {0},{2},{3}"
)


@pytest.mark.parametrize(
    "folder", sorted(path.parent.name for path in COURSES.glob("*/course.yaml"))
)
def test_texts_of_a_published_edition_stand_as_they_went_on_record(folder: str) -> None:
    root: Path = COURSES / folder
    files = {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.rglob("*.*")
        if path.suffix in COURSE_FILES
    }
    content = parse_course(files)
    with ON_RECORD.open(encoding="utf-8", newline="") as file:
        recorded = {(row["course"], row["edition"]): row["sha256"] for row in csv.DictReader(file)}
    told = ADVICE.format(content.slug, content.edition, "NEW-LABEL", content.fingerprint)
    assert recorded.get((content.slug, content.edition)) == content.fingerprint, told
